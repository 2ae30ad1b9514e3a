"""How the sides of a comparison are timed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

Side = Callable[[], float]
"""Does a round and tells what it took."""


class Stopwatch:
    """A worker that notes when its last job ended: what follows is RQ's own good-bye."""

    ended = 0.0

    def execute_job(self, *args: Any) -> None:
        """Run one job and look at the clock."""
        super().execute_job(*args)  # type: ignore[misc]  # RQ's workers have it
        self.ended = time.perf_counter()


def work_off(worker: Any) -> float:
    """Milliseconds from the worker's start to the end of its last job."""
    start = time.perf_counter()
    worker.work(burst=True, logging_level="ERROR")
    return float(worker.ended - start) * 1000


def timed(action: Callable[[], object]) -> float:
    """Milliseconds that an action takes."""
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def in_turns(sides: Mapping[str, Side], rounds: int) -> dict[str, list[float]]:
    """What each round took, by side: one round of each to warm up, then all of them in turns."""
    for once in sides.values():
        once()
    found: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, once in sides.items():
            found[name].append(once())
    return found
