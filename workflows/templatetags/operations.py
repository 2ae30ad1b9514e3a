"""What an operator wants to know first, on the front page of the admin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone

from workflows.engine.states import ExecutionStatus, ReviewState
from workflows.figures import STALE
from workflows.models import ReviewTask, WorkerBeat, WorkflowExecution

register = template.Library()
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Tile:
    """One number and where it leads."""

    label: str
    value: int
    token: str
    """The colour, as a status has it."""
    url: str


@register.simple_tag(takes_context=True)
def operations(context: Context) -> list[Tile]:
    """Runs, reviews and workers at this moment; only what the person may open."""
    user = context["user"]
    tiles = []
    if user.has_perm("workflows.view_workflowexecution"):
        tiles += _runs()
    if user.has_perm("workflows.view_reviewtask"):
        waiting = ReviewTask.objects.filter(state=ReviewState.WAITING).count()
        url = reverse("admin:workflows_reviewtask_changelist") + "?state__exact=waiting"
        tiles.append(Tile("Reviews waiting", waiting, "waiting" if waiting else "pending", url))
    if user.has_perm("workflows.view_workerbeat"):
        tiles += _workers()
    return tiles


def _runs() -> list[Tile]:
    url = reverse("admin:workflows_workflowexecution_changelist")
    runs = WorkflowExecution.objects.all()
    running = runs.filter(status=ExecutionStatus.RUNNING).count()
    pending = runs.filter(status=ExecutionStatus.PENDING).count()
    since = timezone.now() - DAY
    failed = runs.filter(status=ExecutionStatus.FAILED, finished_at__gt=since).count()
    return [
        Tile("Runs under way", running, "running", f"{url}?status__exact=running"),
        Tile("Runs waiting to start", pending, "queued", f"{url}?status__exact=pending"),
        Tile(
            "Failed in 24 hours",
            failed,
            "failed" if failed else "completed",
            f"{url}?status__exact=failed",
        ),
    ]


def _workers() -> list[Tile]:
    url = reverse("admin:workflows_workerbeat_changelist")
    seen = WorkerBeat.objects.filter(seen_at__gt=timezone.now() - STALE)
    kinds = list(seen.values_list("kind", flat=True))
    return [
        Tile(
            label,
            kinds.count(kind),
            "completed" if kind in kinds else "failed",
            f"{url}?kind__exact={kind}",
        )
        for kind, label in (
            (WorkerBeat.Kind.WORKER.value, "Workers alive"),
            (WorkerBeat.Kind.RECONCILE.value, "Reconcilers alive"),
        )
    ]
