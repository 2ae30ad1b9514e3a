"""``Authorization: Token <key>``: who calls, in which workspace, within which scopes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from knox.auth import TokenAuthentication as KnoxTokenAuthentication

from workspaces.access import Access, Action
from workspaces.models import ApiToken, Membership, Scope

SCOPE_ACTIONS: dict[str, frozenset[Action]] = {
    Scope.READ: frozenset({Action.VIEW}),
    Scope.RUN: frozenset({Action.RUN}),
    Scope.EDIT: frozenset({Action.EDIT}),
    Scope.REVIEW: frozenset({Action.REVIEW}),
    Scope.ADMIN: frozenset({Action.ADMIN, Action.OWN}),
}
_USED_EVERY = timedelta(minutes=1)
"""How exact ``last_used_at`` is, so that a busy program does not write at each call."""


class TokenAuthentication(KnoxTokenAuthentication):  # type: ignore[misc]  # knox has no types
    """Knows a token by its digest and notes its use."""

    def validate_user(self, auth_token: ApiToken) -> Any:
        """The person and the token. Raises ``AuthenticationFailed`` for an inactive person."""
        now = timezone.now()
        if auth_token.last_used_at is None or now - auth_token.last_used_at > _USED_EVERY:
            ApiToken.objects.filter(pk=auth_token.pk).update(last_used_at=now)
        return super().validate_user(auth_token)


def access_of_token(token: ApiToken) -> Access | None:
    """What the token may do where; None when its person has left the workspace."""
    rows = Membership.objects.filter(user_id=token.user_id, workspace_id=token.workspace_id)
    membership = rows.select_related("workspace").first()
    if membership is None:
        return None
    scopes = frozenset(action for scope in token.scopes for action in SCOPE_ACTIONS[scope])
    return Access(membership.workspace, membership.role, scopes)
