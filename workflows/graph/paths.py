"""Paths to variables: ``nodes.copy.variants``, ``brief.items[0].name``.

A path is parsed, never evaluated, and looks into plain dicts and lists alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MAX_PATH = 300
"""Characters of a bare path."""

_HEAD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\.(\d{1,6})(?![A-Za-z0-9_])|\[(-?\d{1,6})\]")


class TemplateError(ValueError):
    """A template or path that cannot be read or filled in; ``message`` is for people.

    ``field`` is the dotted path of the config field it stands in, where a caller knows it.
    """

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field


class MissingVariable(TemplateError):
    """A path that leads nowhere in the scope it was looked up in."""

    def __init__(self, path: str) -> None:
        super().__init__("undefined_variable", f"“{path}” has no value here.")
        self.path = path


@dataclass(frozen=True, slots=True)
class VariablePath:
    """A variable's root and the names and positions after it."""

    segments: tuple[str | int, ...]

    @property
    def root(self) -> str:
        """The first name: ``brief``, ``nodes``, …"""
        return str(self.segments[0])

    def __str__(self) -> str:
        steps = (f"[{s}]" if isinstance(s, int) else f".{s}" for s in self.segments[1:])
        return self.root + "".join(steps)


def parse_path(text: str) -> VariablePath:
    """The path of a field that holds a bare one; raises ``TemplateError``, code ``bad_path``."""
    bare = text.strip()
    if "{" in bare:
        inner = bare.strip("{} ") or "brief.topic"
        raise _bad_path(f"Write the variable without braces: {inner[:MAX_PATH]}")
    head = _HEAD.match(bare)
    if head is None or len(bare) > MAX_PATH:
        raise _bad_path(f"“{bare[:60]}” is no variable; one looks like nodes.copy.text")
    segments: list[str | int] = [head.group()]
    end = head.end()
    while end < len(bare):
        step = _STEP.match(bare, end)
        if step is None:
            raise _bad_path(f"“{bare[:60]}” cannot be read as a variable from “{bare[end:][:20]}”")
        name, dotted, index = step.groups()
        segments.append(name if name is not None else int(dotted or index))
        end = step.end()
    return VariablePath(tuple(segments))


def lookup(path: str | VariablePath, scope: Mapping[str, Any]) -> Any:
    """The value at a path, which may be null.

    ``size``, ``first`` and ``last`` work as in a template, unless the value has such a name.
    Raises ``MissingVariable``, and ``TemplateError`` for text that is no path.
    """
    parsed = parse_path(path) if isinstance(path, str) else path
    value: Any = scope
    for segment in parsed.segments:
        try:
            value = _inside(value, segment)
        except (KeyError, IndexError, TypeError):
            raise MissingVariable(str(parsed)) from None
    return value


def _inside(value: Any, segment: str | int) -> Any:
    if isinstance(value, Mapping):
        if segment in value:
            return value[segment]
        if segment == "size":
            return len(value)
    if isinstance(value, str) and segment == "size":
        return len(value)
    if isinstance(value, list | tuple):
        if segment == "size":
            return len(value)
        place = {"first": 0, "last": -1}.get(segment) if isinstance(segment, str) else segment
        if place is not None:
            return value[place]
    raise KeyError(segment)


def _bad_path(message: str) -> TemplateError:
    return TemplateError("bad_path", message)
