"""Workflows as files: out of one place, into another."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from workflows import interchange
from workflows.api import template_shapes as shapes
from workflows.api.graph_shapes import CanvasNote, Edge, Node
from workflows.api.problems import refusals
from workflows.api.templates import TemplateView
from workspaces.access import Action
from workspaces.api.base import WorkspaceRequest
from workspaces.api.errors import Conflict
from workspaces.api.idempotency import idempotent
from workspaces.api.serializers import StrictSerializer

_DRAFT = OpenApiParameter(
    "draft",
    OpenApiTypes.BOOL,
    description="Given with any value, who may change the workflow gets what is drawn, where that "
    "differs from the current version.",
)


class ExportFile(StrictSerializer):
    """One workflow in the export format; docs/build-a-workflow.md tells it in full."""

    format = serializers.ChoiceField([interchange.FORMAT])
    format_version = serializers.ChoiceField([interchange.FORMAT_VERSION])
    name = serializers.CharField(max_length=200)
    slug = serializers.RegexField(r"^[-a-zA-Z0-9_]{1,80}$")
    description = serializers.CharField(max_length=100_000, required=False, allow_blank=True)
    category = serializers.CharField(max_length=40, required=False, allow_blank=True)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=30, required=False
    )
    nodes = Node(many=True)
    edges = Edge(many=True)
    canvas_notes = CanvasNote(many=True, required=False)
    gallery = serializers.DictField(
        required=False, allow_null=True, help_text="How the gallery shows it; global ones only."
    )


class ExportView(TemplateView):
    """Out."""

    actions = {"GET": Action.VIEW}

    @extend_schema(operation_id="export_template", parameters=[_DRAFT], responses=ExportFile)
    def get(self, request: WorkspaceRequest, template_id: int) -> Response:
        """Take a workflow out as a file, without ids, people or keys."""
        template = self.find(template_id)
        draft = "draft" in request.query_params and shapes.editable(template, request.user)
        if template.current_version is None and not (draft and template.draft):
            raise Conflict("The workflow has not been saved yet.")
        data: dict[str, Any] = interchange.to_export(template, draft=draft)
        name = f'attachment; filename="{template.slug}.json"'
        return Response(data, headers={"Content-Disposition": name})


class ImportView(TemplateView):
    """In."""

    actions = {"POST": Action.EDIT}

    @extend_schema(
        operation_id="import_template", request=ExportFile, responses={201: shapes.Template}
    )
    @idempotent(atomic=True)
    def post(self, request: WorkspaceRequest) -> Response:
        """Make a workflow of an exported file.

        A taken slug gets a number. The file is data alone: what is unknown in it, or belongs
        to another place, is refused and named.
        """
        with refusals():
            made = interchange.import_template(
                request.data, workspace=self.workspace, author=request.user
            )
        return self.answer(made, 201)
