"""Pages that stay right while rows come and go: each starts after a row, not at a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, and the mark from which the next page starts; empty at the end."""

    rows: Sequence[Row]
    next: str


def mark(moment: datetime, row_id: int) -> str:
    """Name a row by its place in a list that is sorted by time."""
    return f"{moment.timestamp():.6f}_{row_id}"


def parse_mark(text: str) -> tuple[datetime, int] | None:
    """Read ``mark``; None for anything else, which starts at the beginning."""
    moment, _, row_id = text.partition("_")
    try:
        at = datetime.fromtimestamp(float(moment), tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return (at, int(row_id)) if is_id(row_id) else None


def is_id(text: str) -> bool:
    """Whether the text may be the id of a row."""
    return text.isascii() and text.isdecimal() and len(text) <= 18


def words(text: str) -> str:
    """A search as typed, without what a database cannot compare."""
    return " ".join(text.replace("\x00", "").split())[:200]
