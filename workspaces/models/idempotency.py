"""Answers already given, so that a call repeated after a lost connection costs nothing more."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from workspaces.models.workspace import Workspace


class IdempotencyKey(models.Model):
    """One unsafe call of a person; ``status`` is null while the first one is in flight."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=64)
    """SHA-256 of method, path and body: the same key with another body is refused."""
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    headers = models.JSONField(default=dict)
    body = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "user", "key"], name="idempotency_key_once"
            )
        ]

    def __str__(self) -> str:
        return self.key
