"""Finds what a text looks like when something that should stand in it is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

EMPTY = "<<empty>>"
"""What the fixture ``marked`` writes in place of a variable that holds nothing."""

_FAULTS = {
    "an empty variable": re.escape(EMPTY),
    "a template that was not filled in": r"\{\{|\{%|%\}|\}\}",
    "a gap between two words": r"\S[ \t]{2,}\S",
    "a space at the end of a line": r"[ \t]+$",
    "a space before a full stop": r"[ \t][.,;:!?](?=\s|$)",
    "two full stops": r"(?<!\.)\.\.(?!\.)|[,;:][.,;:]|[.!?][,;:](?=\s)",
    "two empty lines": r"\n{3,}",
    "a label with nothing behind it": r"^\**\w[\w ]{0,24}:\**[ \t]*$",
    "a heading of nothing": r"^#+[ \t]*$",
    "an entry of nothing": r"^[ \t]*([-*]|\d+\.)[ \t]*$",
    "marks around nothing": r"\*{4,}|\(\)|\[\]|“”|\"\"",
    "two entries on one line": r"\w- \w|#\w+#\w",
    "a bare None": r"\bNone\b|\bnull\b",
}
_SECTION = re.compile(r"^(#{1,6}) [^\n]+\n+(#{1,6}) ", re.MULTILINE)


def faults(text: str) -> list[str]:
    """What is wrong with a text, each with the place where it stands."""
    found = []
    for name, pattern in _FAULTS.items():
        for hit in re.finditer(pattern, text, re.MULTILINE):
            found.append(f"{name}: …{text[max(0, hit.start() - 60) : hit.end() + 30]!r}…")
    for hit in _SECTION.finditer(text):
        if len(hit[2]) <= len(hit[1]):
            found.append(f"a section of nothing: {hit[0]!r}")
    return found


def rendered(value: Any) -> Iterator[str]:
    """Every text of a step's input that was filled in, the prompts among them."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in _FILLED_LATER:
                yield from rendered(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from rendered(inner)
    elif isinstance(value, str):
        yield value


_FILLED_LATER = ("prompt", "alt_text", "items")
"""Filled in by the step itself: ``prompts``, the images and the lanes hold what came of them."""
