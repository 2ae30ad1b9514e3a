"""Tenancy models."""

from workspaces.models.membership import Membership, Role
from workspaces.models.project import Project
from workspaces.models.user import User
from workspaces.models.workspace import Workspace, WorkspaceLimits

__all__ = ["Membership", "Project", "Role", "User", "Workspace", "WorkspaceLimits"]
