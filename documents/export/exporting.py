"""One door for every format."""

from __future__ import annotations

import io
from dataclasses import dataclass
from enum import StrEnum
from typing import IO

from django.conf import settings
from django.utils.text import slugify

from documents.export.bundle import to_bundle
from documents.export.markdown import to_markdown
from documents.export.page import to_page
from documents.export.pictures import Layout, lay_out
from documents.export.word import to_word
from documents.models import Document


class Format(StrEnum):
    """What a document can be exported as; the value is the file's suffix."""

    MARKDOWN = "md"
    HTML = "html"
    WORD = "docx"
    ZIP = "zip"


_CONTENT_TYPES = {
    Format.MARKDOWN: "text/markdown; charset=utf-8",
    Format.HTML: "text/html; charset=utf-8",
    Format.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.ZIP: "application/zip",
}


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that is ready to be read from its start."""

    file: IO[bytes]
    content_type: str
    name: str
    """Of plain ASCII letters, digits and hyphens, with the suffix."""


def export_document(document: Document, kind: Format) -> Exported:
    """The document as a file. Raises ``PictureMissing`` when the storage has lost a picture."""
    name = slugify(document.title)[:60].strip("-") or f"document-{document.pk}"
    file = _write(document, lay_out(document), kind)
    return Exported(file, _CONTENT_TYPES[kind], f"{name}.{kind}")


def _write(document: Document, layout: Layout, kind: Format) -> IO[bytes]:
    if kind is Format.ZIP:
        return to_bundle(document, layout)
    if kind is Format.WORD:
        return to_word(document, layout)
    if kind is Format.HTML:
        return io.BytesIO(to_page(document, layout).encode())
    text = to_markdown(document, layout, lambda picture: settings.SITE_URL + picture.address)
    return io.BytesIO(text.encode())
