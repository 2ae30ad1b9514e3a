"""The runs under way, as Home lists them: those that need somebody first."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from workflows.engine.states import ExecutionStatus, Look
from workflows.models import WorkflowExecution
from workflows.runs.looks import run_look
from workflows.runs.segments import read_segments
from workflows.selectors import marks_of, with_place
from workspaces.models import Workspace

SHOWN = 5
UNDER_WAY = (ExecutionStatus.PENDING, ExecutionStatus.RUNNING, ExecutionStatus.PAUSED)
_FRESH = timedelta(days=1)
"""How long a run that has failed stays here."""


@dataclass(frozen=True, slots=True)
class ActiveRun:
    """One run."""

    run: WorkflowExecution
    look: Look
    segments: tuple[str, ...]
    """The status of each step, whatever its lanes."""
    elapsed: float | None
    """Seconds of active time; None before it starts."""
    cost_expected: Decimal | None
    """What it was thought to cost, where somebody has looked."""

    @property
    def cost(self) -> Decimal | None:
        """What it has cost; None where no price is known."""
        return self.run.cost if self.run.cost or not self.run.unpriced_calls else None


@dataclass(frozen=True, slots=True)
class ActiveRuns:
    """What the card shows."""

    rows: tuple[ActiveRun, ...]
    running: int
    """Under way in all, shown or not."""
    digest: str
    """Another text whenever a run that is shown has changed."""

    @property
    def is_live(self) -> bool:
        """Whether the card has to be asked for again."""
        return self.running > 0


def active_runs(workspace: Workspace) -> ActiveRuns:
    """Three queries, however many runs there are."""
    related = _shown(workspace).select_related("version__template")
    runs = list(related.defer("inputs", "version__template__draft", "version__canvas_notes"))
    segments, now = read_segments([run.pk for run in runs]), timezone.now()
    return ActiveRuns(
        rows=tuple(_row(run, segments.get(run.pk, ()), now) for run in runs),
        running=_of(workspace).filter(status__in=UNDER_WAY).count(),
        digest=_digest([(run.pk, run.revision, getattr(run, "place", None)) for run in runs]),
    )


def active_digest(workspace: Workspace) -> str:
    """What ``ActiveRuns.digest`` is now, in one short query."""
    return _digest(marks_of(_shown(workspace)))


def _of(workspace: Workspace) -> QuerySet[WorkflowExecution]:
    return WorkflowExecution.objects.filter(workspace=workspace)


def _shown(workspace: Workspace) -> QuerySet[WorkflowExecution]:
    failed = Q(status=ExecutionStatus.FAILED, finished_at__gt=timezone.now() - _FRESH)
    urgency = Case(
        When(failed__gt=0, then=Value(0)),
        When(waiting__gt=0, then=Value(2)),
        default=Value(1),
        output_field=IntegerField(),
    )
    rows = _of(workspace).filter(Q(status__in=UNDER_WAY) | failed)
    return with_place(rows).order_by(urgency, "-pk")[:SHOWN]


def _row(run: WorkflowExecution, segments: tuple[str, ...], now: datetime) -> ActiveRun:
    stretch = (now - run.active_since).total_seconds() if run.active_since else 0.0
    expected = (run.expected or {}).get("cost")
    return ActiveRun(
        run=run,
        look=run_look(
            run.status,
            waiting=run.waiting,
            active_since=run.active_since,
            place=getattr(run, "place", None),
        ),
        segments=segments,
        elapsed=run.active_seconds + max(0.0, stretch) if run.started_at else None,
        cost_expected=Decimal(expected) if expected is not None else None,
    )


def _digest(found: Sequence[tuple[int, int, int | None]]) -> str:
    return hashlib.sha256(repr(list(found)).encode()).hexdigest()[:16]
