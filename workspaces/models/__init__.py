"""Tenancy models."""

from workspaces.models.idempotency import IdempotencyKey
from workspaces.models.invitation import INVITED_ROLES, Invitation
from workspaces.models.membership import Membership, Role
from workspaces.models.notice import Notice
from workspaces.models.project import Project
from workspaces.models.token import ApiToken, Scope
from workspaces.models.user import User
from workspaces.models.webhook import TEST, Delivery, Webhook, WebhookEvent
from workspaces.models.workspace import Workspace, WorkspaceLimits

__all__ = [
    "INVITED_ROLES",
    "TEST",
    "ApiToken",
    "Delivery",
    "IdempotencyKey",
    "Invitation",
    "Membership",
    "Notice",
    "Project",
    "Role",
    "Scope",
    "User",
    "Webhook",
    "WebhookEvent",
    "Workspace",
    "WorkspaceLimits",
]
