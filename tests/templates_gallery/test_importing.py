"""Imports into the gallery: seen before they are written, and whole or not at all."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from templates_gallery.bundle import export_entries
from templates_gallery.catalog import FOLDER, seed
from templates_gallery.importing import Imported, import_entry, read_json
from templates_gallery.models import GalleryEntry
from workflows.interchange import ImportRefused
from workflows.models import WorkflowTemplate, WorkflowVersion

pytestmark = pytest.mark.django_db


def data(slug: str = "subject-line-lab") -> dict[str, Any]:
    return json.loads((FOLDER / f"{slug}.json").read_text(encoding="utf-8"))


def bring(value: object, *, update: bool = False, dry_run: bool = False) -> Imported:
    return import_entry(value, update=update, author=None, dry_run=dry_run)


def test_a_new_template_stands_unpublished_on_its_shelf() -> None:
    done = bring(data())
    assert (done.slug, done.is_new, done.version) == ("subject-line-lab", True, 1)
    entry = GalleryEntry.objects.get()
    assert (entry.title, entry.published) == (data()["gallery"]["title"], False)
    assert entry.category and entry.category.slug == "email"
    steps = next(change.after for change in done.changes if change.what == "Steps")
    assert steps.splitlines() == [
        "Email brief",
        "Twenty lines",
        "Pick five to test",
        "Lines to test",
    ]


def test_a_preview_tells_what_would_change_and_writes_nothing() -> None:
    bring(data())
    changed = data()
    changed["name"] = "Lines"
    changed["gallery"]["title"] = "Better lines"
    changed["nodes"][1]["config"]["quantity"] = 8
    del changed["nodes"][2], changed["edges"][2]
    changed["nodes"][2]["config"]["body"] = "Nothing"
    changed["edges"][1]["target"] = "document"
    told = bring(changed, update=True, dry_run=True)
    assert (told.slug, told.is_new, told.version) == ("subject-line-lab", False, 2)
    found = {change.what: (change.before, change.after) for change in told.changes}
    assert found.pop("Name") == ("Subject line lab", "Lines")
    assert found.pop("Gallery: title")[1] == "Better lines"
    assert found.pop("Step lines: quantity") == ("20", "8")
    assert found.pop("Step document: body")[1] == "Nothing"
    before, after = found.pop("Connections")
    assert before.splitlines()[-1] == "review.approved > document"
    assert after.splitlines() == ["brief > lines", "lines > document"]
    assert found and all(what.startswith("Step review: ") for what in found)
    assert all(before and not after for before, after in found.values())
    assert WorkflowVersion.objects.count() == 1
    assert WorkflowTemplate.objects.get().name == "Subject line lab"


def test_what_was_previewed_is_what_is_written() -> None:
    bring(data())
    changed = data()
    changed["description"] = "New."
    told = bring(changed, update=True, dry_run=True)
    done = bring(changed, update=True)
    assert (told.slug, told.version, told.changes) == (done.slug, done.version, done.changes)
    assert WorkflowTemplate.objects.get().description == "New."


def test_the_same_file_again_changes_nothing() -> None:
    bring(data())
    told = bring(data(), update=True, dry_run=True)
    assert (told.changes, told.version) == ((), 1)


def test_without_update_a_taken_slug_makes_a_copy() -> None:
    bring(data())
    assert bring(data(), dry_run=True).slug == "subject-line-lab-2"
    assert bring(data()).slug == "subject-line-lab-2"


def test_a_file_without_a_gallery_part_gets_an_entry_under_its_name() -> None:
    plain = data()
    del plain["gallery"]
    assert bring(plain).entry.title == "Subject line lab"


def test_a_published_entry_stays_published_when_it_is_updated() -> None:
    entry = bring(data()).entry
    GalleryEntry.objects.filter(pk=entry.pk).update(published=True)
    changed = data()
    changed["gallery"]["order"] = 5
    assert bring(changed, update=True).entry.published


def test_a_bad_file_names_every_field_and_writes_nothing() -> None:
    bad = data()
    del bad["name"]
    bad["gallery"]["order"] = -1
    with pytest.raises(ImportRefused) as caught:
        bring(bad)
    assert {one.field for one in caught.value.errors} == {"name", "gallery.order"}
    assert not WorkflowTemplate.objects.exists()


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000])
def test_a_text_that_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ImportRefused, match="This is no JSON"):
        read_json(text)


def test_one_entry_leaves_as_json_and_several_as_a_zip() -> None:
    seed()
    entries = list(GalleryEntry.objects.order_by("template__slug"))
    one = export_entries(entries[:1])
    assert one.name == f"{entries[0].template.slug}.json"
    assert json.loads(one.data) == data(entries[0].template.slug)
    many = export_entries(entries)
    with zipfile.ZipFile(io.BytesIO(many.data)) as archive:
        assert sorted(archive.namelist()) == sorted(path.name for path in FOLDER.glob("*.json"))
        assert json.loads(archive.read("case-study.json")) == data("case-study")
