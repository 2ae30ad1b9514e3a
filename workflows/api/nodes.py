"""Node types, checks of steps and graphs, and trying one step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.response import Response

from workflows.api import node_shapes as shapes
from workflows.api.graph_shapes import GraphBody, Verdict
from workflows.api.problems import of_node, unprocessable
from workflows.executions.check import check_step
from workflows.executions.launch import check_graph
from workflows.executions.try_node import MAX_CALLS, SECONDS, TryRefused, try_node
from workflows.graph.model import Issue
from workflows.graph.parse import GraphParseError
from workflows.node_types import catalogue_hash, describe_types
from workflows.nodes.base import NodeError
from workflows.templates import read_graph, read_step
from workspaces.access import Action
from workspaces.api.base import WorkspaceRequest, WorkspaceView
from workspaces.api.etags import IF_NONE_MATCH, etag, not_modified
from workspaces.api.idempotency import idempotent


class NodeTypesView(WorkspaceView):
    """The catalogue."""

    actions = {"GET": Action.VIEW}
    pagination_class = None  # type: ignore[assignment]  # a plain list

    @extend_schema(
        operation_id="list_node_types",
        parameters=[IF_NONE_MATCH],
        responses={
            200: shapes.NodeTypeRow(many=True),
            304: OpenApiResponse(description="As you have it."),
        },
        filters=False,
    )
    def get(self, request: WorkspaceRequest) -> Response:
        """All node types with the JSON Schema of their config, as one list without pages."""
        tag = etag("types", catalogue_hash())
        known = not_modified(request, tag)
        return known or Response(describe_types(), headers={"ETag": tag})


class ValidateNodeView(WorkspaceView):
    """One step alone."""

    actions = {"POST": Action.VIEW}

    @extend_schema(operation_id="validate_node", request=shapes.StepBody, responses={200: Verdict})
    def post(self, request: WorkspaceRequest) -> Response:
        """Check one step's type, config, templates and provider.

        Whether its variables exist shows only with the workflow around it.
        """
        body = self.body(shapes.StepBody)
        try:
            step = read_step(body["type"], body["config"])
        except GraphParseError as error:
            return _verdict(error.errors)
        return _verdict(check_step(step.type, step.config, self.workspace.pk))


class ValidateGraphView(WorkspaceView):
    """A whole graph."""

    actions = {"POST": Action.VIEW}

    @extend_schema(operation_id="validate_connections", request=GraphBody, responses={200: Verdict})
    def post(self, request: WorkspaceRequest) -> Response:
        """Check a graph: steps, connections, variables, providers; every issue at once."""
        body = self.body(GraphBody)
        try:
            graph = read_graph(body, self.workspace)
        except GraphParseError as error:
            return _verdict(error.errors)
        return _verdict(check_graph(graph, self.workspace))


class TryView(WorkspaceView):
    """One step for real."""

    actions = {"POST": Action.RUN}

    @extend_schema(
        operation_id="try_node",
        request=shapes.TryBody,
        responses={
            200: shapes.TryAnswer,
            502: OpenApiResponse(description="The model service gave no usable answer."),
            504: OpenApiResponse(description="The model service did not answer in time."),
        },
        description=(
            f"Runs with its real provider on the values of `context`, with at most {MAX_CALLS}"
            f" agents and for at most {SECONDS:.0f} seconds. There is no run of it afterwards:"
            " what it cost is in the answer; pictures become images of the workspace."
        ),
    )
    @idempotent(atomic=False)
    def post(self, request: WorkspaceRequest) -> Response:
        """Try one step without launching anything."""
        body = self.body(shapes.TryBody)
        try:
            step = read_step(body["type"], body["config"])
            tried = try_node(
                type=step.type,
                config=step.config,
                context=body.get("context", {}),
                workspace=self.workspace,
                user=request.user,
            )
        except GraphParseError as error:
            raise unprocessable(error.errors) from error
        except TryRefused as error:
            raise _step_refused(error.issues) from error
        except NodeError as error:
            raise of_node(error) from error
        return Response(shapes.TryAnswer(tried).data)


def _verdict(issues: Sequence[Issue]) -> Response:
    found: dict[str, Any] = {
        "valid": not any(issue.severity == "error" for issue in issues),
        "issues": [issue.as_json() for issue in issues],
    }
    return Response(found)


def _step_refused(issues: Sequence[Issue]) -> Exception:
    """``type`` is a field of the body, all others are the config's."""
    about_type = all(issue.field == "type" for issue in issues)
    return unprocessable(issues, prefix="" if about_type else "config")
