"""Bring back what was taken off or overwritten."""

from __future__ import annotations

from django.db import transaction

from documents.attach import AttachItem, attach_images, reorder, set_primary, update_attachment
from documents.models import Document


@transaction.atomic
def restore_attachment(
    document: Document, item: AttachItem, *, position: int, is_primary: bool
) -> None:
    """Attach an image again in the place that it had, with the texts that it had.

    An image that is attached by now is left where it is. Raises ``AttachmentError``, having
    changed nothing.
    """
    Document.objects.select_for_update().get(pk=document.pk)
    present = list(document.attachments.values_list("image_id", flat=True))
    if item.image_id in present:
        return
    attach_images(document=document, images=[item], primary="first")
    update_attachment(document, item.image_id, item.alt_text, item.caption)
    at = max(position - 1, 0)
    reorder(document, [*present[:at], item.image_id, *present[at:]])
    if is_primary:
        set_primary(document, item.image_id)
