"""Imports a file into the gallery: first as a preview, then for good. One call, one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from templates_gallery.catalog import write_entry
from templates_gallery.models import GalleryEntry
from workflows.graph.model import Issue
from workflows.interchange import Gallery, ImportRefused, from_export, import_template, to_export
from workflows.models import WorkflowTemplate
from workspaces.models import User

MAX_BYTES = 2_000_000
_LONGEST = 300
"""Characters of a value that a preview shows."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that an import changes."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do."""

    entry: GalleryEntry
    slug: str
    is_new: bool
    version: int
    changes: tuple[Change, ...]


def read_json(text: str) -> object:
    """The data in a text. Raises ``ImportRefused`` with where it stops being JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ImportRefused([Issue("bad_json", f"This is no JSON: {error}")]) from None


@transaction.atomic
def import_entry(
    data: object, *, update: bool, author: User | None, dry_run: bool = False
) -> Imported:
    """Write a template for all workspaces and its entry, or with ``dry_run`` say what that does.

    With ``update`` the template that has the slug gets a new version, else the new one gets a
    free slug. A new entry is unpublished. Raises ``ImportRefused`` naming the fields; nothing is
    written then.
    """
    export = from_export(data)
    if export.gallery is None:
        shown = Gallery(title=export.name[:120], order=GalleryEntry.objects.count() * 10)
        export = export.model_copy(update={"gallery": shown})
    known = WorkflowTemplate.objects.filter(workspace=None, slug=export.slug).first()
    before = _state(known) if known is not None and update else {}
    template = import_template(data, workspace=None, author=author, update=update)
    entry = write_entry(template, export)
    if entry is None or template.current_version is None:
        raise RuntimeError(f"{template.slug} was imported without an entry or a version.")
    after = _state(WorkflowTemplate.objects.get(pk=template.pk))
    transaction.set_rollback(dry_run)
    return Imported(
        entry=entry,
        slug=template.slug,
        is_new=not before,
        version=template.current_version.number or 1,
        changes=tuple(_changes(before, after)),
    )


def _state(template: WorkflowTemplate) -> dict[str, Any]:
    """Everything that can change, by what people call it."""
    if template.current_version is None:
        return {}
    data = to_export(template)
    shown = data.pop("gallery", {})
    steps = {f"Step {one['key']}": one for one in data.pop("nodes")}
    edges = {"Connections": [_arrow(edge) for edge in data.pop("edges")]}
    plain = {name.replace("_", " ").capitalize(): data[name] for name in _PLAIN}
    return (
        plain
        | {f"Gallery: {name.replace('_', ' ')}": shown[name] for name in shown}
        | steps
        | edges
    )


_PLAIN = ("name", "description", "category", "tags", "canvas_notes")


def _arrow(edge: Mapping[str, Any]) -> str:
    handle = "" if edge["source_handle"] == "out" else f".{edge['source_handle']}"
    return f"{edge['source']}{handle} > {edge['target']}"


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for what in [*after, *(gone for gone in before if gone not in after)]:
        old, new = before.get(what), after.get(what)
        if old != new and (old or new):
            yield Change(what, _brief(old), _brief(new))


def _brief(value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
