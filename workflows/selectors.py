"""What a workspace may see of workflows, runs and reviews; the one place that says so."""

from __future__ import annotations

from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)

from workflows.engine.states import ExecutionStatus
from workflows.models import (
    AgentJob,
    ExecutionEvent,
    Provider,
    ReviewTask,
    WorkflowExecution,
    WorkflowTemplate,
)
from workspaces.access import RANK
from workspaces.models import Role, User, Workspace


def visible_templates(workspace: Workspace, user: User) -> QuerySet[WorkflowTemplate]:
    """The workspace's own workflows and the global ones, without archived ones.

    Global ones that curators have not published are for staff alone.
    """
    shared = Q(workspace=None)
    if not user.is_staff:
        shared &= ~Q(gallery_entry__published=False)
    rows = WorkflowTemplate.objects.filter(shared | Q(workspace=workspace), archived_at=None)
    return rows.select_related("current_version", "cloned_from")


def executions_of(workspace: Workspace) -> QuerySet[WorkflowExecution]:
    """The workspace's runs, with what is shown of their workflow and launcher."""
    rows = with_place(WorkflowExecution.objects.filter(workspace=workspace))
    return rows.select_related("version__template", "launched_by").defer("version__template__draft")


def with_place(rows: QuerySet[WorkflowExecution]) -> QuerySet[WorkflowExecution]:
    """The runs, each with its ``place`` in the line for a free slot: 1 is next, None waits not.

    The same as ``slots.place_in_line`` says of one, for a list in its own query.
    """
    line = WorkflowExecution.objects.filter(
        workspace=OuterRef("workspace"), status=ExecutionStatus.PENDING, pk__lte=OuterRef("pk")
    )
    count = line.order_by().values("workspace").annotate(count=Count("pk")).values("count")
    pending = When(status=ExecutionStatus.PENDING, then=Subquery(count))
    return rows.annotate(place=Case(pending, output_field=IntegerField()))


def marks_of(rows: QuerySet[Any]) -> list[tuple[int, int, int | None]]:
    """Id, revision and place of runs from ``with_place``: what changes when anything is seen to."""
    return list(rows.values_list("pk", "revision", "place"))


def events_of(execution: WorkflowExecution) -> QuerySet[ExecutionEvent]:
    """What happened in a run, oldest first."""
    rows = ExecutionEvent.objects.filter(execution=execution).order_by("id")
    return rows.select_related("node_run", "actor").defer(*_LARGE)


def agent_jobs_of(execution: WorkflowExecution) -> QuerySet[AgentJob]:
    """The agents of a run, oldest first."""
    rows = AgentJob.objects.filter(node_run__execution=execution).order_by("id")
    return rows.select_related("node_run").defer(*_LARGE)


def reviews_of(workspace: Workspace) -> QuerySet[ReviewTask]:
    """The workspace's reviews with what is shown around them."""
    rows = ReviewTask.objects.filter(node_run__execution__workspace=workspace)
    return (
        rows.select_related("node_run__execution__version__template", "decision__user")
        .defer(*_LARGE, "node_run__execution__version__template__draft")
        .prefetch_related("assignees")
    )


def mine(reviews: QuerySet[ReviewTask], user: User, role: str) -> QuerySet[ReviewTask]:
    """Those that name the person, or nobody and a role that the person has."""
    roles = ["", *(one.value for one in Role if RANK[one] <= RANK[Role(role)])]
    named = ReviewTask.assignees.through.objects.filter(reviewtask=OuterRef("pk"))
    return reviews.filter(Exists(named.filter(user=user)) | (~Exists(named) & Q(role__in=roles)))


def usable_providers(workspace: Workspace) -> QuerySet[Provider]:
    """Enabled providers; the workspace's own stands before the instance's of the same slug.

    ``serves_copy`` and ``serves_images`` say which one a step that names none is given.
    """
    own = Provider.objects.filter(workspace=workspace, enabled=True)
    shared = Q(workspace=None) & ~Q(slug__in=own.values("slug"))
    rows = Provider.objects.filter(shared | Q(workspace=workspace), enabled=True)
    first = {
        "serves_copy": Q(default_for_copy=True)
        & (Q(workspace=workspace) | ~Exists(own.filter(default_for_copy=True))),
        "serves_images": Q(default_for_images=True)
        & (Q(workspace=workspace) | ~Exists(own.filter(default_for_images=True))),
    }
    return rows.annotate(**first).prefetch_related("prices")


_LARGE = ("node_run__input", "node_run__output", "node_run__history", "node_run__item")
