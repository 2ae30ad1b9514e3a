"""Before and at the start of a run: what it will take, and launching it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from documents.api.finding import find_project
from workflows.api import execution_shapes as shapes
from workflows.api.executions import tag_of
from workflows.api.problems import refusals, unprocessable
from workflows.executions.estimate import estimate
from workflows.executions.launch import LaunchRefused, launch, launch_draft
from workflows.graph.model import Graph
from workflows.models import WorkflowTemplate
from workflows.selectors import executions_of, visible_templates
from workflows.templates import check_editable, draft_graph, no_version
from workflows.versions import graph_of
from workspaces.access import Action
from workspaces.api.base import WorkspaceRequest, WorkspaceView
from workspaces.api.idempotency import idempotent


class LaunchingView(WorkspaceView):
    """A view that takes a workflow, and perhaps its draft, from its body."""

    def template(self, body: dict[str, Any]) -> WorkflowTemplate:
        """The workflow. Raises 404, or 403 for the draft of a global one and no staff."""
        rows = visible_templates(self.workspace, self.request.user)
        template = rows.filter(pk=body["template_id"]).first()
        if template is None:
            raise NotFound(f"There is no workflow {body['template_id']} in this workspace.")
        if body.get("draft"):
            with refusals():
                check_editable(template, self.request.user)
        return template


class EstimateView(LaunchingView):
    """What a run will take."""

    actions = {"POST": Action.VIEW}

    @extend_schema(
        operation_id="estimate_execution",
        request=shapes.EstimateBody,
        responses={200: shapes.Estimate},
    )
    def post(self, request: WorkspaceRequest) -> Response:
        """Tell what a run would take; nothing is launched and no service is asked.

        Every branch is counted that the answers do not rule out, and no second round. What
        cannot be known yet is null. Missing answers are no error here; wrong ones are.
        """
        body = self.body(shapes.EstimateBody)
        graph = _graph(self.template(body), draft=body.get("draft", False))
        found = estimate(graph=graph, inputs=body.get("inputs", {}), workspace=self.workspace)
        wrong = [issue for issue in found.issues if issue.code != "missing_input"]
        if wrong:
            raise unprocessable(wrong)
        return Response(shapes.Estimate(found).data)


class LaunchView(LaunchingView):
    """The start of a run."""

    actions = {"POST": Action.RUN}

    @extend_schema(
        operation_id="launch_execution",
        request=shapes.LaunchBody,
        responses={202: shapes.Execution},
    )
    @idempotent(atomic=True)
    def post(self, request: WorkspaceRequest) -> Response:
        """Launch a workflow with the brief's answers.

        Answered as soon as the run is written down; `Location` is where to follow it. Wrong or
        missing answers are 422 with `attr` `inputs.<key>`, errors in the workflow 422 with
        `issues`. With `Idempotency-Key` a call that is sent again launches nothing more.
        """
        body = self.body(shapes.LaunchBody)
        start = launch_draft if body.get("draft") else launch
        with refusals():
            made = start(
                template=self.template(body),
                inputs=body.get("inputs", {}),
                workspace=self.workspace,
                user=request.user,
                project=find_project(self.workspace, body.get("project_id")),
                title=body.get("title", "").strip(),
            )
        execution = executions_of(self.workspace).get(pk=made.pk)
        headers = {"Location": f"/api/executions/{made.pk}", "ETag": tag_of(execution)}
        return Response(shapes.present(execution), 202, headers=headers)


def _graph(template: WorkflowTemplate, *, draft: bool) -> Graph:
    if draft:
        graph = draft_graph(template)
    else:
        version = template.current_version_id
        graph = graph_of(version) if version else None
    if graph is None:
        with refusals():
            raise LaunchRefused([no_version()])
    return graph
