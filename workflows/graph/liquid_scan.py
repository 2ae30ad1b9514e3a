"""A first, linear look at a template's source.

python-liquid's lexer is one regular expression that goes back and forth: braces that are
never closed, or long white space, make it quadratic. What passes here is quick to lex.
"""

from __future__ import annotations

import re

from workflows.graph.liquid_limits import MAX_BLANKS, MAX_CODE, MAX_TAG, MAX_TAGS, MAX_TEMPLATE
from workflows.graph.paths import TemplateError

_OPEN = re.compile(r"\{\{|\{%")
_END_RAW = re.compile(r"\{%-?\s*endraw\s*-?%\}")
_RAW = re.compile(r"-?\s*raw\s*-?")
_BLANKS = re.compile(rf"\s{{{MAX_BLANKS},}}")


def scan(text: str) -> bool:
    """Whether ``text`` holds any output or tag; raises ``TemplateError`` when it is refused."""
    if len(text) > MAX_TEMPLATE:
        raise TemplateError(
            "template_too_long",
            f"The template has {len(text):,} characters; at most {MAX_TEMPLATE:,} are allowed.",
        )
    tags = code = 0
    found = _OPEN.search(text)
    while found is not None:
        end, length = _end(text, found.group(), found.start())
        tags += 1
        code += length
        if tags > MAX_TAGS or code > MAX_CODE:
            raise TemplateError(
                "template_too_long",
                f"The template has too much between braces; at most {MAX_TAGS} tags of "
                f"{MAX_CODE:,} characters in all are allowed.",
            )
        found = _OPEN.search(text, end)
    return tags > 0


def line_of(text: str, index: int) -> int:
    """The line, from 1, that a character stands in."""
    return text.count("\n", 0, max(index, 0)) + 1


def _end(text: str, opening: str, start: int) -> tuple[int, int]:
    """Where the tag at ``start`` ends, its raw content included, and how long it is itself."""
    closing = "}}" if opening == "{{" else "%}"
    end = text.find(closing, start + 2)
    if end < 0:
        raise _refused(text, start, f"{opening} is not closed with {closing}")
    inner = text[start + 2 : min(end, start + MAX_TAG + 3)]
    if len(inner) > MAX_TAG or _BLANKS.search(inner):
        raise _refused(text, start, f"what stands between {opening} and {closing} is too long")
    if opening == "{%" and _RAW.fullmatch(inner):
        raw_end = _END_RAW.search(text, end + 2)
        if raw_end is None:
            raise _refused(text, start, "{% raw %} is not closed with {% endraw %}")
        return raw_end.end(), len(inner)
    return end + 2, len(inner)


def _refused(text: str, start: int, what: str) -> TemplateError:
    message = f"The template has a mistake on line {line_of(text, start)}: {what}."
    return TemplateError("template_syntax", message)
