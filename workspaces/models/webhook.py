"""Other programs that are told: where to send what, and what was sent."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from workspaces import secrets
from workspaces.models.workspace import Workspace

TEST = "webhook.test"
"""What a person sends to see whether it arrives."""


class WebhookEvent(models.TextChoices):
    """What a webhook can be told."""

    RUN_COMPLETED = "run.completed", "Run completed"
    RUN_FAILED = "run.failed", "Run failed"
    REVIEW_REQUESTED = "review.requested", "Review asked for"


class Webhook(models.Model):
    """An address of a workspace's that is told what happens, signed with a secret of its own."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="webhooks")
    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    events = ArrayField(models.CharField(max_length=30, choices=WebhookEvent.choices))
    secret_encrypted = models.TextField(editable=False)
    old_secret_encrypted = models.TextField(blank=True, default="", editable=False)
    """The secret before the last change of it, which signs too until ``old_until``."""
    old_until = models.DateTimeField(null=True, blank=True, editable=False)
    enabled = models.BooleanField(default=True)
    free_at = models.DateTimeField(db_default=Now(), editable=False)
    """When the next call may be made: there is one at a time, and a pause after a failure."""
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]
        indexes = [
            models.Index(
                fields=["workspace"], condition=Q(enabled=True), name="webhook_of_workspace"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(events__contained_by=WebhookEvent.values) & Q(events__len__gt=0),
                name="webhook_events_known",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def secret_hint(self) -> str:
        """The last four characters of the secret, to tell it from others."""
        try:
            return f"…{secrets.decrypt(self.secret_encrypted)[-4:]}"
        except secrets.SecretUnreadable:
            return "unreadable"

    @property
    def event_labels(self) -> list[str]:
        """What it is told, in words."""
        return [WebhookEvent(event).label for event in self.events]


class Delivery(models.Model):
    """One message to one webhook; kept until it is delivered, or given up with its reason."""

    class State(models.TextChoices):
        """How it stands."""

        WAITING = "waiting", "Waiting"
        DELIVERED = "delivered", "Delivered"
        GIVEN_UP = "given_up", "Given up"

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    uid = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    """What the receiver knows the message by, also when it comes again."""
    source = models.CharField(max_length=80)
    """What happened, by name: once for each webhook."""
    event = models.CharField(max_length=30)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    next_try_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    last_try_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    """Of the last answer; null while there was none."""
    answer = models.CharField(max_length=500, blank=True, default="", db_default="")
    """How the last answer begins."""
    error = models.CharField(max_length=300, blank=True, default="", db_default="")
    """Why the last attempt failed."""

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(
                fields=["webhook", "next_try_at"],
                condition=Q(delivered_at=None, given_up_at=None),
                name="delivery_due",
            ),
            models.Index(fields=["webhook", "-id"], name="delivery_list"),
            models.Index(fields=["created_at"], name="delivery_age"),
        ]
        constraints = [models.UniqueConstraint(fields=["webhook", "source"], name="delivery_once")]

    def __str__(self) -> str:
        return f"{self.event} to {self.webhook}"

    @property
    def message_id(self) -> str:
        """The id that the receiver sees."""
        return f"msg_{self.uid.hex}"

    @property
    def state(self) -> str:
        """One of ``State``."""
        if self.delivered_at:
            return self.State.DELIVERED
        return self.State.GIVEN_UP if self.given_up_at else self.State.WAITING
