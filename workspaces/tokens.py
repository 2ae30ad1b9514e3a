"""Make keys for programs, and say what each may do."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Model
from django.utils import timezone
from knox.models import get_digest_token
from knox.settings import CONSTANTS
from psycopg import sql

from config.postgresql.base import prepared
from workspaces.access import Access, Action
from workspaces.models import ApiToken, Scope, User, Workspace

SCOPE_ACTIONS: dict[str, frozenset[Action]] = {
    Scope.READ: frozenset({Action.VIEW}),
    Scope.RUN: frozenset({Action.RUN}),
    Scope.EDIT: frozenset({Action.EDIT}),
    Scope.REVIEW: frozenset({Action.REVIEW}),
    Scope.ADMIN: frozenset({Action.ADMIN, Action.OWN}),
}
MAX_DAYS = 365
_FROM = sql.SQL("""
, m.role
  FROM workspaces_apitoken t
  JOIN workspaces_user u ON u.id = t.user_id
  JOIN workspaces_workspace w ON w.id = t.workspace_id
  LEFT JOIN workspaces_membership m ON m.user_id = t.user_id AND m.workspace_id = t.workspace_id
 WHERE t.token_key = %s
""")


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


def find_tokens(head: str) -> list[ApiToken]:
    """The tokens whose keys begin so, each with its person, its workspace and its person's role.

    One query by hand: every call of the API begins with it.
    """
    with prepared() as cursor:
        cursor.execute(_find(), [head])
        rows = cursor.fetchall()
    return [_token(row) for row in rows]


def access_of_token(token: ApiToken) -> Access | None:
    """What a token of ``find_tokens`` may do where; None when its person has left the workspace."""
    if token.role is None:
        return None
    scopes = frozenset(action for scope in token.scopes for action in SCOPE_ACTIONS[scope])
    return Access(token.workspace, token.role, scopes)


_PARTS: tuple[tuple[str, type[Model]], ...] = (("t", ApiToken), ("u", User), ("w", Workspace))


@lru_cache(maxsize=1)
def _find() -> str:
    columns = [
        sql.Identifier(alias, field.column or field.attname)
        for alias, model in _PARTS
        for field in model._meta.concrete_fields
    ]
    return (sql.SQL("SELECT ") + sql.SQL(", ").join(columns) + _FROM).as_string()


def _token(row: tuple[Any, ...]) -> ApiToken:
    made: list[Any] = []
    for _, model in _PARTS:
        names = [field.attname for field in model._meta.concrete_fields]
        values, row = row[: len(names)], row[len(names) :]
        made.append(model.from_db(connection.alias, names, values))
    token: ApiToken
    token, token.user, token.workspace = made
    (token.role,) = row
    return token
