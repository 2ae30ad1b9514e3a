"""A document's pictures, in order and with the names they have in files."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.utils.text import slugify

from documents.images import open_image
from documents.models import Document, DocumentAttachment

OWN_ADDRESS = re.compile(r"(?<![\w/.:-])/api/images/(\d{1,19})/file(?![\w/])")
"""How a text names a picture of this site."""


class PictureMissing(Exception):
    """The storage has lost a picture's bytes."""

    def __init__(self, image_id: int) -> None:
        super().__init__(
            f"The file of image {image_id} is missing in the storage. Detach the image, or put"
            " the file back, and export again."
        )
        self.image_id = image_id


@dataclass(frozen=True, slots=True)
class Picture:
    """One attached picture."""

    attachment: DocumentAttachment
    name: str
    """``images/01-red-shoe.png``: the number is its place in the document."""

    @property
    def image_id(self) -> int:
        """The image."""
        return self.attachment.image_id

    @property
    def alt_text(self) -> str:
        """What it shows, for those who cannot see it."""
        return self.attachment.alt_text

    @property
    def caption(self) -> str:
        """What stands below it."""
        return self.attachment.caption

    @property
    def address(self) -> str:
        """Where this site shows it."""
        return f"/api/images/{self.image_id}/file"

    def read(self) -> bytes:
        """Its bytes. Raises ``PictureMissing``."""
        try:
            return open_image(self.attachment.image)
        except FileNotFoundError as error:
            raise PictureMissing(self.image_id) from error


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a document's pictures stand: in the text, the primary one above, others below."""

    all: list[Picture]
    lead: Picture | None
    rest: list[Picture]


def lay_out(document: Document) -> Layout:
    """The document's pictures; one that the text shows by itself is not shown again."""
    rows = document.attachments.select_related("image").order_by("attachment_order")
    pictures = [Picture(row, _name(row)) for row in rows]
    shown = {int(found) for found in OWN_ADDRESS.findall(document.body)}
    left = [picture for picture in pictures if picture.image_id not in shown]
    lead = next((picture for picture in left if picture.attachment.is_primary), None)
    return Layout(pictures, lead, [picture for picture in left if picture is not lead])


def with_addresses(text: str, layout: Layout, address: Callable[[Picture], str]) -> str:
    """The text with other addresses for the document's own pictures."""
    by_id = {picture.image_id: picture for picture in layout.all}

    def other(found: re.Match[str]) -> str:
        picture = by_id.get(int(found[1]))
        return address(picture) if picture else found[0]

    return OWN_ADDRESS.sub(other, text)


def _name(row: DocumentAttachment) -> str:
    suffix = PurePosixPath(row.image.key).suffix
    words = slugify(row.alt_text)[:40].strip("-") or "image"
    return f"images/{row.attachment_order:02}-{words}{suffix}"
