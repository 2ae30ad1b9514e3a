"""Who may decide a review."""

from __future__ import annotations

from workflows.models import ReviewTask
from workspaces.access import ACTIONS, RANK, Action, role_of
from workspaces.models import Role, User


class NotAllowed(Exception):
    """The person may not decide this review; the text says who may."""


def check_right(user: User, task: ReviewTask, workspace_id: int) -> None:
    """Named reviewers decide, or the step's role and those above it; admins always may.

    Raises ``NotAllowed``.
    """
    role = role_of(user, workspace_id)
    if role is None or Action.REVIEW not in ACTIONS[role]:
        raise NotAllowed("Only reviewers of this workspace decide its reviews.")
    if Action.ADMIN in ACTIONS[role]:
        return
    named = list(task.assignees.all())
    if named and user not in named:
        people = ", ".join(str(one) for one in named)
        raise NotAllowed(f"This review is for {people}.")
    if not named and task.role and RANK[Role(role)] < RANK[Role(task.role)]:
        raise NotAllowed(f"This review is for the role {Role(task.role).label} and those above it.")
