"""The storm: kills, flushes and restarts under load, until enough has been done."""

from __future__ import annotations

import contextlib
import random
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.client import Client, Load
from tests.chaos.faults import Faults
from tests.chaos.figures import Figures
from tests.chaos.ground import Ground, wait_for
from tests.chaos.verdict import judge

ENGINE = {
    "lease_seconds": 5,
    "renew_seconds": 1,
    "reconcile_seconds": 0.5,
    "unsent_seconds": 1,
    "unknown_seconds": 2,
    "database_patience_seconds": 10,
}
"""Shortened, so that many faults fit into the time; ``recovery`` measures the defaults."""


@dataclass
class Storm:
    """How much of it."""

    kills: int
    minutes: float
    node_runs: int
    seed: int
    latency: tuple[float, float]
    pause: float
    """Seconds between two kills, on average."""
    flushes: int = 1
    restarts: int = 1


def rage(storm: Storm, base: Path) -> Figures:
    """Do it all, then see what is left."""
    chance = random.Random(storm.seed)
    ground = Ground(base, ENGINE)
    ground.server.latency = lambda call: random.uniform(*storm.latency)
    figures = Figures()
    figures.add("seed", storm.seed)
    began = time.monotonic()
    try:
        ground.start()
        from tests.chaos.flows import MIXED

        faults = Faults(ground, chance)
        faults.start(pools=2)
        wait_for(ground.answers, 60, "the API")
        load = Load(Client(ground), ground.template(MIXED, "mixed"), most=8)
        load.start()
        _strike(storm, faults, began)
        _reach(storm, began)
        load.stopped.set()
        load.join()
        wait_for(_all_ended, 120, "the ends of all runs")
        _retry_failed(figures)
        wait_for(_all_ended, 120, "the ends of the retried runs")
        time.sleep(2 * ENGINE["lease_seconds"])
        judge(ground, faults, load.accepted, figures)
        figures.count("answers of the API", _named(load.client.answers))
        figures.must(not load.client.answers[500], "the API answered 500")
        figures.must(faults.kills >= storm.kills, f"only {faults.kills} kills")
        figures.add("seconds", round(time.monotonic() - began))
    finally:
        ground.end()
    return figures


def _strike(storm: Storm, faults: Faults, began: float) -> None:
    others = ["flush"] * storm.flushes + ["restart"] * storm.restarts
    at = {(number + 1) * storm.kills // (len(others) + 1): one for number, one in enumerate(others)}
    ends = began + 60 * storm.minutes
    while faults.kills < storm.kills and time.monotonic() < ends:
        time.sleep(faults.chance.uniform(0.5, 1.5) * storm.pause)
        match at.pop(faults.kills, ""):
            case "flush":
                faults.flush()
            case "restart":
                faults.restart_postgres(away=1)
        faults.strike()


def _reach(storm: Storm, began: float) -> None:
    """Let the load go on without faults until there are enough node runs."""
    from workflows.models import NodeRun

    left = began + 60 * storm.minutes - time.monotonic()
    with contextlib.suppress(AssertionError):
        wait_for(lambda: NodeRun.objects.count() >= storm.node_runs, max(0, left), "node runs")


def _all_ended() -> bool:
    from workflows.models import WorkflowExecution

    return not WorkflowExecution.objects.filter(status__in=["pending", "running"]).exists()


def _retry_failed(figures: Figures) -> None:
    """A step that cost two workers has failed, as it should; people try it again."""
    from workflows.executions.retry import retry
    from workflows.models import NodeRun

    failed = NodeRun.objects.filter(status="failed", execution__status="failed")
    codes = Counter(failed.values_list("error__code", flat=True))
    figures.count("steps that had failed, by reason", codes)
    figures.must(not codes.keys() - {"worker_lost", "agent_lost"}, f"failed by {codes}")
    for run in set(failed.values_list("execution_id", flat=True)):
        retry(run, user=None)


def _named(answers: dict[int, int]) -> Counter[str]:
    return Counter({str(status or "none"): times for status, times in answers.items()})
