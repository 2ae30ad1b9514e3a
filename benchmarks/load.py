"""30 runs of 50 steps with four worker processes, and how fast others drain as many jobs.

All work is laid before the workers while they are held back, and the clock runs from the first
job's start to the last one's end. Ours are launches: the workspace's limit lets ten of them run
at a time and the rest wait their turn. Bare RQ has 1,500 jobs that do nothing on its queue at
once, Celery 30 chains.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db.models import Count, F, Max, Min
from rq import Queue
from rq.job import Job
from rq.registry import FinishedJobRegistry

from benchmarks import bare, celery_peer, marks
from benchmarks.clock import Side, in_turns
from benchmarks.ours import Chain, Flow
from benchmarks.processes import child, held_back, wait_until
from benchmarks.report import CELERY, CELERY_ROWS, FORKING, OURS, SIMPLE, Figure, Results
from workflows.models import NodeRun, WorkflowExecution

RUNS, STEPS, PROCESSES = 30, 50, 4
TOTAL = RUNS * STEPS


def measure(results: Results, rounds: int) -> None:
    """Add the figure."""
    flow = Chain(STEPS)
    with ExitStack() as stack:
        ours = stack.enter_context(_our_workers())
        simple = stack.enter_context(_bare_workers("simple"))
        forking = stack.enter_context(_bare_workers("forking"))
        celery = stack.enter_context(celery_peer.workers(PROCESSES))
        sides: dict[str, Side] = {
            OURS: lambda: _ours(flow, ours),
            SIMPLE: lambda: _drain("simple", simple),
            CELERY_ROWS: lambda: _celery(flow, celery),
            CELERY: lambda: _celery(None, celery),
        }
        found = in_turns(sides, rounds)
        found[FORKING] = [_drain("forking", forking)]
    results.figures.append(Figure(marks.LOAD, "steps/s", found))
    results.notes.append(f"{marks.LOAD}: at most {_Peak.seen} ran at once; RQ forking: one round")
    flow.clear()


class _Peak:
    seen = 0


@contextmanager
def _our_workers() -> Iterator[subprocess.Popen[bytes]]:
    with child(sys.executable, "manage.py", "worker", "--processes", str(PROCESSES)) as process:
        yield process


@contextmanager
def _bare_workers(kind: str) -> Iterator[subprocess.Popen[bytes]]:
    with child(sys.executable, "-m", "benchmarks.bare", kind, str(PROCESSES)) as process:
        yield process


def _ours(flow: Flow, workers: subprocess.Popen[bytes]) -> float:
    with held_back(workers):
        runs = [flow.launch().pk for _ in range(RUNS)]
        now = WorkflowExecution.objects.filter(pk__in=runs, status="running").count()
        _Peak.seen = max(_Peak.seen, now)
    rows = WorkflowExecution.objects.filter(pk__in=runs)
    wait_until(lambda: not rows.filter(finished_at=None).exists(), 300)
    assert rows.filter(status="completed", completed=F("total")).count() == RUNS
    steps = NodeRun.objects.filter(execution__in=runs)
    span = steps.aggregate(steps=Count("id"), began=Min("started_at"), ended=Max("finished_at"))
    assert span["steps"] == TOTAL
    return float(TOTAL / (span["ended"] - span["began"]).total_seconds())


def _drain(kind: str, workers: subprocess.Popen[bytes]) -> float:
    door = bare.door(f"{bare.DRAIN}-{kind}")
    done = FinishedJobRegistry(queue=door)
    bare.connection().delete(done.key)
    with held_back(workers):
        jobs = door.enqueue_many([Queue.prepare_data(bare.nothing) for _ in range(TOTAL)])
    wait_until(lambda: int(bare.connection().zcard(done.key)) == TOTAL, 300)
    ids = [job.id for job in jobs]
    found = Job.fetch_many(ids, bare.connection(), serializer=door.serializer)
    began = min(job.started_at for job in found if job and job.started_at)
    ended = max(job.ended_at for job in found if job and job.ended_at)
    return TOTAL / (ended - began).total_seconds()


def _celery(flow: Flow | None, workers: subprocess.Popen[bytes]) -> float:
    with held_back(workers):
        sent = [celery_peer.send_chain(flow, STEPS, PROCESSES) for _ in range(RUNS)]
    spans = [celery_peer.span(one) for one in sent]
    return TOTAL / (max(ended for _, ended in spans) - min(began for began, _ in spans))
