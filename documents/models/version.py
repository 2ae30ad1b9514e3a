"""What a document said at one time."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from documents.models.document import Document


class DocumentVersion(models.Model):
    """One saved text. A trigger refuses every change but the loss of a deleted author."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    source = models.JSONField(default=dict)
    """Where the text came from, e.g. ``{"kind": "workflow", "execution_id": 7}``."""
    content_hash = models.CharField(max_length=64)
    """SHA-256 of title and body."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "number"], name="document_version_number_once"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="document_version_number_at_least_1"
            ),
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"
