"""A second entry like one that is there, to be changed before anybody sees it."""

from __future__ import annotations

from django.db import transaction

from templates_gallery import pictures
from templates_gallery.models import GalleryEntry
from workflows.interchange import create_with_free_slug
from workflows.models import WorkflowTemplate
from workflows.versions import graph_of, save_version
from workspaces.models import User

_END = " (copy)"


def duplicate(entry: GalleryEntry, *, author: User | None) -> GalleryEntry:
    """An unpublished copy of the entry with its pictures, over a template of its own.

    The template starts with the current version of the other as its version 1. Raises
    ``ValueError`` for a template that was never saved.
    """
    with transaction.atomic():
        copy = GalleryEntry.objects.create(
            template=_template_like(entry.template, author),
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


def _template_like(template: WorkflowTemplate, author: User | None) -> WorkflowTemplate:
    version = template.current_version
    if version is None:
        raise ValueError(f"{template.name} has not been saved yet.")
    made = create_with_free_slug(
        template.slug,
        workspace=None,
        name=_called(template.name, 200),
        description=template.description,
        category=template.category,
        tags=list(template.tags),
        cloned_from=version,
        created_by=author,
    )
    save_version(
        made,
        graph_of(version.pk),
        author=author,
        note=f"Copied from {template.name}"[:500],
        canvas_notes=version.canvas_notes,
    )
    return made


def _called(name: str, most: int) -> str:
    return f"{name[: most - len(_END)]}{_END}"
