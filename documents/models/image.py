"""A picture that was cleaned and stored."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from workspaces.models import Workspace

KEY = r"^w/[0-9]+/images/[0-9a-f]{2}/[0-9a-f]{64}\.(png|jpg|webp)$"


class ImageSource(models.TextChoices):
    """How a picture came here."""

    UPLOAD = "upload", "Upload"
    GENERATED = "generated", "Generated"


class Image(models.Model):
    """A stored picture. Its key is made of ids and its content's hash, never of a file name.

    Provenance is a snapshot with plain ids and no foreign keys, so that it outlives what it
    names. Two rows may share one stored object.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="images")
    key = models.CharField(max_length=200, db_index=True)
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    size = models.PositiveIntegerField()
    """Bytes."""
    content_type = models.CharField(max_length=20)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    alt_text = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=10, choices=ImageSource.choices)
    execution_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    node_key = models.CharField(max_length=40, blank=True)
    agent_job_id = models.BigIntegerField(null=True, blank=True)
    reviewer_id = models.BigIntegerField(null=True, blank=True)
    provenance = models.JSONField(default=dict, blank=True)
    """All that is known of its making; ``images.store_image`` names its keys."""
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["workspace", "-id"], name="image_list")]
        constraints = [
            models.CheckConstraint(
                condition=Q(source__in=ImageSource.values), name="image_source_known"
            ),
            models.CheckConstraint(
                condition=Q(content_type__in=["image/png", "image/jpeg", "image/webp"]),
                name="image_content_type_known",
            ),
            models.CheckConstraint(
                condition=Q(size__gte=1) & Q(width__gte=1) & Q(height__gte=1),
                name="image_not_empty",
            ),
            models.CheckConstraint(condition=Q(key__regex=KEY), name="image_key_of_ids"),
            models.CheckConstraint(
                condition=Q(key__contains=models.F("sha256")) & Q(sha256__regex="^[0-9a-f]{64}$"),
                name="image_key_names_its_hash",
            ),
        ]

    def __str__(self) -> str:
        return self.alt_text or f"Image {self.pk}"
