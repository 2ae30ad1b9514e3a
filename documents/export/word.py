"""A document as a Word file."""

from __future__ import annotations

import io
import re
from typing import IO, Any

from docx import Document as new_word
from docx.document import Document as Word
from docx.shared import Mm
from PIL import Image as Pillow

from documents.export.pictures import Layout, Picture
from documents.export.word_text import write_text
from documents.models import Document

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TEXT_WIDTH = Mm(150)
_TALLEST = Mm(200)


def to_word(document: Document, layout: Layout) -> IO[bytes]:
    """Title, primary picture, text and the other pictures in order, as .docx."""
    word = new_word()
    word.core_properties.title = in_xml(document.title)
    word.core_properties.author = ""
    word.core_properties.comments = ""
    word.add_heading(in_xml(document.title), level=0)
    if layout.lead:
        _figure(word, layout.lead)
    by_id = {picture.image_id: picture for picture in layout.all}
    write_text(word, in_xml(document.body), lambda image_id: _show(word, by_id.get(image_id)))
    for picture in layout.rest:
        _figure(word, picture)
    file = io.BytesIO()
    word.save(file)
    file.seek(0)
    return file


def in_xml(text: str) -> str:
    """The text without the control characters that XML cannot hold."""
    return _NOT_XML.sub("", text)


def _show(word: Word, picture: Picture | None) -> bool:
    """Show a picture that the text names; False when it is none of the document's."""
    if picture is None:
        return False
    _figure(word, picture)
    return True


def _figure(word: Word, picture: Picture) -> None:
    image = picture.attachment.image
    width = min(_TEXT_WIDTH, int(_TALLEST * image.width / image.height))
    shape = word.add_picture(_readable(picture), width=Mm(max(width / Mm(1), 1)))
    described: Any = shape._inline.docPr
    described.set("descr", in_xml(picture.alt_text))
    if picture.caption.strip():
        word.add_paragraph(in_xml(picture.caption), style="Caption")


def _readable(picture: Picture) -> IO[bytes]:
    """The picture in a format that Word opens: WebP becomes PNG."""
    data = io.BytesIO(picture.read())
    if picture.attachment.image.content_type != "image/webp":
        return data
    file = io.BytesIO()
    with Pillow.open(data, formats=["WEBP"]) as opened:
        opened.save(file, "PNG")
    file.seek(0)
    return file
