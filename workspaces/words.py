"""Texts of people where only a short line fits: subjects, and sentences sent to strangers."""

from __future__ import annotations


def one_line(text: object, most: int = 160) -> str:
    """A text without line breaks, which would begin a header or a paragraph, cut to fit."""
    plain = " ".join(str(text).split())
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"
