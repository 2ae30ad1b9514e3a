"""What must hold, and what is hoped for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.report import CELERY_ROWS, OURS, SIMPLE, Results

CHAIN = "chain of 50"
FAN_OUT = "fan-out of 20 and join"
LOAD = "30 runs of 50 steps"
LAUNCH = "launch of 50 steps over HTTP"
POLL = "status poll, 200 pollers"


@dataclass(frozen=True, slots=True)
class Mark:
    """One bound, and how the figure stands to it."""

    text: str
    found: float
    bound: float
    at_most: bool
    is_goal: bool

    @property
    def holds(self) -> bool:
        """Whether the figure keeps the bound."""
        return self.found <= self.bound if self.at_most else self.found >= self.bound


def marks(results: Results) -> Iterator[Mark]:
    """Every bound whose figure was measured."""
    yield from _of_chain(results)
    yield from _of_load(results)
    for name, bound in ((LAUNCH, 50.0), (POLL, 15.0)):
        if latency := results.latency(name):
            yield Mark(f"{name}: p95, ms", latency.at(95), bound, at_most=True, is_goal=True)


def _of_chain(results: Results) -> Iterator[Mark]:
    for name in (CHAIN, FAN_OUT):
        figure = results.figure(name)
        if figure is None:
            continue
        bare, celery = figure.ratio(SIMPLE), figure.ratio(CELERY_ROWS)
        if bare and name == CHAIN:
            text = f"{name}: time over bare RQ's"
            yield Mark(text, bare, 1.8, at_most=True, is_goal=False)
            yield Mark(text, bare, 1.3, at_most=True, is_goal=True)
        if celery:
            text = f"{name}: time over Celery's with rows"
            yield Mark(text, celery, 1.0, at_most=True, is_goal=False)


def _of_load(results: Results) -> Iterator[Mark]:
    figure = results.figure(LOAD)
    if figure is None:
        return
    rate, bare = figure.median(OURS), figure.ratio(SIMPLE)
    if rate:
        yield Mark(f"{LOAD}: steps a second", rate, 200, at_most=False, is_goal=False)
    if bare:
        text = f"{LOAD}: rate over bare RQ's"
        yield Mark(text, bare, 0.9, at_most=False, is_goal=True)


def judge(results: Results) -> bool:
    """Print every bound with what was found; whether all that must hold does."""
    found = list(marks(results))
    print()
    for mark in found:
        kind = "goal" if mark.is_goal else "must"
        sign = "<=" if mark.at_most else ">="
        verdict = "holds" if mark.holds else "MISSED"
        print(f"{kind}  {mark.text:54}{sign} {mark.bound:<7g}{mark.found:9.2f}  {verdict}")
    return all(mark.holds for mark in found if not mark.is_goal)
