"""Put a document away."""

from __future__ import annotations

from django.db.models.functions import Now

from documents.models import Document


def archive_document(document: Document) -> bool:
    """Take the document out of every list; False when it was archived before.

    Its versions and images stay.
    """
    rows = Document.objects.filter(pk=document.pk, archived_at=None)
    return bool(rows.update(archived_at=Now()))
