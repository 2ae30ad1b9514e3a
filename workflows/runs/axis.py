"""The time axis of a run: time in which nothing ran is drawn short. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200)
_MAX_TICKS = 7
_SHORT = 0.08
"""A stretch of nothing is drawn as long as this share of the work, where it is longer."""

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Cut:
    """A stretch in which nothing ran."""

    start: float
    end: float
    shown: float
    """How long it is drawn."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Maps seconds since the start to where they are drawn, in drawn seconds."""

    cuts: tuple[Cut, ...]

    def at(self, seconds: float) -> float:
        """Where a moment is drawn."""
        place = seconds
        for cut in self.cuts:
            if seconds >= cut.end:
                place -= cut.end - cut.start - cut.shown
            elif seconds > cut.start:
                share = (seconds - cut.start) / (cut.end - cut.start)
                place = self.at(cut.start) + share * cut.shown
                break
        return place

    def of_work(self, seconds: float) -> float:
        """Where the moment is drawn at which so much time had been worked."""
        place = seconds
        for cut in self.cuts:
            if self._worked(cut) < seconds:
                place += cut.shown
        return place

    def _worked(self, cut: Cut) -> float:
        before = (other for other in self.cuts if other.end <= cut.start)
        return cut.start - sum(other.end - other.start for other in before)


def make_axis(busy: Iterable[Span], until: float) -> Axis:
    """An axis from 0 to ``until`` that shortens what lies between the busy spans."""
    merged = _merge(busy)
    work = sum(end - start for start, end in merged)
    longest = max(2.0, work * _SHORT)
    edges = [0.0, *(edge for span in merged for edge in span), until]
    gaps = [(edges[at], edges[at + 1]) for at in range(0, len(edges) - 1, 2)]
    return Axis(tuple(Cut(a, b, longest) for a, b in gaps if b - a > longest))


def _merge(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def ticks(length: float) -> Sequence[int]:
    """Round numbers of seconds from 0 to ``length``, by the first step that gives at most 7."""
    for step in STEPS:
        found = range(0, int(length) + 1, step)
        if len(found) <= _MAX_TICKS:
            return found
    return range(0, int(length) + 1, STEPS[-1] * (int(length) // STEPS[-1] // _MAX_TICKS + 1))
