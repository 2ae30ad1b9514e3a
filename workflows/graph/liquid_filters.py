"""The filters a template may use, each bounded before it builds its result.

Left out on purpose: what evaluates, encodes or parses (``strip_html`` is quadratic,
``base64_*`` hides text from review, ``safe`` means nothing outside HTML).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from liquid import is_undefined
from liquid.builtin.filters import array, misc, string
from liquid.builtin.filters import math as arithmetic
from liquid.filter import sequence_filter, with_context

from workflows.graph.liquid_limits import (
    MAX_HELD,
    MAX_LIST,
    MAX_NUMBER,
    Budget,
    measure,
    too_large,
)
from workflows.graph.paths import TemplateError

Filter = Callable[..., Any]

_DATE_FORMAT = re.compile(r"(?:[^%]|%-?[aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ%])*")
"""Directives without a width: ``%99999999d`` is one too."""


def text_of(value: Any, budget: Budget) -> str:
    """A value as it is written into a text.

    Lists of plain values are joined with a comma, what is nested is written as JSON.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, int | float):
        return "" if value is None else str(value)
    if isinstance(value, range):
        return f"{value.start}..{value.stop - 1}"
    if isinstance(value, list | tuple | dict):
        return _nested_text(value, budget)
    if is_undefined(value):
        return str(value)  # raises, naming the variable
    raise TemplateError("bad_value", "The template writes something that is no text; name a field.")


def _nested_text(value: list[Any] | tuple[Any, ...] | dict[str, Any], budget: Budget) -> str:
    budget.fit(budget.hold(value))
    if isinstance(value, list | tuple) and not any(
        isinstance(item, list | tuple | dict) for item in value
    ):
        return ", ".join(text_of(item, budget) for item in value)
    try:
        return json.dumps(value, ensure_ascii=False)
    except TypeError as error:
        raise TemplateError("bad_value", "The template writes a value that is no text.") from error


def _replaced_length(value: str, seq: Any, sub: Any = "") -> int:
    found = len(value) + 1 if seq == "" else value.count(str(seq))
    return len(value) + found * len(str(sub))


def _added_length(value: str, *others: Any) -> int:
    return len(value) + sum(len(str(other)) for other in others)


def _cut_length(value: str, most: Any = 50, end: Any = "...") -> int:
    """A file's text may be longer than any output; cutting it short is the way to use it."""
    return len(str(end))


def _split_length(value: str, separator: Any = "") -> int:
    parts = value.count(str(separator)) if separator not in ("", " ") else len(value)
    if parts >= MAX_LIST:
        too_large(MAX_LIST)
    return len(value)


def _comparing_all(items: Any) -> int:
    """``uniq`` compares every item with every other."""
    count = len(items) if isinstance(items, list | tuple | range) else 1
    return count * measure(items, MAX_HELD) // 8


def _concat(items: list[Any], others: Any) -> list[Any]:
    if not isinstance(others, list | tuple):
        raise TemplateError("bad_filter_input", "concat adds a list to a list; try append.")
    if len(items) + len(others) > MAX_LIST:
        too_large(MAX_LIST)
    return [*items, *others]


def _map(items: list[Any], key: Any) -> list[Any]:
    return [item.get(key) if isinstance(item, dict) else None for item in items]


def _join(items: list[Any], separator: str = " ", *, context: Any) -> str:
    texts = [text_of(item, context.budget) for item in items]
    context.budget.fit(sum(map(len, texts)) + len(separator) * len(texts))
    return separator.join(texts)


def _date(value: Any, form: Any, *, context: Any) -> str:
    """A date in another form; text that is no ISO date is given back as it is."""
    form = text_of(form, context.budget)
    if len(form) > 100 or not _DATE_FORMAT.fullmatch(form):
        raise TemplateError("bad_filter_input", "date cannot use this format; try '%d %B %Y'.")
    if value in ("now", "today"):
        value = context.get(["today"], token=None)
    text = text_of(value, context.budget)
    try:
        return datetime.fromisoformat(text.strip()[:40]).strftime(form)
    except ValueError:
        return text


_TEXT: dict[str, tuple[Filter, Callable[..., int]]] = {
    "append": (string.append, _added_length),
    "capitalize": (string.capitalize, _added_length),
    "downcase": (string.downcase, _added_length),
    "escape": (string.escape, _added_length),
    "lstrip": (string.lstrip, _added_length),
    "newline_to_br": (string.newline_to_br, _added_length),
    "prepend": (string.prepend, _added_length),
    "remove": (string.remove, _added_length),
    "remove_first": (string.remove_first, _added_length),
    "remove_last": (string.remove_last, _added_length),
    "replace": (string.replace, _replaced_length),
    "replace_first": (string.replace_first, _added_length),
    "replace_last": (string.replace_last, _added_length),
    "rstrip": (string.rstrip, _added_length),
    "split": (string.split, _split_length),
    "squish": (string.squish, _added_length),
    "strip": (string.strip, _added_length),
    "strip_newlines": (string.strip_newlines, _added_length),
    "truncate": (string.truncate, _cut_length),
    "truncatewords": (string.truncatewords, _cut_length),
    "upcase": (string.upcase, _added_length),
    "url_encode": (string.url_encode, _added_length),
}
"""Filters of texts, with a bound on what they build."""

_VALUES: dict[str, Filter] = {
    "compact": array.compact,
    "concat": sequence_filter(_concat),
    "date": with_context(_date),
    "default": misc.default,
    "find": array.find,
    "find_index": array.find_index,
    "first": array.first,
    "has": array.has,
    "join": with_context(sequence_filter(_join)),
    "last": array.last,
    "map": sequence_filter(_map),
    "reject": array.reject,
    "reverse": array.reverse,
    "size": misc.size,
    "slice": string.slice_,
    "sort": array.sort,
    "sort_natural": array.sort_natural,
    "sum": array.sum_,
    "uniq": array.uniq,
    "where": array.where,
}

_NUMBERS: dict[str, Filter] = {
    "abs": arithmetic.abs_,
    "at_least": arithmetic.at_least,
    "at_most": arithmetic.at_most,
    "ceil": arithmetic.ceil,
    "divided_by": arithmetic.divided_by,
    "floor": arithmetic.floor,
    "minus": arithmetic.minus,
    "modulo": arithmetic.modulo,
    "plus": arithmetic.plus,
    "round": arithmetic.round_,
    "times": arithmetic.times,
}


def filters() -> dict[str, Filter]:
    """Every filter by name, as python-liquid's environment takes them."""
    found = {name: _bounded(name, call, bound) for name, (call, bound) in _TEXT.items()}
    found |= {name: _bounded(name, call) for name, call in (_VALUES | _NUMBERS).items()}
    return found


def _bounded(name: str, call: Filter, bound: Callable[..., int] | None = None) -> Filter:
    """``call`` behind the budget; with a ``bound`` it is one of texts."""
    wants = [want for want in ("context", "environment") if getattr(call, f"with_{want}", False)]

    def run(value: Any, *given: Any, context: Any, **named: Any) -> Any:
        budget: Budget = context.budget
        budget.step(1)
        if name != "default":
            _refuse_undefined(value, *given)
        if bound is not None:
            value = text_of(value, budget)
            given = tuple(_argument(argument, budget) for argument in given)
            budget.pay(len(value))
            budget.fit(bound(value, *given))
        else:
            budget.pay(_comparing_all(value) if name == "uniq" else _reading(value))
        named |= {want: context if want == "context" else context.env for want in wants}
        return _checked(call(value, *given, **named), budget)

    return with_context(run)


def _checked(result: Any, budget: Budget) -> Any:
    if isinstance(result, str):
        budget.pay(len(result))
    elif isinstance(result, list | tuple | dict):
        budget.hold(result)
    elif isinstance(result, int | float) and not (
        math.isfinite(result) and abs(result) <= MAX_NUMBER
    ):
        raise TemplateError("number_too_large", "The template works out a number out of range.")
    return result


def _argument(value: Any, budget: Budget) -> Any:
    """Numbers stay what they are, ``truncate`` counts with them."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number else text_of(value, budget)


def _reading(value: Any) -> int:
    """Looking at an element takes many times as long as copying a character."""
    if isinstance(value, str):
        return len(value)
    return 32 * len(value) if isinstance(value, list | tuple | dict | range) else 1


def _refuse_undefined(*values: Any) -> None:
    for value in values:
        if is_undefined(value):
            str(value)  # raises, naming the variable
