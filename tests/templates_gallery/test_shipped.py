"""The samples that Copyloom comes with, and how their pictures reach the storage."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.test import Client

from documents.images import gallery_key
from templates_gallery import pictures, shipped
from templates_gallery.catalog import FOLDER, BadFixture, seed
from templates_gallery.models import GalleryEntry
from workflows import samples
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db
SLUG = "x-thread"
FILES = sorted(FOLDER.glob("*.json"))
Browse = Callable[[User], Client]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one template, whose sample has one picture."""
    shutil.copy(FOLDER / f"{SLUG}.json", tmp_path)
    shutil.copytree(FOLDER / "pictures" / SLUG, tmp_path / "pictures" / SLUG)
    return tmp_path


@pytest.fixture
def picture(folder: Path) -> Path:
    """The file of the picture."""
    return folder / "pictures" / SLUG / "1.webp"


def sample_of(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text())["gallery"]["sample"]


def entry() -> GalleryEntry:
    return GalleryEntry.objects.get(template__slug=SLUG)


def stored() -> dict[Path, tuple[int, int]]:
    """Every stored gallery file, with when it was written and its size."""
    root = Path(settings.MEDIA_ROOT) / "gallery"
    facts = {path: path.stat() for path in root.rglob("*") if path.is_file()}
    return {path: (fact.st_mtime_ns, fact.st_size) for path, fact in facts.items()}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_template_comes_with_a_sample_that_says_how_it_was_made(path: Path) -> None:
    sample = sample_of(path)
    assert samples.issues(sample) == []
    assert len(sample["body"]) > 300 and 20 < len(sample["excerpt"]) < 200
    assert "run of this template" in sample["note"] and "by hand" in sample["note"]
    unused = " ".join([sample["body"], *(image["alt_text"] for image in sample["images"])])
    for word in json.loads(path.read_text())["gallery"]["sample_inputs"].get("avoid", []):
        assert word.lower() not in unused.lower()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_picture_of_a_sample_is_a_small_file_and_no_file_is_left_over(path: Path) -> None:
    place = FOLDER / "pictures" / path.stem
    found = {file.name for file in place.glob("*")} if place.exists() else set()
    wanted = range(1, len(sample_of(path)["images"]) + 1)
    assert found == {f"{number}.webp" for number in wanted}
    assert all((place / name).stat().st_size <= 60_000 for name in found)


def test_all_pictures_together_stay_below_two_megabytes() -> None:
    assert sum(file.stat().st_size for file in FOLDER.rglob("*.webp")) < 2_000_000


def test_seeding_stores_the_pictures_as_they_are(folder: Path, picture: Path) -> None:
    seed(folder=folder)
    [image] = entry().sample_images
    assert pictures.read(entry(), image["picture"]) == picture.read_bytes()
    assert (image["width"], image["height"]) == (960, 540)


def test_every_picture_of_the_gallery_can_be_fetched_once_it_is_seeded(
    browse: Browse, viewer: User
) -> None:
    seed()
    client = browse(viewer)
    shown = [one["url"] for each in GalleryEntry.objects.all() for one in each.sample_images]
    assert len(shown) == sum(len(sample_of(path)["images"]) for path in FILES) > 16
    assert {client.get(url).status_code for url in shown} == {200}


def test_seeding_again_writes_nothing_however_old_the_pictures_are(folder: Path) -> None:
    seed(folder=folder)
    for path in stored():
        os.utime(path, (1, 1))
    before, row = stored(), entry().sample
    assert [result.action for result in seed(folder=folder)] == ["unchanged"]
    assert (stored(), entry().sample) == (before, row)


@pytest.mark.parametrize("left", [None, b"RIFF"])
def test_a_picture_that_storage_lost_or_has_in_half_is_stored_again(
    folder: Path, picture: Path, left: bytes | None
) -> None:
    seed(folder=folder)
    [path] = stored()
    path.unlink()
    if left is not None:
        path.write_bytes(left)
    seed(folder=folder)
    assert path.read_bytes() == picture.read_bytes()


def test_a_dry_run_stores_no_picture(folder: Path) -> None:
    seed(folder=folder, dry_run=True)
    assert stored() == {}


def test_a_dry_run_over_a_new_release_removes_no_picture(
    folder: Path, picture: Path, django_capture_on_commit_callbacks: Any
) -> None:
    seed(folder=folder)
    before = stored()
    picture.write_bytes((FOLDER / "pictures" / "seo-landing-page" / "1.webp").read_bytes())
    with django_capture_on_commit_callbacks() as callbacks:
        seed(folder=folder, dry_run=True)
    assert (stored(), callbacks) == (before, [])


def test_a_new_release_of_a_picture_takes_the_place_of_the_old(
    folder: Path, picture: Path, django_capture_on_commit_callbacks: Any
) -> None:
    seed(folder=folder)
    old = entry().sample["images"][0]["picture"]
    picture.write_bytes((FOLDER / "pictures" / "seo-landing-page" / "1.webp").read_bytes())
    with django_capture_on_commit_callbacks(execute=True):
        [result] = seed(folder=folder)
    assert result.details == ("sample",)
    [image] = entry().sample["images"]
    assert pictures.read(entry(), image["picture"]) == picture.read_bytes()
    assert not default_storage.exists(gallery_key(entry().pk, old))


def test_a_sample_that_a_curator_changed_stays_with_its_pictures(
    folder: Path, picture: Path
) -> None:
    seed(folder=folder)
    ours = {**entry().sample, "title": "Our own thread"}
    GalleryEntry.objects.update(sample=ours)
    before = stored()
    picture.write_bytes((FOLDER / "pictures" / "seo-landing-page" / "1.webp").read_bytes())
    for _ in range(2):
        [result] = seed(folder=folder)
        assert result.details == ("sample kept",)
    assert (entry().sample, stored()) == (ours, before)


def test_a_sample_that_a_curator_took_away_does_not_come_back(folder: Path) -> None:
    seed(folder=folder)
    GalleryEntry.objects.update(sample={})
    seed(folder=folder)
    assert entry().sample == {}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda path: path.unlink(), "is missing"),
        (lambda path: path.write_text("no picture"), "is no whole WebP picture"),
        (lambda path: path.write_bytes(path.read_bytes()[:9_000]), "is no whole WebP picture"),
        (
            lambda path: shutil.copy(FOLDER / "pictures/instagram-carousel/1.webp", path),
            "has 768 by 960 pixels, and the sample says 960 by 540",
        ),
    ],
)
def test_a_bad_picture_is_named_and_nothing_is_written(
    folder: Path, picture: Path, change: Callable[[Path], Any], said: str
) -> None:
    change(picture)
    with pytest.raises(BadFixture, match=rf"x-thread\.json: pictures/x-thread/1\.webp {said}"):
        seed(folder=folder)
    assert not GalleryEntry.objects.exists()
    assert stored() == {}


def test_a_picture_is_decoded_once_in_a_process(folder: Path) -> None:
    seed(folder=folder)
    before = shipped._decoded.cache_info().misses
    seed(folder=folder)
    assert shipped._decoded.cache_info().misses == before


def test_the_card_peeks_at_the_sample_and_the_page_shows_it_with_its_label(
    browse: Browse, viewer: User, workspace: Workspace, folder: Path
) -> None:
    seed(folder=folder)
    [image] = entry().sample_images
    client, gallery = browse(viewer), f"/w/{workspace.slug}/templates"
    card = client.get(gallery).content.decode()
    assert image["url"] in card
    assert "Six posts about the others." in card
    shown = client.get(f"{gallery}/{SLUG}").content.decode()
    assert image["url"] in shown and image["alt_text"] in shown
    assert "Begin with what users can do now" in shown
    assert "The words were rewritten by hand" in shown
    assert "1 image</span>" in shown


def test_whoever_is_signed_in_gets_a_shipped_picture_and_nobody_else_does(
    browse: Browse, viewer: User, stranger: User, client: Client, folder: Path, picture: Path
) -> None:
    seed(folder=folder)
    [image] = entry().sample_images
    for person in (viewer, stranger):
        answer = browse(person).get(image["url"])
        assert (answer.content, answer["Content-Type"]) == (picture.read_bytes(), "image/webp")
    assert client.get(image["url"]).status_code == 302
    GalleryEntry.objects.update(published=False)
    assert browse(viewer).get(image["url"]).status_code == 404
