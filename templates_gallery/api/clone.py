"""Copies of workflows."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from templates_gallery.clone import clone
from workflows.api.template_shapes import Template
from workflows.api.templates import TemplateView
from workspaces.access import Action
from workspaces.api.base import WorkspaceRequest
from workspaces.api.errors import Conflict
from workspaces.api.idempotency import idempotent
from workspaces.api.serializers import StrictSerializer


class CloneBody(StrictSerializer):
    """What the copy is called."""

    name = serializers.CharField(
        max_length=200, required=False, help_text="The original's name when not given."
    )


class CloneView(TemplateView):
    """A copy of a workflow that the caller can see."""

    actions = {"POST": Action.EDIT}

    @extend_schema(operation_id="clone_template", request=CloneBody, responses={201: Template})
    @idempotent(atomic=True)
    def post(self, request: WorkspaceRequest, template_id: int) -> Response:
        """Copy a workflow's current version into the workspace, where it can be changed."""
        body, template = self.body(CloneBody), self.find(template_id)
        if template.current_version is None:
            raise Conflict("The workflow has not been saved yet.")
        copy = clone(template, workspace=self.workspace, author=request.user, name=body.get("name"))
        return self.answer(copy, 201)
