"""How soon a step runs again after ``kill -9``, with the default timings."""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

from tests.chaos.faults import Faults
from tests.chaos.figures import Figures, share, spread
from tests.chaos.ground import Ground, wait_for
from tests.chaos.hits import children, under_way
from tests.chaos.verdict import again

GOAL = 60.0
ALWAYS = 600.0
"""Seconds that the first call of each run takes: until its worker is killed."""


def recover(kills: int, base: Path, engine: dict[str, float] | None = None) -> Figures:
    """Kill workers in the middle of a call, at moments spread over a lease, and wait."""
    ground = Ground(base, engine or {}, slots=kills)
    seen: Counter[str] = Counter()

    def latency(call: object) -> float:
        prompt = getattr(call, "prompt", "")
        seen[prompt] += 1
        return ALWAYS if seen[prompt] == 1 else 0.1

    ground.server.latency = latency
    figures = Figures()
    try:
        ground.start()
        from tests.chaos.flows import ONE

        faults = Faults(ground, random.Random(1))
        faults.pools = [ground.workers(kills)]
        faults.reconciles = [ground.reconcile()]
        template = ground.template(ONE, "one")
        for number in range(kills):
            ground.launch(template, tag=f"run{number}")
        wait_for(lambda: len(under_way(ground.server)) == kills, 120, "a call in each worker")
        victims = children(faults.pools[0].pid)
        for pid in victims:
            faults._shoot([pid])
            time.sleep(ground.engine["renew_seconds"] / kills)
        wait_for(lambda: len(again(ground, faults)) == kills, 3 * GOAL, "every step again")
        times = again(ground, faults)
        figures.add("workers killed in a call", len(times))
        figures.add("kill -9 to running again (p50/p95/max)", spread(times))
        figures.must(share(times, 0.95) <= GOAL, f"p95 is over {GOAL} s")
    finally:
        ground.end()
    return figures
