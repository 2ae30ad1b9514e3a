"""What every API view is: a workspace, the rights of its methods, and plain answers."""

from __future__ import annotations

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.views import APIView

from workspaces.access import Access, Action
from workspaces.models import User, Workspace


class WorkspaceRequest(Request):
    """A call that ``WorkspacePermission`` let through."""

    user: User
    access: Access


class WorkspaceView(APIView):
    """A view inside one workspace; ``actions`` names the right of every method it answers."""

    actions: ClassVar[dict[str, Action | None]] = {}
    request: WorkspaceRequest

    @property
    def workspace(self) -> Workspace:
        """The caller's workspace."""
        return self.request.access.workspace
