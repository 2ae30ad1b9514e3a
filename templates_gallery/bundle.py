"""Gallery entries as files: one as JSON, many as a ZIP of them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from templates_gallery.models import GalleryEntry
from workflows.interchange import to_export


@dataclass(frozen=True, slots=True)
class File:
    """What a browser saves."""

    name: str
    content_type: str
    data: bytes


def export_entry(entry: GalleryEntry) -> File:
    """The entry with its template, as ``import_template`` reads it.

    Raises ``ValueError`` for a template that was never saved.
    """
    text = json.dumps(to_export(entry.template), indent=2, ensure_ascii=False) + "\n"
    return File(f"{entry.template.slug}.json", "application/json", text.encode())


def export_entries(entries: Sequence[GalleryEntry]) -> File:
    """One entry as JSON, several as a ZIP with a file each. Raises ``ValueError``."""
    files = [export_entry(entry) for entry in entries]
    if len(files) == 1:
        return files[0]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.writestr(file.name, file.data)
    return File("gallery.zip", "application/zip", packed.getvalue())
