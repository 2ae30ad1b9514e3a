"""Drives Celery: its workers, its chains, its groups with a chord."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import chain, group

from benchmarks.celery_app import step
from benchmarks.clock import Side
from benchmarks.ours import Flow
from benchmarks.processes import child
from workflows.models import NodeRun, WorkflowExecution

ROWLESS = (0, 0)


@contextmanager
def workers(processes: int) -> Iterator[subprocess.Popen[bytes]]:
    """A prefork worker of so many processes on the queue of that number."""
    name = _queue(processes)
    options = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "ERROR"]
    argv = ["celery", "-A", "benchmarks.celery_app", "worker", "-c", str(processes), "-Q", name]
    with child(sys.executable, "-m", *argv, "-n", name, *options) as process:
        step.apply_async(args=[None], queue=name).get(timeout=60)
        yield process


def chain_of(flow: Flow | None, size: int) -> Side:
    """Rounds of a chain; with ``flow``, rows are written in its workspace."""
    return lambda: milliseconds(send_chain(flow, size, processes=1))


def fan_out_of(flow: Flow | None, width: int) -> Side:
    """Rounds of a task, ``width`` tasks side by side, and a join."""

    def once() -> float:
        rows = _rows(flow, width + 2)
        branches = group(_task(1, *row) for row in rows[1:-1])
        tasks = chain(_task(1, None, *rows[0]), branches, _task(1, *rows[-1]))
        return milliseconds(tasks.apply_async())

    return once


def send_chain(flow: Flow | None, size: int, processes: int) -> Any:
    """Send a chain; gives its result to wait for."""
    rows = _rows(flow, size)
    first = _task(processes, None, *rows[0])
    return chain(first, *(_task(processes, *row) for row in rows[1:])).apply_async()


def span(result: Any) -> tuple[float, float]:
    """When the first task began and the last one ended."""
    began, ended = result.get(timeout=60)
    return began, ended


def milliseconds(result: Any) -> float:
    """From the start of the first task to the end of the last."""
    began, ended = span(result)
    return (ended - began) * 1000


def _task(processes: int, *values: int | None) -> Any:
    return step.s(*values).set(queue=_queue(processes))


def _queue(processes: int) -> str:
    return f"bench-{processes}"


def _rows(flow: Flow | None, size: int) -> list[tuple[int, int]]:
    """The run and the step of each task, written beforehand, as a launch does."""
    if flow is None:
        return [ROWLESS] * size
    assert flow.template.current_version is not None
    execution = WorkflowExecution.objects.create(
        workspace=flow.workspace,
        version=flow.template.current_version,
        status="running",
        time_limit=1800,
        max_parallel_agents=20,
        total=size,
    )
    runs = NodeRun.objects.bulk_create(
        NodeRun(execution=execution, key=f"s{number}", type="compose_text", status="queued")
        for number in range(size)
    )
    return [(execution.pk, run.pk) for run in runs]
