"""Who may do what in a workspace: one table from role to actions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from workspaces.models import Membership, Role, User, Workspace


class Action(StrEnum):
    """What a right covers."""

    VIEW = "view"
    REVIEW = "review"
    EDIT = "edit"
    RUN = "run"
    ADMIN = "admin"
    OWN = "own"


_VIEWER = frozenset({Action.VIEW})
_REVIEWER = _VIEWER | {Action.REVIEW}
_EDITOR = _REVIEWER | {Action.EDIT, Action.RUN}
_ADMIN = _EDITOR | {Action.ADMIN}
ACTIONS: dict[str, frozenset[Action]] = {
    Role.OWNER: _ADMIN | {Action.OWN},
    Role.ADMIN: _ADMIN,
    Role.EDITOR: _EDITOR,
    Role.REVIEWER: _REVIEWER,
    Role.VIEWER: _VIEWER,
}


RANK = {role: rank for rank, role in enumerate(reversed(ACTIONS))}
"""Higher may do more."""


@dataclass(frozen=True, slots=True)
class Access:
    """One person (or one token of theirs) in one workspace."""

    workspace: Workspace
    role: str
    scopes: frozenset[Action] | None = None
    """What a token is limited to; None for a session, which has the whole role."""

    def can(self, action: Action | str) -> bool:
        """Whether role and scopes both allow it."""
        allowed = action in ACTIONS[self.role]
        return allowed and (self.scopes is None or action in self.scopes)

    @property
    def may(self) -> dict[str, bool]:
        """The same for templates: ``access.may.run``."""
        return {action.value: self.can(action) for action in Action}


def least_role(action: Action) -> Role:
    """The lowest role that has the right."""
    return next(role for role in reversed(Role) if action in ACTIONS[role])


def find_access(user: User, slug: str) -> Access | None:
    """The person's access to the workspace in one query; None for a stranger."""
    rows = Membership.objects.filter(user=user, workspace__slug=slug)
    membership = rows.select_related("workspace").first()
    return Access(membership.workspace, membership.role) if membership else None


def role_of(user: User, workspace_id: int) -> str | None:
    """The person's role in the workspace; None for a stranger."""
    rows = Membership.objects.filter(user=user, workspace_id=workspace_id)
    return rows.values_list("role", flat=True).first()
