"""At most twenty agents of a run at once, and ten runs of a workspace; seen by the service."""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path

from tests.chaos.figures import Figures
from tests.chaos.ground import Ground, wait_for
from tests.chaos.hits import is_paid
from tests.chaos.storm import ENGINE
from tests.scripted_openai import Call

AGENTS = 20
SLOTS = 10


def limits(latency: tuple[float, float], base: Path) -> Figures:
    """Eleven runs of twenty agents, one of three steps of ten, one of twenty lanes of two."""
    ground = Ground(base, {**ENGINE, "lease_seconds": 30, "renew_seconds": 5}, slots=SLOTS)
    ground.server.latency = lambda call: random.uniform(*latency)
    figures = Figures()
    try:
        ground.start()
        ground.reconcile()
        ground.workers(SLOTS + 2)
        _eleven(ground, figures)
        _wide(ground, figures)
    finally:
        ground.end()
    return figures


def _eleven(ground: Ground, figures: Figures) -> None:
    from tests.chaos.flows import TWENTY

    template = ground.template(TWENTY, "twenty")
    runs = [ground.launch(template, tag=f"run{number:02}") for number in range(SLOTS + 1)]
    last = runs[-1]
    figures.must(last.status == "pending", f"run {SLOTS + 1} was {last.status} at once")
    _ended(runs)
    peaks = peak(ground, "run")
    figures.add(f"{SLOTS} runs of {AGENTS} agents: peak of each", sorted(peaks.values()))
    figures.must(max(peaks.values()) == AGENTS, f"peaks were {peaks}")
    ends = sorted(run.finished_at for run in runs[:-1])
    figures.add(f"run {SLOTS + 1} started after the first end", f"{_wait(last, ends[0]):.2f} s")
    figures.must(last.started_at >= ends[0], f"run {SLOTS + 1} did not wait")
    figures.must(_wait(last, ends[0]) <= 5, f"run {SLOTS + 1} waited for a free slot")


def _wait(run: object, moment: object) -> float:
    return (run.started_at - moment).total_seconds()  # type: ignore[attr-defined, operator]


def _wide(ground: Ground, figures: Figures) -> None:
    from tests.chaos.flows import THREE_OF_TEN, TWENTY_LANES

    for name, made in (("three steps of ten", THREE_OF_TEN), ("twenty lanes of two", TWENTY_LANES)):
        tag = name.replace(" ", "-")
        run = ground.launch(ground.template(made, tag), tag=tag)
        _ended([run])
        found = peak(ground, tag)[tag]
        figures.add(f"{name}: peak", found)
        figures.must(found == AGENTS, f"{name}: {found} at once")


def _ended(runs: list[object]) -> None:
    def all_ended() -> bool:
        for run in runs:
            run.refresh_from_db()  # type: ignore[attr-defined]
        return all(run.status == "completed" for run in runs)  # type: ignore[attr-defined]

    wait_for(all_ended, 180, "the ends of the runs")


def peak(ground: Ground, prefix: str) -> dict[str, int]:
    """The most calls under way at once, by the run that their prompts name."""
    calls: dict[str, list[Call]] = defaultdict(list)
    for call in ground.server.calls:
        if is_paid(call) and call.prompt.startswith(prefix):
            calls[call.prompt.split()[0]].append(call)
    return {tag: _most(found) for tag, found in calls.items()}


def _most(calls: list[Call]) -> int:
    moves = [(call.started, 1) for call in calls]
    moves += [(call.finished, -1) for call in calls if call.finished is not None]
    most = now = 0
    for _, step in sorted(moves):
        now += step
        most = max(most, now)
    return most
