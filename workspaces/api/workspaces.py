"""``/api/workspaces``: where the caller belongs."""

from __future__ import annotations

from django.db.models import F
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from workspaces.api.base import WorkspaceRequest, WorkspaceView
from workspaces.api.permissions import WorkspacePermission
from workspaces.api.shapes import WorkspaceShape
from workspaces.models import ApiToken, Scope, Workspace


class WorkspaceList(WorkspaceView):
    """The workspaces of a person; of a token, the one that it is for."""

    actions = {"GET": None}

    @extend_schema(operation_id="list_workspaces", responses=WorkspaceShape(many=True))
    def get(self, request: WorkspaceRequest) -> Response:
        """List the caller's workspaces, with the caller's role in each."""
        rows = Workspace.objects.filter(memberships__user=request.user)
        if isinstance(request.auth, ApiToken):
            if Scope.READ not in request.auth.scopes:
                raise PermissionDenied(WorkspacePermission.message)
            rows = rows.filter(pk=request.auth.workspace_id)
        return self.page(rows.annotate(role=F("memberships__role")), WorkspaceShape)
