"""How the engine is doing, in few numbers that whatever watches it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils import timezone

from workflows.engine.states import EXECUTION_TERMINAL, ExecutionStatus, NodeStatus
from workflows.models import ExecutionEvent, NodeRun, WorkerBeat, WorkflowExecution

STALE = timedelta(seconds=60)
"""A worker or reconcile that has not been seen for this long counts as gone."""
WINDOW = timedelta(hours=1)
_PATIENCE = "SET LOCAL statement_timeout = '3s'"
UNDER_WAY = sorted(set(ExecutionStatus) - EXECUTION_TERMINAL)
ENDED = sorted(EXECUTION_TERMINAL)


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the whole installation, by PostgreSQL."""

    under_way: Mapping[str, int]
    """Runs by each status that is no end."""
    ended: Mapping[str, int]
    """Runs that ended in the last hour, by how."""
    steps: Mapping[str, int]
    """Steps that are queued, running or waiting."""
    oldest_queued: float
    """Seconds that the step which has waited longest for a worker has; 0 without one."""
    lost: int
    """Steps whose worker was lost in the last hour."""
    workers: int
    """Seen lately."""
    reconciled: float | None
    """Seconds since a reconcile was seen; None when none is known."""
    violations: int
    """Rows that break an invariant, as the newest check found."""


def read_figures() -> Figures:
    """Read them in one transaction; each query walks an index over what is under way or recent.

    Raises ``django.db.Error``, also when a query takes over 3 s: a scrape must not pile up on a
    database that has enough to do.
    """
    now = timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_PATIENCE)
        runs = WorkflowExecution.objects.order_by()
        under_way = _by_status(runs.filter(status__in=UNDER_WAY))
        ended = runs.filter(status__in=ENDED, finished_at__gt=now - WINDOW)
        beats = WorkerBeat.objects.aggregate(
            workers=Count("pk", filter=Q(kind="worker", seen_at__gt=now - STALE)),
            reconcile=Max("seen_at", filter=Q(kind="reconcile")),
        )
        return Figures(
            under_way={status: under_way.get(status, 0) for status in UNDER_WAY},
            ended=dict.fromkeys(ENDED, 0) | _by_status(ended),
            steps=_steps(),
            oldest_queued=_age(_oldest_queued(), now) or 0.0,
            lost=ExecutionEvent.objects.filter(kind="node.lost", at__gt=now - WINDOW).count(),
            workers=beats["workers"],
            reconciled=_age(beats["reconcile"], now),
            violations=len(broken_rules()),
        )


def broken_rules() -> list[str]:
    """The rule of each violation that the newest reconcile of the last minute has found."""
    beats = WorkerBeat.objects.filter(kind="reconcile", seen_at__gt=timezone.now() - STALE)
    newest = beats.order_by("-seen_at").values_list("data", flat=True).first() or {}
    return [str(one.get("rule", "?")) for one in newest.get("violations", ())]


def _by_status(rows: QuerySet[WorkflowExecution]) -> dict[str, int]:
    return dict(rows.values("status").annotate(n=Count("pk")).values_list("status", "n"))


def _steps() -> dict[str, int]:
    steps = NodeRun.objects.order_by()
    waiting = steps.filter(status=NodeStatus.WAITING, execution__status__in=UNDER_WAY)
    return {
        "queued": steps.filter(status=NodeStatus.QUEUED).count(),
        "running": steps.filter(status=NodeStatus.RUNNING).count(),
        "waiting": waiting.count(),
    }


def _oldest_queued() -> datetime | None:
    """Steps of paused runs and those that wait for free agents wait for no worker."""
    rows = NodeRun.objects.filter(
        status=NodeStatus.QUEUED, wait_for="", execution__status=ExecutionStatus.RUNNING
    )
    found: datetime | None = rows.aggregate(oldest=Min("queued_at"))["oldest"]
    return found


def _age(moment: datetime | None, now: datetime) -> float | None:
    return None if moment is None else max(0.0, (now - moment).total_seconds())
