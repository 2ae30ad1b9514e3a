"""Tells people what they should know: a review waits or is due, their run has failed.

The rows themselves say whom nobody has told yet, so nothing is lost with a process and the engine
does nothing for it. A row is marked in the transaction that tells of it: each is told once. Whoever
wants no e-mail is told in the bell of every page alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.urls import reverse

from workflows.engine.states import ExecutionStatus, NodeStatus, ReviewState
from workflows.models import NodeRun, ReviewTask, WorkflowExecution
from workspaces.access import ACTIONS, RANK, Action
from workspaces.models import Membership, Notice, Role, User
from workspaces.words import one_line

BATCH = 100
"""Rows a pass takes of each kind."""
REMIND_BEFORE = timedelta(hours=4)
"""How long before it is due a review is written about again, if people knew as long before."""


def announce() -> int:
    """Tell what is due; how many were told."""
    return tell_reviewers() + remind_reviewers() + tell_launchers()


@transaction.atomic
def tell_reviewers() -> int:
    """Tell those who may decide of the reviews that nobody was told of."""
    rows = ReviewTask.objects.filter(state=ReviewState.WAITING, told_at=None)
    return _write_about(rows, Notice.Kind.REVIEW, "told_at")


@transaction.atomic
def remind_reviewers() -> int:
    """Tell them once more when a review is due within hours."""
    rows = ReviewTask.objects.filter(
        state=ReviewState.WAITING,
        reminded_at=None,
        due_at__gt=Now(),
        due_at__lte=Now() + REMIND_BEFORE,
        told_at__lte=Now() - REMIND_BEFORE,
    )
    return _write_about(rows, Notice.Kind.REVIEW_DUE, "reminded_at")


@transaction.atomic
def tell_launchers() -> int:
    """Tell whoever launched them of the runs that have failed and that nobody was told of."""
    rows = WorkflowExecution.objects.filter(status=ExecutionStatus.FAILED, told_at=None)
    held = rows.order_by("pk").select_for_update(skip_locked=True, of=("self",))
    runs = list(held.select_related("workspace").defer("inputs", "expected")[:BATCH])
    broken = NodeRun.objects.filter(execution__in=runs, status=NodeStatus.FAILED).order_by("-pk")
    why = {row.execution_id: row for row in broken.only("execution_id", "label", "key", "error")}
    members = {
        (one.workspace_id, one.user_id): one.user
        for one in _listeners(run.workspace_id for run in runs)
    }
    notices = [
        _of_failure(run, user, why.get(run.pk))
        for run in runs
        if (user := members.get((run.workspace_id, run.launched_by_id or 0)))
    ]
    if runs:
        Notice.objects.bulk_create(notices)
        told = WorkflowExecution.objects.filter(pk__in=[run.pk for run in runs])
        told.update(told_at=Now())
    return len(notices)


def _write_about(rows: QuerySet[ReviewTask], kind: Notice.Kind, mark: str) -> int:
    """Tell those whom the reviews wait for, and mark the reviews."""
    held = rows.order_by("pk").select_for_update(skip_locked=True, of=("self",))
    tasks = list(
        held.select_related("node_run__execution__workspace")
        .defer("items", "rules", "node_run__input", "node_run__output", "node_run__history")
        .prefetch_related("assignees")[:BATCH]
    )
    members = _listeners(task.node_run.execution.workspace_id for task in tasks)
    notices = [
        _of_review(task, member.user, kind)
        for task in tasks
        for member in members
        if _is_asked(task, member)
    ]
    if tasks:
        Notice.objects.bulk_create(notices)
        ReviewTask.objects.filter(pk__in=[task.pk for task in tasks]).update(**{mark: Now()})
    return len(notices)


def _listeners(workspaces: Iterable[int]) -> list[Membership]:
    """Members with the person; nothing is asked for no workspaces."""
    ids = set(workspaces)
    rows = Membership.objects.filter(workspace__in=ids, user__is_active=True)
    return list(rows.select_related("user").order_by("pk")) if ids else []


def _is_asked(task: ReviewTask, member: Membership) -> bool:
    """Whether the inbox shows the review to the person as waiting for them."""
    if member.workspace_id != task.node_run.execution.workspace_id:
        return False
    if Action.REVIEW not in ACTIONS[member.role]:
        return False
    named = [user.pk for user in task.assignees.all()]
    if named:
        return member.user_id in named
    return not task.role or RANK[Role(member.role)] >= RANK[Role(task.role)]


_REVIEW_SUBJECTS = {
    Notice.Kind.REVIEW: "Waiting for your review",
    Notice.Kind.REVIEW_DUE: "Due soon, your review",
}


def _mailing(user: User) -> dict[str, None]:
    """Nothing for whoever wants e-mail: it is due at once."""
    return {} if user.wants_email else {"next_try_at": None}


def _of_review(task: ReviewTask, user: User, kind: Notice.Kind) -> Notice:
    run = task.node_run.execution
    title, step = one_line(run.title), task.node_run.label or task.node_run.key
    again = f" This is round {task.round}." if task.round > 1 else ""
    due = f" It is due by {task.due_at:%d %B %Y, %H:%M} UTC." if task.due_at else ""
    return Notice(
        workspace=run.workspace,
        user=user,
        email=user.email,
        kind=kind,
        subject=f"{_REVIEW_SUBJECTS[kind]}: {title}",
        body=(
            f"“{title}” in {run.workspace.name} waits for a review at the step “{step}”."
            f"{again}{due}\n\nThe link opens the review; nothing is decided by opening it."
        ),
        path=reverse("workflows:review", args=[run.workspace.slug, task.pk]),
        **_mailing(user),
    )


def _of_failure(run: WorkflowExecution, user: User, row: NodeRun | None) -> Notice:
    title, step = one_line(run.title), ""
    error = run.error or (row.error if row else None) or {}
    if row is not None and not run.error:
        step = f" at the step “{row.label or row.key}”"
    reason = one_line(str(error.get("message", "")), 300)
    return Notice(
        workspace=run.workspace,
        user=user,
        email=user.email,
        kind=Notice.Kind.RUN_FAILED,
        subject=f"Run failed: {title}",
        body=(
            f"“{title}” in {run.workspace.name} has failed{step}.\n\n"
            + (f"{reason}\n\n" if reason else "")
            + "What had finished is kept. The page of the run says what can be done and what a"
            " retry would cost."
        ),
        path=reverse("workflows:run", args=[run.workspace.slug, run.pk]),
        **_mailing(user),
    )
