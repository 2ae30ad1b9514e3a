"""Who may do what in a workspace: one table from role to actions."""

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
    Role.VIEWER: _VIEWER,
    Role.REVIEWER: _REVIEWER,
    Role.EDITOR: _EDITOR,
    Role.ADMIN: _ADMIN,
    Role.OWNER: _ADMIN | {Action.OWN},
}


def may(user: User, action: Action, workspace: Workspace) -> bool:
    """Whether the person's role in the workspace covers the action."""
    role = Membership.objects.filter(user=user, workspace=workspace).values_list("role", flat=True)
    return any(action in ACTIONS[name] for name in role)
