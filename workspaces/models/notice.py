"""What people are told: in the bell of every page and, for most of it, by e-mail.

As an outbox it is written with what it tells; its e-mails are sent by ``reconcile``.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from workspaces.models.invitation import Invitation
from workspaces.models.workspace import Workspace


class Notice(models.Model):
    """One thing told to one person; its e-mail is kept until it is sent, or given up."""

    class Kind(models.TextChoices):
        """What it tells."""

        INVITATION = "invitation", "Invitation"
        REVIEW = "review", "Review asked for"
        REVIEW_DUE = "review_due", "Review due soon"
        RUN_FAILED = "run_failed", "Run failed"
        RUN_COMPLETED = "run_completed", "Run completed"

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="notices")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="notices"
    )
    """To whom; null for somebody who may have no account yet."""
    email = models.EmailField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    subject = models.CharField(max_length=250)
    body = models.TextField()
    """Plain text; the link is put below it when it is sent."""
    path = models.CharField(max_length=300, blank=True)
    """The page that the link opens."""
    invitation = models.ForeignKey(
        Invitation, models.SET_NULL, null=True, blank=True, related_name="notices"
    )
    """Whose link to send: it is made when it is sent, and is stored nowhere. Null once revoked."""
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)
    """When the person opened it, or said that all is read."""
    next_try_at = models.DateTimeField(db_default=Now(), null=True, blank=True)
    """When its e-mail is due; null for one that is told in the bell alone."""
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)
    """Why the last attempt failed."""

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(sent_at=None, given_up_at=None),
                name="notice_due",
            ),
            models.Index(fields=["created_at"], name="notice_age"),
            models.Index(
                fields=["user", "workspace"], condition=Q(read_at=None), name="notice_unread"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} to {self.email}"
