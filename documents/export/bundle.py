"""A document as a ZIP archive: text, pictures in order, and what is known of each."""

from __future__ import annotations

import json
import tempfile
import zipfile
from typing import IO, Any

from documents.export.markdown import to_markdown
from documents.export.pictures import Layout, Picture
from documents.models import Document

_IN_MEMORY = 8_000_000


def to_bundle(document: Document, layout: Layout) -> IO[bytes]:
    """``document.md``, ``images/01-….png`` and ``manifest.json``."""
    file: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - the caller's
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        text = to_markdown(document, layout, lambda picture: picture.name)
        archive.writestr("document.md", text)
        for picture in layout.all:
            # Pictures are compressed already.
            archive.writestr(picture.name, picture.read(), zipfile.ZIP_STORED)
        manifest = json.dumps(_manifest(document, layout), indent=2, ensure_ascii=False)
        archive.writestr("manifest.json", manifest + "\n")
    file.seek(0)
    return file


def _manifest(document: Document, layout: Layout) -> dict[str, Any]:
    return {
        "id": document.pk,
        "title": document.title,
        "version": document.version,
        "project": document.project.name if document.project else None,
        "created_at": document.created_at.isoformat(),
        "updated_at": document.updated_at.isoformat(),
        "images": [_entry(picture) for picture in layout.all],
    }


def _entry(picture: Picture) -> dict[str, Any]:
    row, image = picture.attachment, picture.attachment.image
    return {
        "file": picture.name,
        "id": image.pk,
        "order": row.attachment_order,
        "is_primary": row.is_primary,
        "alt_text": row.alt_text,
        "caption": row.caption,
        "content_type": image.content_type,
        "width": image.width,
        "height": image.height,
        "size": image.size,
        "sha256": image.sha256,
        "source": image.source,
    }
