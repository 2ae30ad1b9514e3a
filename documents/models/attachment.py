"""An image's place in a document."""

from __future__ import annotations

from django.db import models
from django.db.models import Deferrable, Q

from documents.models.document import Document
from documents.models.image import Image


class DocumentAttachment(models.Model):
    """One image of a document. Written under the document's row lock by ``attach.py`` alone.

    A trigger refuses an image of another workspace. An attached image cannot be deleted, unless
    its whole workspace goes.
    """

    document = models.ForeignKey(Document, models.CASCADE, related_name="attachments")
    image = models.ForeignKey(Image, models.RESTRICT, related_name="attachments")
    is_primary = models.BooleanField(default=False)
    attachment_order = models.PositiveIntegerField()
    """Place in the document, from 1, without gaps."""
    alt_text = models.CharField(max_length=500, blank=True)
    caption = models.CharField(max_length=500, blank=True)
    effect_key = models.CharField(max_length=200, blank=True)
    """Names the step that attached it, so that the step cannot attach it twice."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["attachment_order"]
        constraints = [
            models.UniqueConstraint(fields=["document", "image"], name="attachment_image_once"),
            models.UniqueConstraint(
                fields=["document"], condition=Q(is_primary=True), name="attachment_one_primary"
            ),
            models.UniqueConstraint(
                fields=["document", "attachment_order"],
                deferrable=Deferrable.DEFERRED,
                name="attachment_order_once",
            ),
            models.UniqueConstraint(
                fields=["document", "effect_key"],
                condition=~Q(effect_key=""),
                name="attachment_effect_once",
            ),
            models.CheckConstraint(
                condition=Q(attachment_order__gte=1), name="attachment_order_at_least_1"
            ),
        ]

    def __str__(self) -> str:
        return f"Image {self.image_id} at {self.attachment_order}"
