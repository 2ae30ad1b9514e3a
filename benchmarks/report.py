"""What was measured, as a table, and what it was to be."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

OURS = "ours"
SIMPLE = "RQ SimpleWorker"
FORKING = "RQ forking"
CELERY_ROWS = "Celery, rows"
CELERY = "Celery, none"
SIDES = (OURS, SIMPLE, FORKING, CELERY_ROWS, CELERY)


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured on several sides, round by round."""

    name: str
    unit: str
    rounds: Mapping[str, Sequence[float]]

    def median(self, side: str) -> float | None:
        """The side's median; None where it was not measured."""
        found = self.rounds.get(side)
        return statistics.median(found) if found else None

    def ratio(self, side: str) -> float | None:
        """Ours over the side's."""
        ours, other = self.median(OURS), self.median(side)
        return ours / other if ours and other else None


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds of many calls of one kind."""

    name: str
    times: Sequence[float]

    def at(self, percent: float) -> float:
        """The percentile, by nearest rank."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


@dataclass(slots=True)
class Results:
    """All that a run of the benchmark found."""

    figures: list[Figure] = field(default_factory=list)
    latencies: list[Latency] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def figure(self, name: str) -> Figure | None:
        """The figure of that name, if it was measured."""
        return next((one for one in self.figures if one.name == name), None)

    def latency(self, name: str) -> Latency | None:
        """The latency of that name, if it was measured."""
        return next((one for one in self.latencies if one.name == name and one.times), None)


def show(results: Results) -> None:
    """Print every table."""
    if results.figures:
        print(f"\n{'median [min, max]':30}" + "".join(f"{side:>25}" for side in SIDES))
        for figure in results.figures:
            print(f"{figure.name + ', ' + figure.unit:30}" + _cells(figure))
        print(f"\n{'ours over theirs':30}" + "".join(f"{side:>25}" for side in SIDES))
        for figure in results.figures:
            ratios = [figure.ratio(side) for side in SIDES]
            shown = ["-" if ratio is None else f"{ratio:.2f}" for ratio in ratios]
            print(f"{figure.name:30}" + "".join(f"{cell:>25}" for cell in shown))
    if results.latencies:
        print(f"\n{'milliseconds':44}" + "".join(f"{of:>10}" for of in _HEADS))
        for one in results.latencies:
            print(f"{one.name:44}" + _percentiles(one))
    for note in results.notes:
        print(note)


_HEADS = ("calls", "p50", "p95", "p99", "max")


def _percentiles(one: Latency) -> str:
    if not one.times:
        return f"{0:10}"
    values = [one.at(50), one.at(95), one.at(99), max(one.times)]
    return f"{len(one.times):10}" + "".join(f"{value:10.1f}" for value in values)


def _cells(figure: Figure) -> str:
    cells = []
    for side in SIDES:
        found = figure.rounds.get(side)
        if found:
            cells.append(f"{statistics.median(found):.1f} [{min(found):.1f}, {max(found):.1f}]")
        else:
            cells.append("-")
    return "".join(f"{cell:>25}" for cell in cells)
