"""Deny by default: every API view names the right that each of its methods needs."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from workspaces.access import Access, Action, find_access
from workspaces.api.authentication import access_of_token
from workspaces.models import ApiToken

HEADER = "X-Workspace"


class WorkspacePermission(BasePermission):
    """Lets members with the right through; sets ``request.access``.

    A view has ``actions = {"GET": Action.VIEW, …}``; a method it does not name is refused.
    ``None`` as the right means: any signed-in person, without a workspace.
    """

    message = "Your role, or the token's scopes, do not allow this."

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the call may go on. Raises ``NotFound`` for a stranger."""
        if not request.user or not request.user.is_authenticated:
            return False
        actions: dict[str, Action | None] = getattr(view, "actions", {})
        method = "GET" if request.method == "HEAD" else str(request.method)
        if method not in actions:
            # An unknown method is answered with 405 by the view itself.
            return not hasattr(view, method.lower()) or method == "OPTIONS"
        needed = actions[method]
        if needed is None:
            return True
        access = find(request)
        request.access = access  # type: ignore[attr-defined]
        return access.can(needed)


def find(request: Request) -> Access:
    """The caller's access: of the token's workspace, or of the one the header names.

    Raises ``NotFound`` for a stranger, ``ValidationError`` without the header.
    """
    if isinstance(request.auth, ApiToken):
        found = access_of_token(request.auth)
    else:
        slug = request.headers.get(HEADER, "")
        if not slug:
            raise ValidationError({HEADER: "Name the workspace in this header, by its slug."})
        found = find_access(request.user, slug)  # type: ignore[arg-type]
    if found is None:
        raise NotFound("There is no such workspace.")
    return found
