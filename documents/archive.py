"""Put a document away."""

from __future__ import annotations

from django.db.models.functions import Now

from documents.models import Document


def archive_document(document: Document) -> bool:
    """Take a document out of every list; what it says and shows is kept. False if it is out."""
    rows = Document.objects.filter(pk=document.pk, archived_at=None)
    return bool(rows.update(archived_at=Now(), updated_at=Now()))
