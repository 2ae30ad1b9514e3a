"""When a decision is due, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

_SOON = timedelta(hours=4)
_NEAR = timedelta(hours=36)
_THEN = {
    "approve": "then it is approved with the first picks",
    "reject": "then it is rejected",
    "fail": "then the step fails",
}


@dataclass(frozen=True, slots=True)
class Due:
    """A due date as a badge and as a sentence."""

    words: str
    token: str
    """The colour, as a status has it: failed when late or soon, waiting when near, else pending."""
    at: datetime | None = None
    left: str = ""


def due(at: datetime | None, now: datetime, rules: Mapping[str, Any] | None = None) -> Due:
    """The badge; with the rules of the review also what happens when the time is over."""
    if at is None:
        return Due("No due date", "pending")
    left = at - now
    late, size = left <= timedelta(0), _size(abs(left))
    words = f"Overdue by {size}" if late else _day(at, now, left, size)
    token = "failed" if left <= _SOON else "waiting" if left <= _NEAR else "pending"
    then = _THEN.get(str((rules or {}).get("on_timeout", "wait")), "nothing happens by itself")
    time = "The time is over" if late else f"{size} left"
    return Due(words, token, at, f"{time}, {then}.")


def _day(at: datetime, now: datetime, left: timedelta, size: str) -> str:
    days = (at.date() - now.date()).days
    if left <= timedelta(hours=6):
        return f"Due in {size}"
    if days < 2:
        return f"Due {'tomorrow' if days else 'today'}, {at:%H:%M}"
    return f"Due {at:%a, %H:%M}" if days < 7 else f"Due {at.day} {at:%b}"


def _size(span: timedelta) -> str:
    minutes = max(1, round(span.total_seconds() / 60))
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{round(minutes / 60)} h"
    return f"{round(minutes / 1_440)} days"
