"""Celery's side: one task, with or without the rows that a durable engine writes.

The app is Celery as it comes: prefork, results on the same Redis, JSON. ``step`` hands on when
the first task began, so that the last one can tell how long all of them took.
"""

from __future__ import annotations

import os
import time
from typing import Any

from celery import Celery

from benchmarks import celery_rows

app = Celery("bench", broker=os.environ["REDIS_URL"], backend=os.environ["REDIS_URL"])
app.conf.worker_hijack_root_logger = False
app.conf.broker_connection_retry_on_startup = True


@app.task(name="bench.step")  # type: ignore[untyped-decorator]  # Celery has no types
def step(before: Any, execution_id: int = 0, node_run_id: int = 0) -> list[float]:
    """Do one step; gives when the first began and when this one ended."""
    began = time.perf_counter()
    if node_run_id:
        celery_rows.start(execution_id, node_run_id)
        celery_rows.finish(execution_id, node_run_id)
    return [_first(before) or began, time.perf_counter()]


def _first(before: Any) -> float | None:
    """The earliest start of what went before: nothing, one step, or the branches of a join."""
    if not before:
        return None
    branches = before if isinstance(before[0], list) else [before]
    return min(float(branch[0]) for branch in branches)
