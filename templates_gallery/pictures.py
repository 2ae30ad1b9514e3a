"""Pictures of gallery entries: covers and copies of what samples show.

They belong to no workspace and are seen by everybody who is signed in. Each is verified and drawn
anew, made small enough for a page, and kept under its entry's id and its content's hash.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from documents.images import gallery_key, put_gallery_object
from documents.uploads import CleanImage, clean_image
from templates_gallery.models import GalleryEntry
from workflows import samples

COVER_SIDE = 1280
SAMPLE_SIDE = 960
"""Pixels of the longer side."""
_NAME = re.compile(samples.PICTURE)


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored picture."""

    name: str
    width: int
    height: int


def as_cover(data: bytes) -> CleanImage:
    """A picture as a cover may be stored. Raises ``UploadRejected``."""
    return clean_image(data, max_side=COVER_SIDE)


def keep_cover(entry: GalleryEntry, cover: CleanImage) -> str:
    """Store the cover of a saved entry; gives its name."""
    return put_gallery_object(cover, entry_id=entry.pk)


def keep_sample(entry: GalleryEntry, data: bytes) -> Kept:
    """Verify, shrink and store a picture of a sample. Raises ``UploadRejected``."""
    clean = clean_image(data, max_side=SAMPLE_SIDE)
    return Kept(put_gallery_object(clean, entry_id=entry.pk), clean.width, clean.height)


def keep_shipped(entry: GalleryEntry, made: Iterable[CleanImage]) -> None:
    """Store pictures that come with Copyloom; what is there and whole is left alone."""
    for clean in made:
        put_gallery_object(clean, entry_id=entry.pk)


def names(entry: GalleryEntry) -> set[str]:
    """The pictures that an entry shows."""
    shown = [] if samples.issues(entry.sample) else entry.sample.get("images", [])
    return {name for name in [entry.cover, *(one.get("picture") for one in shown)] if name}


def read(entry: GalleryEntry, name: str) -> bytes:
    """A picture's bytes. Raises ``FileNotFoundError`` for one that the entry does not show."""
    if not _NAME.fullmatch(name) or name not in names(entry):
        raise FileNotFoundError(name)
    with default_storage.open(gallery_key(entry.pk, name)) as file:
        return bytes(file.read())


def copy(entry: GalleryEntry, other: GalleryEntry) -> None:
    """Keep what an entry shows under another's id too; a picture that is lost is left out."""
    for name in names(entry):
        key = gallery_key(other.pk, name)
        try:
            data = read(entry, name)
        except FileNotFoundError:
            continue
        if not default_storage.exists(key):
            default_storage.save(key, ContentFile(data))


def forget(entry_id: int, gone: Iterable[str]) -> None:
    """Delete pictures that nothing shows any more, once the change is committed."""
    for name in gone:
        if _NAME.fullmatch(name):
            transaction.on_commit(partial(default_storage.delete, gallery_key(entry_id, name)))
