"""The brief as given on a command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

MAX_BYTES = 2_000_000


class BadArgument(Exception):
    """An ``--input`` that cannot be read; the text says which and how it should look."""


def read_inputs(given: Sequence[str]) -> dict[str, Any]:
    """Values by key from ``key=value`` texts.

    ``key=@file`` reads a text file, ``key=@@text`` is text that begins with an @; a key given
    more than once makes a list. Raises ``BadArgument``.
    """
    values: dict[str, Any] = {}
    for text in given:
        key, equals, value = text.partition("=")
        key = key.strip()
        if not equals or not key:
            raise BadArgument(f"--input {text!r} must look like key=value.")
        read = _value(key, value)
        if key in values:
            first = values[key]
            values[key] = [*first, read] if isinstance(first, list) else [first, read]
        else:
            values[key] = read
    return values


def _value(key: str, value: str) -> str:
    if not value.startswith("@"):
        return value
    if value.startswith("@@"):
        return value[1:]
    path = Path(value[1:])
    try:
        if path.exists() and not path.is_file():
            raise BadArgument(f"--input {key}: {path} is no regular file.")
        if path.stat().st_size > MAX_BYTES:
            raise BadArgument(f"--input {key}: {path} is larger than 2 MB.")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadArgument(f"--input {key}: cannot read the file {value[1:]}: {error}") from error
