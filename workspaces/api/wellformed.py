"""What a JSON body may hold at all: text that can be stored, in bounded depth and number. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

MAX_DEPTH = 40
MAX_VALUES = 100_000
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""A NUL and half of a surrogate pair: PostgreSQL keeps neither."""


def fault(body: Any) -> tuple[str | None, str] | None:
    """The first thing wrong, as the path of the value and a sentence; None for a sound body.

    Walks level by level and without recursion, so that a deep body costs no stack.
    """
    level: list[tuple[str, Any]] = [("", body)]
    seen = 0
    for _ in range(MAX_DEPTH):
        for path, value in level:
            if sentence := _wrong(value):
                return path or None, sentence
        level = [inner for path, value in level for inner in _inside(path, value)]
        seen += len(level)
        if seen > MAX_VALUES:
            return None, f"The body holds more than {MAX_VALUES:,} values."
        if not level:
            return None
    return level[0][0][:200], f"The body goes deeper than {MAX_DEPTH} levels."


def _inside(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    prefix = f"{path}." if path else ""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{prefix}{key[:100]}", inner
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield f"{prefix}{index}", inner


def _wrong(value: Any) -> str | None:
    texts = value if isinstance(value, dict) else [value]
    if any(isinstance(text, str) and _UNSTORABLE.search(text) for text in texts):
        return "A NUL or half of a character (a lone surrogate) cannot be stored; remove it."
    if isinstance(value, float) and not math.isfinite(value):
        return "This number is too large."
    return None
