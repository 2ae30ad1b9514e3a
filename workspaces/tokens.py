"""Make keys for programs, and say what each may do."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.utils import timezone
from knox.models import get_digest_token
from knox.settings import CONSTANTS

from workspaces.access import Access, Action
from workspaces.models import ApiToken, Membership, Scope, User

SCOPE_ACTIONS: dict[str, frozenset[Action]] = {
    Scope.READ: frozenset({Action.VIEW}),
    Scope.RUN: frozenset({Action.RUN}),
    Scope.EDIT: frozenset({Action.EDIT}),
    Scope.REVIEW: frozenset({Action.REVIEW}),
    Scope.ADMIN: frozenset({Action.ADMIN, Action.OWN}),
}
MAX_DAYS = 365


class ScopesTooWide(Exception):
    """The token would be allowed more than the one who makes it."""

    def __init__(self, beyond: Collection[str], allowed: Collection[str]) -> None:
        super().__init__(
            f"You may not give {', '.join(beyond)}; what you may give is {', '.join(allowed)}."
        )


def allowed_scopes(access: Access) -> list[str]:
    """The scopes that a token made with this access may have."""
    return [
        scope.value for scope in Scope if any(access.can(action) for action in SCOPE_ACTIONS[scope])
    ]


def issue_token(
    *, user: User, access: Access, name: str, scopes: Collection[str], days: int = MAX_DAYS
) -> tuple[ApiToken, str]:
    """Make a token for the person; returns it and its key, which is kept nowhere.

    Without ``scopes`` it may do all that ``access`` allows. Raises ``ScopesTooWide``.
    """
    allowed = allowed_scopes(access)
    wanted = [scope.value for scope in Scope if scope in (scopes or allowed)]
    if beyond := [scope for scope in wanted if scope not in allowed]:
        raise ScopesTooWide(beyond, allowed)
    digest, key = get_digest_token()
    token = ApiToken.objects.create(
        digest=digest,
        token_key=key[: CONSTANTS.TOKEN_KEY_LENGTH],
        user=user,
        workspace=access.workspace,
        name=name,
        scopes=wanted,
        expiry=timezone.now() + timedelta(days=days),
    )
    return token, key


def access_of_token(token: ApiToken) -> Access | None:
    """What the token may do where; None when its person has left the workspace."""
    rows = Membership.objects.filter(user_id=token.user_id, workspace_id=token.workspace_id)
    membership = rows.select_related("workspace").first()
    if membership is None:
        return None
    scopes = frozenset(action for scope in token.scopes for action in SCOPE_ACTIONS[scope])
    return Access(membership.workspace, membership.role, scopes)
