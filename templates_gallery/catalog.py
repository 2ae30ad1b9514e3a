"""The templates that Copyloom comes with: seeded from files, kept where somebody changed them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from django.db import connection, transaction

from config.env import BASE_DIR
from documents.uploads import CleanImage
from templates_gallery import pictures
from templates_gallery.categories import shelf
from templates_gallery.models import GalleryEntry
from templates_gallery.shipped import BadPicture, read_pictures, with_names
from workflows import samples
from workflows.graph.model import Issue
from workflows.graph.parse import content_hash
from workflows.interchange import Export, Gallery, ImportRefused, from_export
from workflows.models import WorkflowTemplate
from workflows.versions import save_version

FOLDER = BASE_DIR / "fixtures" / "templates"
_LOCK = 7_305_222
_TEMPLATE_FIELDS = ("name", "description", "category", "tags")

Action = Literal["created", "updated", "unchanged", "kept"]


@dataclass(frozen=True, slots=True)
class SeedResult:
    """What became of one file."""

    slug: str
    action: Action
    """``kept`` when something that an administrator changed was left as it is."""
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shipped:
    """A template with the pictures of its sample."""

    export: Export
    pictures: tuple[CleanImage, ...]


class BadFixture(ValueError):
    """A file that is no template; ``errors`` names every bad field or picture."""

    def __init__(self, path: Path, errors: list[Issue]) -> None:
        super().__init__(f"{path.name}: {'; '.join(error.message for error in errors)}")
        self.errors = errors


def seed(dry_run: bool = False, folder: Path | None = None) -> list[SeedResult]:
    """Create and update the global templates of ``fixtures/templates``. Idempotent.

    A graph is replaced by a new version only while its current version is the seeded one and
    nobody has a draft; fields of template and entry only while they hold what seeding wrote.
    Pictures of a sample are stored unless somebody changed it. Raises ``BadFixture``; nothing is
    written then, nor with ``dry_run``.
    """
    found = load(folder or FOLDER)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        results = [_seed_one(one, store=not dry_run) for one in found]
        transaction.set_rollback(dry_run)
    return results


def load(folder: Path) -> list[Shipped]:
    """The templates of a folder's ``*.json`` in order of name. Raises ``BadFixture``."""
    found = []
    for path in sorted(folder.glob("*.json")):
        try:
            export = from_export(json.loads(path.read_text(encoding="utf-8")))
            found.append(Shipped(export, read_pictures(folder, export)))
        except ImportRefused as error:
            raise BadFixture(path, error.errors) from None
        except BadPicture as error:
            raise BadFixture(path, [Issue("bad_picture", str(error))]) from None
        except (ValueError, RecursionError) as error:
            text = f"is no JSON: {error}"
            raise BadFixture(path, [Issue("bad_json", text)]) from None
    return found


def _seed_one(shipped: Shipped, *, store: bool) -> SeedResult:
    export = shipped.export
    template, is_new = WorkflowTemplate.objects.select_for_update().get_or_create(
        workspace=None, slug=export.slug, defaults=_template_values(export)
    )
    if template.archived_at is not None:
        return SeedResult(export.slug, "kept", ("archived",))
    entry = GalleryEntry.objects.filter(template=template).first()
    if not is_new and (entry is None or not entry.seeded):
        return SeedResult(export.slug, "kept", ("not from here: the slug is in use",))
    entry = entry or GalleryEntry(template=template)
    before = pictures.names(entry)
    changed, kept = _merge_fields(template, entry, shipped)
    graph_changed, graph_kept = _merge_graph(template, entry, export)
    entry.save()
    if store and "sample" not in kept:
        pictures.keep_shipped(entry, shipped.pictures)
    pictures.forget(entry.pk, before - pictures.names(entry))
    details = tuple(changed + graph_changed) + tuple(f"{one} kept" for one in kept + graph_kept)
    if is_new:
        return SeedResult(export.slug, "created")
    if changed or graph_changed:
        return SeedResult(export.slug, "updated", details)
    return SeedResult(export.slug, "kept" if details else "unchanged", details)


def _merge_graph(
    template: WorkflowTemplate, entry: GalleryEntry, export: Export
) -> tuple[list[str], list[str]]:
    """Save a new version where the graph is still the seeded one; what changed, what stayed."""
    wanted, current = content_hash(export.graph()), template.current_version
    if entry.seeded_hash == wanted and current is not None:
        customised = current.content_hash != wanted or template.draft is not None
        return [], ["graph"] if customised else []
    if current is not None and (
        current.content_hash != entry.seeded_hash or template.draft is not None
    ):
        return [], ["graph"]
    save_version(template, export.graph(), note="Seeded", canvas_notes=export.notes())
    entry.seeded_hash = wanted
    return ["graph"], []


def _merge_fields(
    template: WorkflowTemplate, entry: GalleryEntry, shipped: Shipped
) -> tuple[list[str], list[str]]:
    """Write new values over those that seeding wrote; a curator's own stay."""
    export = shipped.export
    wanted = _template_values(export) | _entry_values(export)
    wanted["sample"] = with_names(wanted["sample"], shipped.pictures)
    before: dict[str, Any] = entry.seeded
    changed, kept = [], []
    for name, value in wanted.items():
        holder = template if name in _TEMPLATE_FIELDS else entry
        now = getattr(holder, name)
        if before and now != before.get(name):
            kept.append(name)
        elif now != value:
            setattr(holder, name, value)
            changed.append(name)
    if entry._state.adding:
        entry.category = shelf(export.category)
    template.save(update_fields=[*_TEMPLATE_FIELDS, "updated_at"])
    entry.seeded = wanted
    return changed, kept


def _template_values(export: Export) -> dict[str, Any]:
    return {name: getattr(export, name) for name in _TEMPLATE_FIELDS}


def _entry_values(export: Export) -> dict[str, Any]:
    gallery = export.gallery or Gallery(title=export.name[:120])
    return gallery.model_dump(mode="json")


def write_entry(template: WorkflowTemplate, export: Export) -> GalleryEntry | None:
    """Put an imported global template on its shelf, unpublished until a curator has seen it.

    None where there is nothing to show: a workspace's own template, or no ``gallery`` part. An
    entry that is there already keeps whether it is published.
    """
    if template.workspace_id is not None or export.gallery is None:
        return None
    values = _entry_values(export) | {"category": shelf(export.category)}
    known = GalleryEntry.objects.filter(template=template).first()
    if known is not None and samples.portable(known.sample) == values["sample"]:
        values["sample"] = known.sample  # with the copies of its pictures, which no file names
    entry, _ = GalleryEntry.objects.update_or_create(
        template=template, defaults=values, create_defaults=values | {"published": False}
    )
    return entry
