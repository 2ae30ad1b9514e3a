"""A second entry like one that is there, to be changed before anybody sees it."""

from __future__ import annotations

from django.db import transaction

from templates_gallery import pictures
from templates_gallery.clone import copy_of
from templates_gallery.models import GalleryEntry
from workspaces.models import User

_END = " (copy)"


def duplicate(entry: GalleryEntry, *, author: User | None) -> GalleryEntry:
    """An unpublished copy of the entry with its pictures, over a template of its own.

    The template starts with the current version of the other as its version 1. Raises
    ``ValueError`` for a template that was never saved.
    """
    name = _called(entry.template.name, 200)
    with transaction.atomic():
        copy = GalleryEntry.objects.create(
            template=copy_of(entry.template, workspace=None, author=author, name=name),
            category=entry.category,
            title=_called(entry.title, 120),
            summary=entry.summary,
            channels=list(entry.channels),
            cover=entry.cover,
            sample=entry.sample,
            sample_inputs=entry.sample_inputs,
            published=False,
            order=entry.order,
        )
        pictures.copy(entry, copy)
    return copy


def _called(name: str, most: int) -> str:
    return f"{name[: most - len(_END)]}{_END}"
