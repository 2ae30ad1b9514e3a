"""People who are asked into a workspace by e-mail."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from workspaces.models.membership import Role
from workspaces.models.workspace import Workspace

INVITED_ROLES = [choice for choice in Role.choices if choice[0] != Role.OWNER]
"""An owner is made from a member whom people know, never by a link."""


class Invitation(models.Model):
    """One address that may join as one role; its link works once and until it expires."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=INVITED_ROLES, default=Role.VIEWER)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    nonce = models.UUIDField(default=uuid.uuid4, editable=False)
    """Part of the link; a new one ends every link that was sent before."""
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                "workspace",
                Lower("email"),
                condition=Q(accepted_at=None),
                name="invitation_open_once",
            ),
            models.CheckConstraint(
                condition=Q(role__in=[role for role, _ in INVITED_ROLES]),
                name="invitation_role_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.role})"
