"""Stored pictures, on disk and on a real S3 server."""

import hashlib
import io
import os
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from PIL import Image as Picture

from documents import images
from documents.images import (
    StorageFault,
    add_upload,
    image_url,
    open_image,
    put_object,
    store_image,
)
from documents.models import Image
from documents.uploads import UploadRejected, clean_image
from tests.documents.conftest import png


def stored(workspace_id: int, sha: str) -> list[str]:
    try:
        return default_storage.listdir(f"w/{workspace_id}/images/{sha[:2]}")[1]
    except FileNotFoundError:
        return []


def test_an_upload_can_be_opened_again(storage, workspace, author):
    image = add_upload(workspace=workspace, data=png(), alt_text="A dot", created_by=author)
    image = Image.objects.get(pk=image.pk)
    data = open_image(image)
    assert hashlib.sha256(data).hexdigest() == image.sha256
    assert image.key == f"w/{workspace.pk}/images/{image.sha256[:2]}/{image.sha256}.png"
    assert (image.width, image.height, image.size) == (8, 6, len(data))
    assert (image.content_type, image.source, image.alt_text) == ("image/png", "upload", "A dot")
    assert image.created_by == author
    assert Picture.open(io.BytesIO(data)).getpixel((0, 0)) == (255, 0, 0)


def test_the_same_picture_is_stored_once(storage, workspace):
    first = add_upload(workspace=workspace, data=png(colour="green"))
    second = add_upload(workspace=workspace, data=png(colour="green"))
    assert first.pk != second.pk
    assert first.key == second.key
    assert stored(workspace.pk, first.sha256) == [f"{first.sha256}.png"]


def test_workspaces_share_no_objects(storage, workspace, elsewhere):
    ours = add_upload(workspace=workspace, data=png())
    theirs = add_upload(workspace=elsewhere, data=png())
    assert ours.sha256 == theirs.sha256
    assert ours.key != theirs.key


def test_many_threads_may_put_one_picture(storage):
    clean = clean_image(png(300, 200, "purple"))
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: put_object(clean, workspace_id=7), range(16)))
    [key] = keys
    assert default_storage.open(key).read() == clean.data
    assert stored(7, clean.sha256) == [f"{clean.sha256}.png"]


def test_a_whole_object_is_left_alone(storage, monkeypatch):
    clean = clean_image(png(colour="orange"))
    put_object(clean, workspace_id=8)
    monkeypatch.setattr(type(storages["default"]), "_save", None)
    put_object(clean, workspace_id=8)


def test_an_old_object_that_is_put_again_is_young_again(storage, workspace, monkeypatch):
    image = add_upload(workspace=workspace, data=png(colour="orange"))
    if storage == "disk":
        os.utime(default_storage.path(image.key), (1, 1))
    else:
        time.sleep(1.1)  # S3 counts whole seconds
        monkeypatch.setattr(images, "_STALE", timedelta(0))
    before = default_storage.get_modified_time(image.key)
    clean = clean_image(png(colour="orange"))
    assert put_object(clean, workspace_id=workspace.pk) == image.key
    assert default_storage.get_modified_time(image.key) > before
    assert stored(workspace.pk, clean.sha256) == [f"{clean.sha256}.png"]
    assert open_image(image) == clean.data


def test_an_old_object_that_is_removed_while_it_is_put_again_is_stored_anew(storage, monkeypatch):
    clean = clean_image(png(colour="plum"))
    key = put_object(clean, workspace_id=11)
    is_young = images._is_young
    monkeypatch.setattr(images, "_is_young", lambda key: False)
    monkeypatch.setattr(
        images, "_made_young", lambda key, clean: bool(default_storage.delete(key)) or False
    )
    assert put_object(clean, workspace_id=11) == key
    assert is_young(key)
    assert default_storage.open(key).read() == clean.data


def test_an_object_that_a_dead_process_left_half_written_is_replaced(storage, monkeypatch):
    monkeypatch.setattr(images, "_PATIENCE_SECONDS", 0.1)
    clean = clean_image(png(colour="pink"))
    key = f"w/9/images/{clean.sha256[:2]}/{clean.sha256}.png"
    default_storage.save(key, ContentFile(clean.data[:20]))
    assert put_object(clean, workspace_id=9) == key
    assert default_storage.open(key).read() == clean.data


def test_a_storage_that_loses_bytes_is_found_out(storage, monkeypatch):
    monkeypatch.setattr(images, "_PATIENCE_SECONDS", 0.1)
    clean = clean_image(png(colour="black"))
    backend = type(storages["default"])
    save = backend._save
    monkeypatch.setattr(
        backend, "_save", lambda self, name, content: save(self, name, ContentFile(b"lost"))
    )
    with pytest.raises(StorageFault, match="other bytes"):
        put_object(clean, workspace_id=10)


def test_a_missing_object_is_said_to_be_missing(storage, workspace):
    image = add_upload(workspace=workspace, data=png(colour="gold"))
    default_storage.delete(image.key)
    with pytest.raises(FileNotFoundError):
        open_image(image)


def test_a_refused_upload_leaves_no_row(storage, workspace):
    with pytest.raises(UploadRejected):
        add_upload(workspace=workspace, data=b"<svg/>")
    assert not Image.objects.exists()


def test_a_generated_picture_remembers_its_making(storage, workspace):
    clean = clean_image(png(colour="teal"))
    made = {"execution": 3, "node": "pictures", "agent_job": 5, "model": "m", "prompt": "A boat"}
    image = store_image(
        workspace=workspace,
        clean=clean,
        key=put_object(clean, workspace_id=workspace.pk),
        source="generated",
        alt_text="x" * 600,
        provenance=made,
    )
    image.refresh_from_db()
    assert image.provenance == made
    assert (image.execution_id, image.node_key, image.agent_job_id) == (3, "pictures", 5)
    assert image.reviewer_id is None
    assert len(image.alt_text) == 500


@pytest.mark.s3
@pytest.mark.parametrize("storage", ["s3"], indirect=True)
def test_a_link_to_the_bucket_opens_and_nothing_opens_without_it(storage, workspace):
    image = add_upload(workspace=workspace, data=png(colour="silver"))
    url = image_url(image)
    assert "X-Amz-Expires=300" in url
    with urllib.request.urlopen(url) as answer:
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.read() == open_image(image)
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(url.partition("?")[0])
    assert error.value.code == 403
