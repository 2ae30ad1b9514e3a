"""Stored pictures that no row knows go; nothing else does. On disk and on a real S3 server."""

from __future__ import annotations

import contextlib
import os
import time
import uuid
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from documents import orphans
from documents.images import add_upload, put_gallery_object, put_object
from documents.models import Image
from documents.orphans import remove_orphans
from documents.uploads import CleanImage, clean_image
from tests.conftest import wait_until
from tests.documents.conftest import png
from workspaces.models import Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("redis")]
NOW, DAY = timedelta(0), timedelta(days=1)
MANY = 10_000


@pytest.fixture(autouse=True)
def nothing_stored(storage: str, settings: Any) -> None:
    """A bucket of its own: the session's is at work in other tests."""
    if storage == "s3":
        name = f"orphans-{uuid.uuid4().hex[:16]}"
        wait_until(lambda: _made(name), what="the bucket")
        default = settings.STORAGES["default"]
        options = {**default["OPTIONS"], "bucket_name": name}
        settings.STORAGES = {**settings.STORAGES, "default": {**default, "OPTIONS": options}}
    cache.delete(orphans._CURSOR)


def _made(bucket: str) -> bool:
    """A server that has just started may refuse for a moment."""
    with contextlib.suppress(ClientError):
        default_storage.connection.meta.client.create_bucket(Bucket=bucket)  # type: ignore[attr-defined]
        return True
    return False


def picture(number: int) -> CleanImage:
    return clean_image(png(8, 6, (number % 256, number // 256, 7)))


def orphan(number: int, room: int = 7) -> str:
    return put_object(picture(number), workspace_id=room)


def make_old(key: str, days: float = 2) -> None:
    """On disk; S3 lets nobody say when an object was stored."""
    then = time.time() - days * 86_400
    os.utime(default_storage.path(key), (then, then))


def is_there(*keys: str) -> list[bool]:
    return [default_storage.exists(key) for key in keys]


def test_an_object_without_a_row_goes_and_one_with_a_row_stays(workspace: Workspace) -> None:
    image = add_upload(workspace=workspace, data=png(colour="red"))
    lost = orphan(1, workspace.pk)
    elsewhere = orphan(2, 99)
    assert remove_orphans(NOW, MANY) == 2
    assert is_there(image.key, lost, elsewhere) == [True, False, False]
    assert remove_orphans(NOW, MANY) == 0


def test_an_object_that_two_rows_share_stays_until_both_are_gone(workspace: Workspace) -> None:
    first = add_upload(workspace=workspace, data=png(colour="red"))
    second = add_upload(workspace=workspace, data=png(colour="red"))
    first.delete()
    assert remove_orphans(NOW, MANY) == 0
    Image.objects.all().delete()
    assert remove_orphans(NOW, MANY) == 1
    assert is_there(second.key) == [False]


def test_a_young_object_stays(workspace: Workspace) -> None:
    key = orphan(1)
    assert remove_orphans(DAY, MANY) == 0
    assert is_there(key) == [True]


@pytest.mark.parametrize("storage", ["disk"], indirect=True)
def test_a_day_is_what_counts(storage: str) -> None:
    old, young = orphan(1), orphan(2)
    make_old(old, 1.01)
    make_old(young, 0.99)
    assert remove_orphans(DAY, MANY) == 1
    assert is_there(old, young) == [False, True]


def test_pictures_of_the_gallery_and_foreign_files_stay(workspace: Workspace) -> None:
    name = put_gallery_object(picture(1), entry_id=3)
    others = [
        "readme.txt",
        f"w/{workspace.pk}/notes.txt",
        f"w/{workspace.pk}/images/ab/not-a-hash.png",
        f"w/{workspace.pk}/files/ab/{'a' * 64}.png",
    ]
    for key in others:
        default_storage.save(key, ContentFile(b"kept"))
    assert remove_orphans(NOW, MANY) == 0
    assert is_there(f"gallery/3/{name}", *others) == [True] * 5
    for key in others:
        default_storage.delete(key)


def test_it_goes_on_where_it_stopped_and_begins_anew_behind_the_last(workspace: Workspace) -> None:
    kept = add_upload(workspace=workspace, data=png(colour="red")).key
    lost = [orphan(number, room) for number in range(5) for room in (1, 10, 2)]
    order = [key for key, _ in orphans._stored(default_storage, "")]
    assert sorted(order) == sorted([kept, *lost])
    removed = [remove_orphans(NOW, 4) for _ in range(4)]
    assert sum(removed) == 15
    assert is_there(*lost) == [False] * 15
    assert cache.get(orphans._CURSOR) in (None, kept, order[-1])
    late = orphan(77, 1)
    assert sum(remove_orphans(NOW, 4) for _ in range(2)) == 1
    assert is_there(late, kept) == [False, True]


def test_without_redis_it_begins_anew_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [orphan(number) for number in range(4)]
    monkeypatch.setattr(cache, "get", lambda *_: None)
    assert [remove_orphans(NOW, 2), remove_orphans(NOW, 2)] == [2, 2]
    assert is_there(*keys) == [False] * 4


def test_a_row_that_comes_at_the_last_moment_keeps_its_picture(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove, made = orphans._remove, []

    def late(key: str, older_than: timedelta) -> bool:
        made.append(add_upload(workspace=workspace, data=png(colour="red")))
        return remove(key, older_than)

    key = put_object(clean_image(png(colour="red")), workspace_id=workspace.pk)
    monkeypatch.setattr(orphans, "_remove", late)
    assert remove_orphans(NOW, MANY) == 0
    assert made
    assert is_there(key) == [True]


@pytest.mark.parametrize("storage", ["disk"], indirect=True)
def test_an_old_object_that_a_writer_has_found_is_safe_before_its_row_is_there(
    storage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: ``put_object`` makes it young, and the age is asked right before the delete."""
    key = orphan(1)
    make_old(key)
    remove = orphans._remove

    def meanwhile(key: str, older_than: timedelta) -> bool:
        assert put_object(picture(1), workspace_id=7) == key
        return remove(key, older_than)

    monkeypatch.setattr(orphans, "_remove", meanwhile)
    assert remove_orphans(DAY, MANY) == 0
    assert is_there(key) == [True]


def test_an_object_that_somebody_else_removes_is_no_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key, remove = orphan(1), orphans._remove

    def second(key: str, older_than: timedelta) -> bool:
        default_storage.delete(key)
        return remove(key, older_than)

    monkeypatch.setattr(orphans, "_remove", second)
    assert remove_orphans(NOW, MANY) == 0
    assert is_there(key) == [False]


def test_a_storage_that_is_away_leaves_the_place_where_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys = sorted(orphan(number) for number in range(3))
    monkeypatch.setattr(orphans, "_PAGE", 1)
    backend: Any = type(default_storage._wrapped)
    delete = backend.delete

    def once(self: Any, name: str) -> None:
        if name == keys[1]:
            raise ConnectionError("the storage is away")
        delete(self, name)

    with monkeypatch.context() as patch:
        patch.setattr(backend, "delete", once)
        with contextlib.suppress(ConnectionError):
            remove_orphans(NOW, MANY)
    assert is_there(*keys) == [False, True, True]
    assert cache.get(orphans._CURSOR) == keys[0]
    assert remove_orphans(NOW, MANY) == 2
