"""The history of a workflow."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from workflows import templates as verbs
from workflows.api import template_shapes as shapes
from workflows.api.templates import TemplateView
from workflows.models import WorkflowTemplate, WorkflowVersion
from workspaces.access import Action
from workspaces.api.base import WorkspaceRequest
from workspaces.api.etags import IF_MATCH


class VersionsView(TemplateView):
    """All saved versions."""

    actions = {"GET": Action.VIEW}

    @extend_schema(operation_id="list_versions", responses=shapes.VersionRow(many=True))
    def get(self, request: WorkspaceRequest, template_id: int) -> Response:
        """List the saved versions of a workflow, newest first."""
        rows = self.find(template_id).versions.filter(number__isnull=False)
        rows = rows.select_related("author", "template").defer("template__draft")
        return self.page(rows, shapes.VersionRow)


class VersionView(TemplateView):
    """A view of one version of one workflow."""

    def version(self, template: WorkflowTemplate, number: int) -> WorkflowVersion:
        """The version. Raises 404."""
        rows = template.versions.select_related("author", "template")
        return get_object_or_404(rows, number=number)


class VersionDetailView(VersionView):
    """One of them."""

    actions = {"GET": Action.VIEW}

    @extend_schema(operation_id="get_version", responses=shapes.Version)
    def get(self, request: WorkspaceRequest, template_id: int, number: int) -> Response:
        """Read one version with its graph."""
        return Response(shapes.present_version(self.version(self.find(template_id), number)))


class RestoreView(VersionView):
    """The way back to it."""

    actions = {"POST": Action.EDIT}

    @extend_schema(
        operation_id="restore_version",
        request=None,
        responses=shapes.Template,
        parameters=[IF_MATCH],
    )
    def post(self, request: WorkspaceRequest, template_id: int, number: int) -> Response:
        """Make an earlier version's graph the next version; the draft ends."""
        template = self.find_editable(template_id)
        restored = verbs.restore_version(
            template, self.version(template, number), author=request.user, guard=self.guard
        )
        return self.answer(restored)
