"""Runs: list, follow, look into."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django_filters import MultipleChoiceFilter
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.response import Response

from workflows.api import execution_shapes as shapes
from workflows.api.execution_body import body_of, stand_of, tag
from workflows.engine.states import ExecutionStatus
from workflows.models import WorkflowExecution
from workflows.selectors import agent_jobs_of, events_of, executions_of
from workspaces.access import Action
from workspaces.api.base import WorkspaceRequest, WorkspaceView
from workspaces.api.etags import IF_NONE_MATCH, not_modified
from workspaces.api.filters import IdFilter
from workspaces.api.pagination import CursorPage


class ExecutionFilter(FilterSet):  # type: ignore[misc]  # django-filter has no types
    """What the list of runs can be narrowed by."""

    status = MultipleChoiceFilter(
        choices=[(one.value, one.value) for one in ExecutionStatus],
        help_text="Repeat it for several.",
    )
    template = IdFilter("version__template", help_text="A workflow's id.")
    project = IdFilter("project", help_text="A project's id.")


class OldestFirst(CursorPage):
    """Pages that grow at their end."""

    ordering = "id"


class ExecutionView(WorkspaceView):
    """A view of one run of the workspace."""

    def find(self, execution_id: int) -> WorkflowExecution:
        """The run. Raises 404."""
        return get_object_or_404(executions_of(self.workspace), pk=execution_id)


def tag_of(execution: WorkflowExecution) -> str:
    """The ETag of a run."""
    return tag(execution.pk, execution.revision, getattr(execution, "place", None))


class ExecutionsView(WorkspaceView):
    """All of them."""

    actions = {"GET": Action.VIEW}
    filterset_class = ExecutionFilter
    queryset = WorkflowExecution.objects.none()

    @extend_schema(operation_id="list_executions", responses=shapes.ExecutionRow(many=True))
    def get(self, request: WorkspaceRequest) -> Response:
        """List the runs of the workspace, newest first, without their steps."""
        return self.page(executions_of(self.workspace), shapes.ExecutionRow)


class ExecutionDetailView(ExecutionView):
    """One of them."""

    actions = {"GET": Action.VIEW}

    @extend_schema(
        operation_id="get_execution",
        parameters=[IF_NONE_MATCH],
        responses={200: shapes.Execution, 304: OpenApiResponse(description="As you have it.")},
    )
    def get(self, request: WorkspaceRequest, execution_id: int) -> HttpResponse:
        """Follow a run: poll with `If-None-Match` and get 304 until something has changed."""
        stand = stand_of(self.workspace, execution_id)
        known = not_modified(request, stand.tag)
        return known or HttpResponse(
            body_of(self.workspace, stand),
            content_type="application/json",
            headers={"ETag": stand.tag},
        )


class EventsView(ExecutionView):
    """What happened."""

    actions = {"GET": Action.VIEW}
    pagination_class = OldestFirst

    @extend_schema(operation_id="list_events", responses=shapes.EventRow(many=True))
    def get(self, request: WorkspaceRequest, execution_id: int) -> Response:
        """List what happened in a run, oldest first."""
        return self.page(events_of(self.find(execution_id)), shapes.EventRow)


class AgentJobsView(ExecutionView):
    """Who was asked."""

    actions = {"GET": Action.VIEW}
    pagination_class = OldestFirst

    @extend_schema(operation_id="list_agent_jobs", responses=shapes.AgentJobRow(many=True))
    def get(self, request: WorkspaceRequest, execution_id: int) -> Response:
        """List the agents of a run, oldest first: model, tokens, cost, result or error."""
        return self.page(agent_jobs_of(self.find(execution_id)), shapes.AgentJobRow)
