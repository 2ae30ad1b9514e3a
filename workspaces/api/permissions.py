"""Deny by default: every API view names the right that each of its methods needs."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from workspaces.access import Access, Action, find_access, role_of
from workspaces.models import ApiToken, Workspace
from workspaces.tokens import access_of_token

HEADER = "X-Workspace"
SLUG = "workspace_slug"
"""The part of an address that names the workspace."""


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
            # A method that is not offered is answered with 405 by the view itself.
            return method.lower() not in view.http_method_names or not hasattr(view, method.lower())
        needed = actions[method]
        if needed is None:
            return True
        access = find(request, view.kwargs.get(SLUG))
        request.access = access  # type: ignore[attr-defined]  # as WorkspaceRequest has it
        return access.can(needed)


def find(request: Request, slug: str | None = None) -> Access:
    """The caller's access: of the token's workspace, else of the slug's, else of the header's.

    Raises ``NotFound`` for a stranger, and for a token of another workspace than the slug's;
    ``ValidationError`` when nothing names the workspace.
    """
    found: Access | None
    if isinstance(request.auth, ApiToken):
        found = access_of_token(request.auth)
        if found is not None and slug not in {None, found.workspace.slug}:
            found = None
    else:
        slug = slug or request.headers.get(HEADER, "")
        if not slug:
            raise ValidationError({HEADER: "Name the workspace in this header, by its slug."})
        found = find_access(request.user, slug) if "\x00" not in slug else None  # type: ignore[arg-type]
    if found is None:
        raise NotFound("There is no such workspace.")
    return found


def access_to(request: Request, workspace: Workspace, action: Action) -> Access | None:
    """The caller's access to the workspace of a row, whatever header was sent; None for strangers.

    For addresses that a browser opens by itself, such as a picture's. Raises
    ``PermissionDenied`` for a member without the right.
    """
    found: Access | None
    if isinstance(request.auth, ApiToken):
        found = access_of_token(request.auth)
        if found is not None and found.workspace != workspace:
            found = None
    else:
        role = role_of(request.user, workspace.pk)  # type: ignore[arg-type]
        found = Access(workspace, role) if role else None
    if found is not None and not found.can(action):
        raise PermissionDenied(WorkspacePermission.message)
    return found
