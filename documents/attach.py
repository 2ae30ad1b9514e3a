"""Attach images to a document and arrange them.

Each verb holds the document's row lock until its transaction ends, so the limit holds and the
order has no gaps whoever works on the document at the same time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.db import transaction

from documents.errors import (
    AttachmentError,
    ForeignImage,
    NotAPermutation,
    NotAttached,
    TooManyImages,
)
from documents.models import Document, DocumentAttachment, Image

__all__ = [
    "AttachItem",
    "AttachmentError",
    "ForeignImage",
    "NotAPermutation",
    "NotAttached",
    "TooManyImages",
    "attach_images",
    "detach",
    "put_back",
    "reorder",
    "set_primary",
    "update_attachment",
]

MAX_TEXT = 500


@dataclass(frozen=True, slots=True)
class AttachItem:
    """An image to attach; without an alt text of its own it takes the image's."""

    image_id: int
    alt_text: str = ""
    caption: str = ""


@transaction.atomic
def attach_images(
    *,
    document: Document,
    images: Sequence[AttachItem],
    mode: Literal["append", "replace"] = "append",
    primary: Literal["first", "none"] | int = "first",
    effect_key_prefix: str | None = None,
    replace_effects: bool = False,
) -> list[DocumentAttachment]:
    """Attach images and return their attachments, in the order given.

    ``replace`` detaches first what is there. ``primary``: ``first`` makes the first of these
    images the primary one where the document has none; an image id makes that one primary;
    ``none`` leaves it. An image that is attached already is left where it is.

    With ``effect_key_prefix`` the images belong to a step: its n-th image is attached once,
    however often the step is applied. ``replace_effects`` detaches what the step attached
    before and puts the new images in their place.

    Raises ``TooManyImages``, ``ForeignImage`` or ``NotAttached`` (a primary that is not there),
    all of them ``AttachmentError``.
    """
    _lock(document)
    items = list({item.image_id: item for item in images}.values())
    found = _images(document, items)
    present = list(document.attachments.all())
    keys = [_effect_key(effect_key_prefix, index) for index in range(len(items))]
    kept = _kept(present, keys, mode, effect_key_prefix if replace_effects else None)
    gone = [row for row in present if row not in kept]
    rows = [
        _same(kept, item, key) or _row(document, item, key, found[item.image_id], gone)
        for item, key in zip(items, keys, strict=True)
    ]
    new = [row for row in rows if row.pk is None]
    _check_limit(document, len(kept), len(new))
    if mode == "replace":
        ordered = [*(row for row in kept if row not in rows), *rows]
    else:
        first_gone = min((row.attachment_order for row in gone), default=None)
        at = sum(first_gone is None or row.attachment_order < first_gone for row in kept)
        ordered = [*kept[:at], *new, *kept[at:]]
    chosen = _primary(kept, rows, primary)
    if chosen is None and mode == "append" and any(row.is_primary for row in gone):
        chosen = next(iter(ordered), None)
    _write(document, gone, ordered, chosen)
    return rows


@transaction.atomic
def detach(document: Document, image_id: int) -> None:
    """Take an image off; the first one left becomes primary if it was. Raises ``NotAttached``."""
    _lock(document)
    row = _attachment(document, image_id)
    rest = [other for other in document.attachments.all() if other != row]
    primary = next((other for other in rest if other.is_primary), None)
    if row.is_primary and rest:
        primary = rest[0]
    _write(document, [row], rest, primary)


@transaction.atomic
def put_back(document: Document, item: AttachItem, *, position: int, is_primary: bool) -> None:
    """Undo ``detach``: the image comes back to its place with the texts that it had.

    An image that is attached by now is left where it is. Raises ``TooManyImages`` or
    ``ForeignImage``.
    """
    _lock(document)
    image = _images(document, [item])[item.image_id]
    rows = list(document.attachments.all())
    if any(row.image_id == item.image_id for row in rows):
        return
    _check_limit(document, len(rows), 1)
    row = DocumentAttachment(
        document=document, image=image, alt_text=item.alt_text, caption=item.caption
    )
    at = max(position - 1, 0)
    current = next((other for other in rows if other.is_primary), None)
    _write(document, [], [*rows[:at], row, *rows[at:]], row if is_primary else current)


@transaction.atomic
def reorder(document: Document, image_ids: Sequence[int]) -> None:
    """Put the images in this order. Raises ``NotAPermutation``."""
    _lock(document)
    rows = {row.image_id: row for row in document.attachments.all()}
    if sorted(image_ids) != sorted(rows):
        raise NotAPermutation(image_ids, list(rows))
    primary = next((row for row in rows.values() if row.is_primary), None)
    _write(document, [], [rows[image_id] for image_id in image_ids], primary)


@transaction.atomic
def set_primary(document: Document, image_id: int) -> None:
    """Make this image the primary one. Raises ``NotAttached``."""
    _lock(document)
    row = _attachment(document, image_id)
    _write(document, [], list(document.attachments.all()), row)


@transaction.atomic
def update_attachment(
    document: Document, image_id: int, alt_text: str | None = None, caption: str | None = None
) -> DocumentAttachment:
    """Change the texts that are given. Raises ``NotAttached``."""
    _lock(document)
    row = _attachment(document, image_id)
    row.alt_text = row.alt_text if alt_text is None else alt_text[:MAX_TEXT]
    row.caption = row.caption if caption is None else caption[:MAX_TEXT]
    row.save(update_fields=["alt_text", "caption"])
    return row


def _lock(document: Document) -> None:
    Document.objects.select_for_update().get(pk=document.pk).save(update_fields=["updated_at"])


def _images(document: Document, items: Sequence[AttachItem]) -> dict[int, Image]:
    ids = [item.image_id for item in items]
    found = Image.objects.filter(workspace_id=document.workspace_id).in_bulk(ids)
    if missing := [image_id for image_id in ids if image_id not in found]:
        raise ForeignImage(missing)
    return found


def _effect_key(prefix: str | None, index: int) -> str:
    return f"{prefix}#{index}" if prefix else ""


def _kept(
    present: list[DocumentAttachment],
    keys: Sequence[str],
    mode: str,
    replaced_prefix: str | None,
) -> list[DocumentAttachment]:
    """The attachments that stay: in a replacement, those that this step has attached already."""
    rows = present
    if replaced_prefix:
        rows = [row for row in rows if not row.effect_key.startswith(f"{replaced_prefix}#")]
    if mode == "replace":
        rows = [row for row in rows if row.effect_key and row.effect_key in keys]
    return rows


def _same(kept: list[DocumentAttachment], item: AttachItem, key: str) -> DocumentAttachment | None:
    """The attachment that the item would repeat: of the same effect, else of the same image."""
    by_effect = (row for row in kept if key and row.effect_key == key)
    by_image = (row for row in kept if row.image_id == item.image_id)
    return next(by_effect, None) or next(by_image, None)


def _row(
    document: Document,
    item: AttachItem,
    key: str,
    image: Image,
    gone: list[DocumentAttachment],
) -> DocumentAttachment:
    """A new attachment; what was written about the same image before is not lost."""
    old = next((row for row in gone if row.image_id == item.image_id), None)
    alt_text = item.alt_text or (old.alt_text if old else "") or image.alt_text
    caption = item.caption or (old.caption if old else "")
    return DocumentAttachment(
        document=document,
        image=image,
        alt_text=alt_text[:MAX_TEXT],
        caption=caption[:MAX_TEXT],
        effect_key=key,
    )


def _primary(
    kept: list[DocumentAttachment],
    rows: list[DocumentAttachment],
    wanted: Literal["first", "none"] | int,
) -> DocumentAttachment | None:
    current = next((row for row in kept if row.is_primary), None)
    if wanted == "first":
        return current or next(iter(rows), None)
    if wanted == "none":
        return current
    row = next((row for row in [*rows, *kept] if row.image_id == wanted), None)
    if row is None:
        raise NotAttached(wanted)
    return row


def _check_limit(document: Document, present: int, wanted: int) -> None:
    limit = document.workspace.limits.max_images_per_document
    if wanted and present + wanted > limit:
        raise TooManyImages(present, wanted, limit)


def _attachment(document: Document, image_id: int) -> DocumentAttachment:
    row = document.attachments.filter(image_id=image_id).first()
    if row is None:
        raise NotAttached(image_id)
    return row


def _write(
    document: Document,
    gone: Sequence[DocumentAttachment],
    rows: Sequence[DocumentAttachment],
    primary: DocumentAttachment | None,
) -> None:
    """Make the document's attachments these, in this order, with this primary."""
    document.attachments.filter(pk__in=[row.pk for row in gone]).delete()
    # At most one primary at any moment: the old one steps down before the new one steps up.
    document.attachments.filter(is_primary=True).update(is_primary=False)
    for order, row in enumerate(rows, start=1):
        row.attachment_order = order
        row.is_primary = row == primary
    DocumentAttachment.objects.bulk_update(
        [row for row in rows if row.pk], ["attachment_order", "is_primary"]
    )
    DocumentAttachment.objects.bulk_create([row for row in rows if not row.pk])
