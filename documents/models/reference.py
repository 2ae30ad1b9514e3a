"""A text file that a brief refers to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from documents.inspect import MAX_REFERENCE_BYTES
from workspaces.models import Workspace


class ReferenceKind(models.TextChoices):
    """Kinds of file whose text can be read."""

    TXT = "txt", "Text"
    MD = "md", "Markdown"
    CSV = "csv", "CSV"
    DOCX = "docx", "Word"


class ReferenceFile(models.Model):
    """The text of an uploaded file: the value of a brief's ``file`` field."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="reference_files")
    name = models.CharField(max_length=200)
    """What its owner called it; shown to people and never used as a path."""
    kind = models.CharField(max_length=4, choices=ReferenceKind.choices)
    size = models.PositiveIntegerField()
    """Bytes of the file."""
    sha256 = models.CharField("SHA-256", max_length=64)
    """Of the file as it was uploaded."""
    text = models.TextField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ReferenceKind.values), name="reference_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(size__gte=1) & Q(size__lte=MAX_REFERENCE_BYTES),
                name="reference_size_in_bounds",
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="reference_hash_well_formed"
            ),
        ]

    def __str__(self) -> str:
        return self.name
