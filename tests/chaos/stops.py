"""Stops at random moments: final at once, seen by all, and nothing comes after."""

from __future__ import annotations

import random
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.chaos.client import Client
from tests.chaos.figures import Figures, spread
from tests.chaos.ground import Ground, wait_for
from tests.chaos.hits import under_way
from tests.chaos.storm import ENGINE

SEEN_WITHIN = 20.0


def stops(count: int, seed: int, base: Path) -> Figures:
    """Launch, wait for a moment, stop; some are over by then."""
    chance = random.Random(seed)
    ground = Ground(base, ENGINE, slots=6)
    ground.server.latency = lambda call: random.uniform(0.1, 1.5)
    figures, seen = Figures(), []
    ended: dict[int, datetime] = {}
    try:
        ground.start()
        ground.reconcile()
        ground.workers(6)
        ground.web()
        wait_for(ground.answers, 60, "the API")
        client = Client(ground)
        from tests.chaos.flows import ATTACHING

        template = ground.template(ATTACHING, "attaching")
        while len(ended) < count:
            run = ground.launch(template, tag=f"run{len(ended)}").pk
            time.sleep(chance.uniform(0, 2.5))
            began = time.monotonic()
            if (answer := client.ask(f"/api/executions/{run}/stop", {})) is None:
                continue
            ended[run] = datetime.fromisoformat(answer["finished_at"])
            wait_for(lambda run=run: _is_stopped(client, run), SEEN_WITHIN, "a stop")
            seen.append(time.monotonic() - began)
        began = time.monotonic()
        wait_for(lambda: not under_way(ground.server), SEEN_WITHIN, "the calls' ends")
        time.sleep(3)
        figures.add("stops", len(ended))
        figures.add("asked to seen (p50/p95/max)", spread(seen))
        late = _late(ended)
        figures.add("documents after a stop", len(late))
        figures.must(not late, f"late: {late}")
        figures.must(max(seen) <= SEEN_WITHIN, "a stop was seen too late")
    finally:
        ground.end()
    return figures


def _is_stopped(client: Client, run: int) -> bool:
    answer = client.ask(f"/api/executions/{run}")
    return answer is not None and answer["status"] == "stopped"


def _late(ended: dict[int, datetime]) -> list[Any]:
    """Steps that wrote a document after their run was stopped, and runs that are not stopped."""
    from documents.models import Document
    from workflows.models import NodeRun, WorkflowExecution

    titles = dict(WorkflowExecution.objects.values_list("pk", "inputs__tag"))
    late: list[Any] = [
        one.pk
        for run, moment in ended.items()
        for one in Document.objects.filter(title=titles[run], created_at__gt=moment)
    ]
    done = NodeRun.objects.filter(execution__in=ended, status="completed")
    late += [row.pk for row in done if row.finished_at > ended[row.execution_id]]
    still = WorkflowExecution.objects.filter(pk__in=ended).exclude(status="stopped")
    return late + list(still.values_list("pk", flat=True))
