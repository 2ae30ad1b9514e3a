"""Tenancy models."""

from workspaces.models.idempotency import IdempotencyKey
from workspaces.models.membership import Membership, Role
from workspaces.models.project import Project
from workspaces.models.token import ApiToken, Scope
from workspaces.models.user import User
from workspaces.models.workspace import Workspace, WorkspaceLimits

__all__ = [
    "ApiToken",
    "IdempotencyKey",
    "Membership",
    "Project",
    "Role",
    "Scope",
    "User",
    "Workspace",
    "WorkspaceLimits",
]
