"""Deletes what is kept no longer: ended runs, the events of older ones, drafts that nobody runs.

Everything goes in batches, oldest first, each in a transaction of its own. Rows that somebody else
works on are passed over until the next time, and a run that has not ended is never touched.
Documents, images and the snapshots of where they came from hold plain ids and stay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from workflows.engine.states import EXECUTION_TERMINAL
from workflows.models import (
    ExecutionEvent,
    WorkflowExecution,
    WorkflowTemplate,
    WorkflowVersion,
)
from workspaces.models import Workspace

BATCH = 100
"""Runs a transaction: some thousand rows with their steps, agents and events."""


@dataclass(frozen=True, slots=True)
class Due:
    """What is to go."""

    runs_before: datetime | None
    """Runs that ended earlier; None keeps all."""
    events_before: datetime | None
    """The events of runs that ended earlier; None keeps all."""
    workspace: Workspace | None = None
    """Nobody else's; None means everybody's."""


def prune(due: Due, batch: int = BATCH) -> Iterator[Counter[str]]:
    """Delete it; after each committed batch, how many rows of which kind went.

    Raises ``django.db.Error``; what was told before stays deleted.
    """
    if due.runs_before is not None:
        yield from _runs(_ended(due, due.runs_before), batch)
        yield from _versions(_unused(due, due.runs_before), batch)
    if due.events_before is not None:
        yield from _events(_ended(due, due.events_before), batch)


def count_due(due: Due) -> Counter[str]:
    """What ``prune`` would delete now, locks aside, in runs and drafts; writes nothing.

    What hangs on the runs is not counted: that would read the greater part of the big tables.
    """
    found: Counter[str] = Counter()
    if due.runs_before is not None:
        runs = _ended(due, due.runs_before)
        found["runs"] = runs.count()
        found["drafts"] = _unused(due, due.runs_before, without=runs).count()
    if due.events_before is not None:
        having = _with_events(_ended(due, due.events_before))
        if due.runs_before is not None:
            having = having.filter(finished_at__gte=due.runs_before)
        found["runs' events"] = having.count()
    return +found


def _ended(due: Due, before: datetime) -> QuerySet[WorkflowExecution]:
    rows = WorkflowExecution.objects.filter(status__in=_ENDED, finished_at__lt=before)
    rows = rows if due.workspace is None else rows.filter(workspace=due.workspace)
    return rows.order_by("finished_at", "pk")


def _unused(
    due: Due, before: datetime, without: QuerySet[WorkflowExecution] | None = None
) -> QuerySet[WorkflowVersion]:
    """Drafts pinned for test runs that are gone; with ``without``, as if those were gone too."""
    runs = WorkflowExecution.objects.filter(version=OuterRef("pk"))
    if without is not None:
        runs = runs.exclude(pk__in=without.order_by().values("pk"))
    named = WorkflowTemplate.objects.filter(
        Q(current_version=OuterRef("pk")) | Q(cloned_from=OuterRef("pk"))
    )
    rows = WorkflowVersion.objects.filter(~Exists(runs), ~Exists(named), number=None)
    rows = rows.filter(created_at__lt=before)
    if due.workspace is not None:
        rows = rows.filter(template__workspace=due.workspace)
    return rows.order_by("created_at", "pk")


def _runs(rows: QuerySet[WorkflowExecution], batch: int) -> Iterator[Counter[str]]:
    """The run's lock keeps a retry out; its late writers find no run and leave quietly."""
    while True:
        with transaction.atomic():
            locked = rows.select_for_update(skip_locked=True).values_list("pk", flat=True)
            doomed = list(locked[:batch])
            _, gone = WorkflowExecution.objects.filter(pk__in=doomed).delete()
        if not doomed:
            return
        yield _named(gone)


def _versions(rows: QuerySet[WorkflowVersion], batch: int) -> Iterator[Counter[str]]:
    while True:
        with transaction.atomic():
            locked = rows.select_for_update(skip_locked=True, of=("self",))
            doomed = list(locked.values_list("pk", flat=True)[:batch])
            _, gone = WorkflowVersion.objects.filter(pk__in=doomed).delete()
        if not doomed:
            return
        yield _named(gone)


def _events(rows: QuerySet[WorkflowExecution], batch: int) -> Iterator[Counter[str]]:
    """The runs stay, so the walk goes on behind the last one instead of beginning anew."""
    having = _with_events(rows)
    behind = Q()
    while True:
        with transaction.atomic():
            locked = having.filter(behind).select_for_update(skip_locked=True, of=("self",))
            found = list(locked.values_list("pk", "finished_at")[:batch])
            events = ExecutionEvent.objects.filter(execution__in=[pk for pk, _ in found])
            _, gone = events.delete()
        if not found:
            return
        last, ended = found[-1]
        behind = Q(finished_at__gte=ended) & (Q(finished_at__gt=ended) | Q(pk__gt=last))
        yield _named(gone)


def _with_events(rows: QuerySet[WorkflowExecution]) -> QuerySet[WorkflowExecution]:
    return rows.filter(Exists(ExecutionEvent.objects.filter(execution=OuterRef("pk"))))


_ENDED = sorted(EXECUTION_TERMINAL)
_NAMES = {
    "workflows.WorkflowExecution": "runs",
    "workflows.NodeRun": "steps",
    "workflows.AgentJob": "agents",
    "workflows.ExecutionEvent": "events",
    "workflows.WorkflowVersion": "drafts",
}


def _named(gone: dict[str, int]) -> Counter[str]:
    """Rows by the words that people know; what hangs on them is not counted."""
    return +Counter({name: gone.get(label, 0) for label, name in _NAMES.items()})
