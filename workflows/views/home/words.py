"""What is going on, in one sentence or two. Pure."""

from __future__ import annotations

_NUMBERS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)


def number(count: int) -> str:
    """Up to twelve in words."""
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def summary(*, running: int, waiting: int, first_due: str) -> str:
    """``Two runs are under way and four reviews wait for you. The first is due in 2 h.``"""
    parts = []
    if running:
        parts.append(f"{number(running)} run{' is' if running == 1 else 's are'} under way")
    if waiting:
        parts.append(f"{number(waiting)} review{' waits' if waiting == 1 else 's wait'} for you")
    if not parts:
        return "Nothing is running and nothing waits for you."
    sentence = " and ".join(parts)
    text = f"{sentence[0].upper()}{sentence[1:]}."
    return f"{text} {_due(waiting, first_due)}".strip()


def _due(waiting: int, first_due: str) -> str:
    if not waiting or first_due == "No due date":
        return ""
    subject = "It" if waiting == 1 else "The first"
    return f"{subject} is {first_due[0].lower()}{first_due[1:]}."
