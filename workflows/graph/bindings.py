"""Variables in configs: which ones a text reads, and the text with them filled in.

Text is Liquid, bounded in time and memory (``liquid_limits``); a bare path is looked up.
Nothing here evaluates code. A scope is made of plain dicts, lists, texts, numbers, booleans
and None; anything else in it cannot be reached.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from liquid.exceptions import (
    BlockNestingError,
    ContextDepthError,
    LiquidError,
    LiquidInterrupt,
    LiquidSyntaxError,
    LoopIterationLimitError,
    UndefinedError,
)
from liquid.static_analysis import Segments
from liquid.template import BoundTemplate
from liquid.token import Token

from workflows.graph.liquid_env import Context, LiquidEnvironment, harden
from workflows.graph.liquid_limits import MAX_OUTPUT, Budget, Output
from workflows.graph.liquid_scan import line_of, scan
from workflows.graph.paths import (
    MissingVariable,
    TemplateError,
    VariablePath,
    lookup,
    parse_path,
)

__all__ = [
    "MissingVariable",
    "TemplateError",
    "VariablePath",
    "lookup",
    "parse_path",
    "references",
    "render",
]

CACHED = 4_000
"""Characters of the longest template that is kept parsed; longer ones are parsed each time."""

_ENVIRONMENT = LiquidEnvironment()


def render(text: str, scope: Mapping[str, Any], *, max_chars: int = MAX_OUTPUT) -> str:
    """``text`` with its variables filled in from ``scope``.

    Raises ``MissingVariable`` for a variable without a value and ``TemplateError`` for text
    that is no template or goes over a limit. At most ``max_chars`` characters come out.
    """
    budget = Budget(max_chars)
    if not scan(text):
        budget.fit(len(text))
        return text
    template = _template(text)
    context = Context(template, scope, budget)
    output = Output(budget)
    try:
        for node in template.nodes:
            node.render(context, output)
    except TemplateError:
        raise
    except LiquidInterrupt as error:
        raise TemplateError(
            "template_syntax", f"The template has a “{error}” outside of a loop."
        ) from error
    except (LiquidError, ValueError, TypeError, ArithmeticError, LookupError) as error:
        raise _explained(error, text) from error
    except RecursionError as error:
        raise _too_deep() from error
    return output.getvalue()


def references(text: str) -> list[VariablePath]:
    """The variables that a template reads from its scope, each once, in no particular order.

    Names that the template makes itself (``assign``, ``capture``, ``for``) are left out.
    Raises ``TemplateError`` for text that is no template, or has a dynamic path.
    """
    return list(_short_references(text) if len(text) <= CACHED else _references(text))


def _references(text: str) -> tuple[VariablePath, ...]:
    if not scan(text):
        return ()
    try:
        found = _template(text).analyze(include_partials=False).globals.values()
    except RecursionError as error:
        raise _too_deep() from error
    paths = (_path(variable.segments) for same in found for variable in same)
    return tuple(dict.fromkeys(paths))


def _path(segments: Segments) -> VariablePath:
    """``harden`` has refused paths with others inside them."""
    return VariablePath(tuple(s for s in segments if isinstance(s, str | int)))


def _template(text: str) -> BoundTemplate:
    return _short_template(text) if len(text) <= CACHED else _parsed(text)


def _parsed(text: str) -> BoundTemplate:
    try:
        template = _ENVIRONMENT.from_string(text)
        harden(template)
    except LiquidError as error:
        raise _explained(error, text) from error
    except RecursionError as error:
        raise _too_deep() from error
    return template


_short_template = lru_cache(maxsize=256)(_parsed)
_short_references = lru_cache(maxsize=1024)(_references)


def _explained(error: Exception, text: str) -> TemplateError:
    """The library's error in plain words, with the line it is about."""
    if isinstance(error, UndefinedError):
        return MissingVariable(str(error.message))
    if isinstance(error, LoopIterationLimitError):
        return TemplateError(
            "too_many_loops", "The template loops too often; loop over fewer things."
        )
    if isinstance(error, BlockNestingError | ContextDepthError) or isinstance(
        error.__cause__, RecursionError
    ):
        return _too_deep()
    token = getattr(error, "token", None)
    index = token.start_index if token is not None and token.source == text else len(text)
    line = line_of(text, index)
    if isinstance(error, LiquidSyntaxError):
        what = f"{error.message}{_keyword_hint(token)}"
        return TemplateError(
            "template_syntax", f"The template has a mistake on line {line}: {what}."
        )
    what = "a filter cannot work with what it is given"
    if isinstance(error, LiquidError) and error.__cause__ is None:
        what = str(error.message)
    return TemplateError("bad_value", f"The template cannot be filled in on line {line}: {what}.")


def _keyword_hint(token: Token | None) -> str:
    """A field may be called ``limit``, which after a dot is a word of the language."""
    if token is None or token.kind != token.value or not token.value.isalpha():
        return ""
    return f'; a name that is “{token.value}” is written brief["{token.value}"]'


def _too_deep() -> TemplateError:
    return TemplateError(
        "template_too_deep", "The template has too many blocks or conditions inside each other."
    )
