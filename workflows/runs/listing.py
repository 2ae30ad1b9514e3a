"""A page of the list of runs; keyset paging, so that far pages cost no more than the first."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from workflows.engine.states import EXECUTION_TERMINAL, Look, NodeStatus
from workflows.models import WorkflowExecution, WorkflowTemplate
from workflows.runs.filters import Filters
from workflows.runs.looks import run_look
from workflows.runs.segments import read_segments
from workflows.selectors import marks_of, with_place
from workspaces.models import Membership, Project, User, Workspace

PAGE = 25


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run in the list."""

    run: WorkflowExecution
    look: Look
    segments: tuple[str, ...]
    """The status of each step, containers left out."""
    elapsed: float | None
    """Seconds of active time; None before it starts."""
    ticks: bool
    """Whether ``elapsed`` grows while nothing changes."""

    @property
    def done(self) -> int:
        """Steps that are completed, in all their lanes."""
        return self.segments.count(NodeStatus.COMPLETED)

    @property
    def failed(self) -> int:
        """Steps of which something failed."""
        return self.segments.count(NodeStatus.FAILED)


@dataclass(frozen=True, slots=True)
class RunPage:
    """One page of the list."""

    rows: tuple[RunRow, ...]
    digest: str
    """Another text whenever a run of the page has changed."""
    is_live: bool
    """Whether a run of the page is under way."""
    newer: str
    older: str
    """Addresses of the neighbouring pages; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer."""

    workflows: Sequence[WorkflowTemplate]
    projects: Sequence[Project]
    people: Sequence[User]


def read_page(workspace: Workspace, filters: Filters) -> RunPage:
    """Two queries, however many runs there are."""
    rows = _page_of(workspace, filters)
    related = rows.select_related("version__template", "launched_by", "project")
    found = list(
        related.defer("inputs", "error", "version__template__draft", "version__canvas_notes")
    )
    runs, has_more = found[:PAGE], len(found) > PAGE
    if filters.after is not None:
        runs.reverse()
    now, segments = timezone.now(), read_segments([run.pk for run in runs])
    shown = tuple(_row(run, segments.get(run.pk, ()), now) for run in runs)
    has_newer = has_more if filters.after is not None else filters.before is not None
    has_older = has_more or filters.after is not None
    return RunPage(
        rows=shown,
        digest=_digest([(run.pk, run.revision, getattr(run, "place", None)) for run in runs]),
        is_live=any(run.status not in EXECUTION_TERMINAL for run in runs),
        newer=filters.query(after=runs[0].pk) if runs and has_newer else "",
        older=filters.query(before=runs[-1].pk) if runs and has_older else "",
    )


def read_digest(workspace: Workspace, filters: Filters) -> str:
    """What ``RunPage.digest`` is now; one query that reads the index and little more."""
    found = marks_of(_page_of(workspace, filters))[:PAGE]
    if filters.after is not None:
        found.reverse()
    return _digest(found)


def read_choices(workspace: Workspace) -> Choices:
    """The workflows that have run here, the projects and the members: three queries."""
    used = WorkflowExecution.objects.filter(workspace=workspace).values("version__template")
    members = Membership.objects.filter(workspace=workspace).values("user")
    return Choices(
        workflows=list(WorkflowTemplate.objects.filter(pk__in=used).defer("draft")),
        projects=list(Project.objects.filter(workspace=workspace)),
        people=list(User.objects.filter(pk__in=members).order_by("name", "email")),
    )


def _page_of(workspace: Workspace, filters: Filters) -> QuerySet[WorkflowExecution]:
    rows = with_place(WorkflowExecution.objects.filter(filters.condition, workspace=workspace))
    if filters.after is not None:
        return rows.filter(pk__gt=filters.after).order_by("pk")[: PAGE + 1]
    if filters.before is not None:
        rows = rows.filter(pk__lt=filters.before)
    return rows.order_by("-pk")[: PAGE + 1]


def _row(run: WorkflowExecution, segments: tuple[str, ...], now: datetime) -> RunRow:
    stretch = (now - run.active_since).total_seconds() if run.active_since else 0.0
    return RunRow(
        run=run,
        look=run_look(
            run.status,
            waiting=run.waiting,
            active_since=run.active_since,
            place=getattr(run, "place", None),
        ),
        segments=segments,
        elapsed=run.active_seconds + max(0.0, stretch) if run.started_at else None,
        ticks=run.active_since is not None and run.status not in EXECUTION_TERMINAL,
    )


def _digest(found: Sequence[tuple[int, int, int | None]]) -> str:
    return hashlib.sha256(repr(list(found)).encode()).hexdigest()[:16]
