"""Imports a file into the gallery: first as a preview, then for good. One call, one transaction."""

from __future__ import annotations

import json
import re
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
_LONGEST = 600
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


_LABEL = re.compile(r"Step [^:]+: label")
_PLAIN = ("name", "description", "category", "tags")


def _state(template: WorkflowTemplate) -> dict[str, Any]:
    """Everything that can change, by what people call it."""
    if template.current_version is None:
        return {}
    data = to_export(template)
    found: dict[str, Any] = {name.capitalize(): data[name] for name in _PLAIN}
    for name, value in data.get("gallery", {}).items():
        title = f"Gallery: {name.replace('_', ' ')}"
        found |= _leaves(title, value) if name == "sample" else {title: value}
    for node in data["nodes"]:
        found |= _leaves(f"Step {node['key']}", node)
    found["Connections"] = [_arrow(edge) for edge in data["edges"]]
    found["Notes"] = [note["text"] for note in data["canvas_notes"]]
    return found


def _leaves(path: str, value: Any) -> dict[str, Any]:
    """Every single value in a step, by its path, so that a preview shows what differs alone."""
    if isinstance(value, Mapping):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = [(str(number), one) for number, one in enumerate(value)]
    else:
        return {path: value}
    found: dict[str, Any] = {}
    for name, one in inner:
        found |= _leaves(path if name == "config" else f"{path}: {name}", one)
    return found


def _arrow(edge: Mapping[str, Any]) -> str:
    handle = "" if edge["source_handle"] == "out" else f".{edge['source_handle']}"
    return f"{edge['source']}{handle} > {edge['target']}"


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """What differs; of a new template, its steps by their labels alone."""
    if not before:
        labels = [value for what, value in after.items() if _LABEL.fullmatch(what)]
        rest = {what: value for what, value in after.items() if not what.startswith("Step ")}
        after = {**rest, "Steps": labels}
    for what in [*after, *(gone for gone in before if gone not in after)]:
        old, new = before.get(what), after.get(what)
        if old != new and (_text(old) or _text(new)):
            yield Change(what, _text(old), _text(new))


def _text(value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        value = "\n".join(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
