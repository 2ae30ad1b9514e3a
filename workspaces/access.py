"""Who may do what in a workspace: one table from role to actions."""

from enum import StrEnum

from workspaces.models import Membership, Role, User


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


def role_of(user: User, workspace_id: int) -> str | None:
    """The person's role in the workspace; None for a stranger."""
    rows = Membership.objects.filter(user=user, workspace_id=workspace_id)
    return rows.values_list("role", flat=True).first()
