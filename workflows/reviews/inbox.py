"""Lists of reviews: what waits, what was sent back, what is done. Queries alone."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from workflows.engine.states import ReviewState
from workflows.models import ReviewTask
from workflows.selectors import mine
from workspaces.access import ACTIONS, Action
from workspaces.models import User, Workspace

Rows = QuerySet[ReviewTask]


class Tab(StrEnum):
    """The lists of the inbox."""

    WAITING = "waiting"
    SENT_BACK = "sent_back"
    DONE = "done"


def listed(workspace: Workspace, tab: Tab) -> Rows:
    """A list in its order: the most urgent first, or the latest decided first.

    Sent back is what is being made anew; once the next round is there, that one waits. Done
    holds what will have no next round. Closed reviews carry ``ended``.
    """
    rows = ReviewTask.objects.filter(node_run__execution__workspace=workspace)
    if tab == Tab.WAITING:
        rows = rows.filter(state=ReviewState.WAITING)
        return rows.order_by(F("due_at").asc(nulls_last=True), "pk")
    if tab == Tab.SENT_BACK:
        newer = ReviewTask.objects.filter(
            node_run=OuterRef("node_run"), round__gt=OuterRef("round")
        )
        rows = rows.filter(~Exists(newer), state=ReviewState.CHANGES_REQUESTED)
    else:
        rows = rows.exclude(state__in=[ReviewState.WAITING, ReviewState.CHANGES_REQUESTED])
    return rows.annotate(ended=Coalesce("decided_at", "created_at")).order_by("-ended", "-pk")


def asked(rows: Rows, user: User, role: str) -> Rows:
    """Those that wait for the person; none for who decides no reviews."""
    return mine(rows, user, role) if Action.REVIEW in ACTIONS[role] else rows.none()


def cursor(task: ReviewTask, tab: Tab) -> str:
    """Where a list goes on after the task; ``after`` reads it."""
    moment = task.due_at if tab == Tab.WAITING else task.decided_at or task.created_at
    return f"{moment.isoformat() if moment else ''}~{task.pk}"


def after(rows: Rows, tab: Tab, place: str) -> Rows:
    """The rest of a list after a cursor; the whole of it when the cursor cannot be read."""
    stamp, _, number = place.rpartition("~")
    try:
        moment = datetime.fromisoformat(stamp) if stamp else None
        pk = int(number)
    except ValueError:
        return rows
    if moment is not None and moment.tzinfo is None:
        return rows
    if tab != Tab.WAITING:
        return rows.filter(Q(ended__lt=moment) | Q(ended=moment, pk__lt=pk)) if moment else rows
    if moment is None:
        return rows.filter(due_at=None, pk__gt=pk)
    return rows.filter(Q(due_at__gt=moment) | Q(due_at=moment, pk__gt=pk) | Q(due_at=None))


def for_rows(rows: Rows) -> Rows:
    """What a row of a list shows, without the contents: they may be long."""
    heavy = ("items", "rules", "instructions", "node_run__input", "node_run__output")
    return (
        rows.select_related("node_run__execution__launched_by")
        .defer(*heavy, "node_run__history", "node_run__execution__inputs")
        .annotate(
            has_copy=Q(items__contains=[{"kind": "copy"}]),
            has_images=Q(items__contains=[{"kind": "image"}]),
        )
    )
