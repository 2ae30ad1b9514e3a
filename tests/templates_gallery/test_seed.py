"""Seeding: once is enough, and what somebody changed stays."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from templates_gallery.catalog import FOLDER, BadFixture, seed
from templates_gallery.models import Category, GalleryEntry
from tests.factories import TemplateFactory, small_graph
from workflows.models import WorkflowTemplate, WorkflowVersion
from workflows.versions import save_version

pytestmark = pytest.mark.django_db
SLUG = "subject-line-lab"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one template."""
    (tmp_path / f"{SLUG}.json").write_text((FOLDER / f"{SLUG}.json").read_text())
    return tmp_path


def edit(folder: Path, **fields: Any) -> None:
    """A newer release of the file; ``label`` changes the graph."""
    path = folder / f"{SLUG}.json"
    data = json.loads(path.read_text())
    data["nodes"][0]["label"] = fields.pop("label", data["nodes"][0]["label"])
    data["gallery"].update(fields)
    path.write_text(json.dumps(data))


def actions(folder: Path) -> list[str]:
    return [result.action for result in seed(folder=folder)]


def current() -> WorkflowTemplate:
    return WorkflowTemplate.objects.get(workspace=None, slug=SLUG)


def test_the_own_templates_become_global_ones_on_their_shelves() -> None:
    assert {result.action for result in seed()} == {"created"}
    assert WorkflowTemplate.objects.filter(workspace=None).count() == len(seed())
    entry = GalleryEntry.objects.get(template__slug="instagram-launch-kit")
    assert entry.published and entry.featured
    assert entry.category == Category.objects.get(slug="social")


def test_seeding_again_changes_nothing(folder: Path) -> None:
    seed(folder=folder)
    before = list(GalleryEntry.objects.values("title", "seeded_hash", "order"))
    assert actions(folder) == ["unchanged"]
    assert WorkflowVersion.objects.count() == 1
    assert list(GalleryEntry.objects.values("title", "seeded_hash", "order")) == before


def test_a_dry_run_tells_and_writes_nothing(folder: Path) -> None:
    assert [result.action for result in seed(dry_run=True, folder=folder)] == ["created"]
    assert not WorkflowTemplate.objects.exists()
    assert not Category.objects.exists()


def test_a_new_graph_makes_a_new_version(folder: Path) -> None:
    seed(folder=folder)
    edit(folder, label="Newer")
    assert actions(folder) == ["updated"]
    version = current().current_version
    assert version and version.number == 2
    assert version.nodes.get(key="brief").label == "Newer"


def test_a_graph_that_an_administrator_changed_stays(folder: Path) -> None:
    seed(folder=folder)
    save_version(current(), small_graph())
    edit(folder, label="Newer")
    (result,) = seed(folder=folder)
    assert "graph kept" in result.details
    assert current().current_version.nodes.filter(key="teaser").exists()


def test_a_draft_keeps_the_graph_too(folder: Path) -> None:
    seed(folder=folder)
    WorkflowTemplate.objects.update(draft={"nodes": [], "edges": []})
    edit(folder, label="Newer")
    seed(folder=folder)
    assert current().draft == {"nodes": [], "edges": []}
    assert current().current_version.number == 1


def test_fields_that_a_curator_changed_stay_and_the_others_follow(folder: Path) -> None:
    seed(folder=folder)
    GalleryEntry.objects.update(title="Ours", order=3, published=False)
    WorkflowTemplate.objects.update(name="Our lab")
    edit(folder, title="Newer", summary="Newer summary", order=99)
    seed(folder=folder)
    seed(folder=folder)
    entry = GalleryEntry.objects.get()
    assert (entry.title, entry.order, entry.published) == ("Ours", 3, False)
    assert entry.summary == "Newer summary"
    assert current().name == "Our lab"


def test_a_curators_category_stays(folder: Path) -> None:
    seed(folder=folder)
    GalleryEntry.objects.update(category=Category.objects.create(name="Mine", slug="mine"))
    Category.objects.filter(slug="email").update(name="Post")
    seed(folder=folder)
    assert GalleryEntry.objects.get().category.slug == "mine"
    assert Category.objects.get(slug="email").name == "Post"


def test_what_was_archived_or_taken_off_the_shelf_does_not_come_back(folder: Path) -> None:
    seed(folder=folder)
    GalleryEntry.objects.all().delete()
    assert actions(folder) == ["kept"]
    assert not GalleryEntry.objects.exists()
    WorkflowTemplate.objects.update(archived_at=timezone.now())
    assert actions(folder) == ["kept"]


def test_a_global_template_that_has_the_slug_already_is_left_alone(folder: Path) -> None:
    TemplateFactory(workspace=None, slug=SLUG, name="Somebody's")
    assert actions(folder) == ["kept"]
    assert current().name == "Somebody's"


def test_one_bad_file_is_named_and_nothing_is_written(folder: Path) -> None:
    (folder / "zz.json").write_text('{"format": "copyloom.template"}')
    with pytest.raises(BadFixture, match=r"zz\.json: .*name is missing"):
        seed(folder=folder)
    assert not WorkflowTemplate.objects.exists()
