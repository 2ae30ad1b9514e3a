"""Workflows: list, make, read, change, archive, draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django_filters import CharFilter, ChoiceFilter
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.response import Response

from workflows import templates as verbs
from workflows.api import template_shapes as shapes
from workflows.api.problems import refusals
from workflows.archiving import archive
from workflows.graph.model import Graph
from workflows.models import WorkflowTemplate
from workflows.selectors import visible_templates
from workspaces.access import Action
from workspaces.api.base import WorkspaceRequest, WorkspaceView
from workspaces.api.errors import refused
from workspaces.api.etags import IF_MATCH, check_if_match
from workspaces.api.filters import SearchFilter
from workspaces.api.idempotency import idempotent

SCOPES = [
    ("all", "The workspace's own and those of the gallery"),
    ("gallery", "Global ones, as the gallery shows them"),
    ("global", "The same as gallery"),
    ("workspace", "The workspace's own"),
]


class TemplateFilter(FilterSet):  # type: ignore[misc]  # django-filter has no types
    """What the list of workflows can be narrowed by."""

    category = CharFilter(max_length=40, help_text="A category's slug.")
    search = SearchFilter(["name", "description", "tags"], help_text="In name, text and tags.")
    tag = CharFilter(method="tagged", max_length=40, help_text="Exactly this tag.")
    scope = ChoiceFilter(choices=SCOPES, method="scoped", help_text="`all` when not given.")

    def tagged(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Workflows with exactly this tag."""
        return rows.filter(tags__contains=[value])

    def scoped(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Workflows of one scope."""
        if value == "all":
            return rows
        return rows.filter(workspace__isnull=value != "workspace")


class TemplateView(WorkspaceView):
    """A view of one workflow that the caller can see."""

    def find(self, template_id: int) -> WorkflowTemplate:
        """The workflow. Raises 404 for one that is not there for the caller."""
        rows = visible_templates(self.workspace, self.request.user)
        return get_object_or_404(rows, pk=template_id)

    def find_editable(self, template_id: int) -> WorkflowTemplate:
        """The workflow, to change it. Raises 404, or 403 for a global one and no staff."""
        template = self.find(template_id)
        with refusals():
            verbs.check_editable(template, self.request.user)
        return template

    def guard(self, locked: WorkflowTemplate) -> None:
        """Refuse a change of what the client has not seen. Raises ``PreconditionFailed``."""
        check_if_match(self.request, verbs.tag_of(locked))

    def answer(self, template: WorkflowTemplate, status: int = 200) -> Response:
        """The workflow with its ETag."""
        body = shapes.present(template, self.workspace, self.request.user)
        headers = {"ETag": verbs.tag_of(template)}
        if status == 201:
            headers["Location"] = f"/api/workflows/templates/{template.pk}"
        return Response(body, status, headers=headers)


def graph_in(body: Mapping[str, Any], view: WorkspaceView) -> Graph | None:
    """The graph of a body, None without one. Raises 422 for half a graph or a bad one."""
    given = {name: body[name] for name in ("nodes", "edges") if name in body}
    if len(given) == 1:
        missing = "edges" if "nodes" in given else "nodes"
        raise refused(missing, "Send nodes and edges together.", "required")
    with refusals():
        return verbs.graph_to_save(given, view.workspace) if given else None


class TemplatesView(TemplateView):
    """All of them."""

    actions = {"GET": Action.VIEW, "POST": Action.EDIT}
    filterset_class = TemplateFilter
    queryset = WorkflowTemplate.objects.none()

    @extend_schema(operation_id="list_templates", responses=shapes.TemplateRow(many=True))
    def get(self, request: WorkspaceRequest) -> Response:
        """List workflows, newest first.

        Those of the workspace and the published ones of the gallery.
        """
        rows = visible_templates(self.workspace, request.user).defer("draft")
        return self.page(rows, shapes.TemplateRow)

    @extend_schema(
        operation_id="create_template",
        request=shapes.TemplateBody,
        responses={201: shapes.Template},
    )
    @idempotent(atomic=True)
    def post(self, request: WorkspaceRequest) -> Response:
        """Make a workflow.

        A graph with issues is saved too: `issues` names them, `launchable` says whether it
        could be launched as it is.
        """
        body = self.body(shapes.TemplateBody)
        graph = graph_in(body, self) or Graph()
        made = verbs.create_template(
            workspace=self.workspace,
            graph=graph,
            author=request.user,
            **{name: body[name] for name in (*verbs.FIELDS, "canvas_notes") if name in body},
        )
        return self.answer(made, 201)


class TemplateDetailView(TemplateView):
    """One of them."""

    actions = {"GET": Action.VIEW, "PUT": Action.EDIT, "DELETE": Action.EDIT}

    @extend_schema(operation_id="get_template", responses=shapes.Template)
    def get(self, request: WorkspaceRequest, template_id: int) -> Response:
        """Read a workflow with its graph; the ETag is that of workflow and draft."""
        return self.answer(self.find(template_id))

    @extend_schema(
        operation_id="update_template",
        request=shapes.TemplateChange,
        responses=shapes.Template,
        parameters=[IF_MATCH],
    )
    def put(self, request: WorkspaceRequest, template_id: int) -> Response:
        """Change a workflow; another graph becomes its next version and ends the draft.

        What is left out stays as it is. The same graph again makes no version.
        """
        template, body = self.find_editable(template_id), self.body(shapes.TemplateChange)
        changed = verbs.update_template(
            template,
            fields=body,
            graph=graph_in(body, self),
            author=request.user,
            note=body.get("note", ""),
            canvas_notes=body.get("canvas_notes"),
            guard=self.guard,
        )
        return self.answer(changed)

    @extend_schema(
        operation_id="archive_template",
        responses={204: OpenApiResponse(description="Archived.")},
        parameters=[IF_MATCH],
    )
    def delete(self, request: WorkspaceRequest, template_id: int) -> Response:
        """Archive a workflow and stop its runs that are under way; runs and versions stay."""
        archive(self.find_editable(template_id), user=request.user, guard=self.guard)
        return Response(status=204)


class DraftView(TemplateView):
    """The autosaved graph."""

    actions = {"PATCH": Action.EDIT}

    @extend_schema(
        operation_id="save_draft",
        request=shapes.DraftBody,
        responses=shapes.DraftSaved,
        parameters=[IF_MATCH],
    )
    def patch(self, request: WorkspaceRequest, template_id: int) -> Response:
        """Keep a graph beside the current version.

        Runs are launched from the current version; `draft: true` launches the draft. With
        `If-Match` a draft that somebody else has changed meanwhile is left alone (412).
        """
        template, body = self.find_editable(template_id), self.body(shapes.DraftBody)
        graph = graph_in(body, self)
        assert graph is not None
        saved = verbs.save_draft(
            template, graph, canvas_notes=body.get("canvas_notes"), guard=self.guard
        )
        tag = {"ETag": verbs.tag_of(saved)}
        return Response(shapes.present_draft(saved, self.workspace), headers=tag)
