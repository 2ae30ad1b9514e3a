"""``/api/workspaces/{slug}/tokens``: keys of programs."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from workspaces.access import Action
from workspaces.api.base import WorkspaceRequest, WorkspaceView
from workspaces.api.errors import refused
from workspaces.api.pagination import CursorPage
from workspaces.api.shapes import NewTokenShape, TokenInput, TokenShape
from workspaces.models import ApiToken, Scope
from workspaces.tokens import ScopesTooWide, issue_token


class NewestTokens(CursorPage):
    """Tokens have no number, so they are ordered by when they were made."""

    ordering = ("-created", "-digest")


class TokenList(WorkspaceView):
    """The tokens of the workspace that the caller may see."""

    actions = {"GET": Action.VIEW, "POST": Action.VIEW}
    pagination_class = NewestTokens

    @extend_schema(operation_id="list_tokens", responses=TokenShape(many=True))
    def get(self, request: WorkspaceRequest, workspace_slug: str) -> Response:
        """List your tokens; admins see everybody's."""
        return self.page(_visible(request), TokenShape)

    @extend_schema(operation_id="create_token", request=TokenInput, responses={201: NewTokenShape})
    def post(self, request: WorkspaceRequest, workspace_slug: str) -> Response:
        """Make a token of your own. Its key is in this answer and nowhere else.

        It may do at most what you may. With a token instead of a session this needs the scope
        `admin`.
        """
        _check_caller(request)
        values = self.body(TokenInput)
        try:
            token, key = issue_token(
                user=request.user,
                access=request.access,
                name=values["name"],
                scopes=values.get("scopes", []),
                days=values["days"],
            )
        except ScopesTooWide as error:
            raise refused("scopes", str(error), "scopes_too_wide") from error
        return Response(
            {**TokenShape(token).data, "key": key},
            status=status.HTTP_201_CREATED,
            headers={"Cache-Control": "no-store"},
        )


class TokenDetail(WorkspaceView):
    """One token."""

    actions = {"DELETE": Action.VIEW}

    @extend_schema(operation_id="delete_token", responses={204: None})
    def delete(self, request: WorkspaceRequest, workspace_slug: str, token_id: str) -> Response:
        """Revoke a token of yours; admins revoke anybody's."""
        _check_caller(request)
        token = _visible(request).filter(digest__startswith=token_id).first()
        if token is None:
            raise Http404
        token.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


def _visible(request: WorkspaceRequest) -> QuerySet[ApiToken]:
    rows = ApiToken.objects.filter(workspace=request.access.workspace).select_related("user")
    return rows if request.access.can(Action.ADMIN) else rows.filter(user=request.user)


def _check_caller(request: WorkspaceRequest) -> None:
    """A token that may only read must not make another one."""
    if isinstance(request.auth, ApiToken) and Scope.ADMIN not in request.auth.scopes:
        raise PermissionDenied("Sign in, or use a token with the scope admin, to manage tokens.")
