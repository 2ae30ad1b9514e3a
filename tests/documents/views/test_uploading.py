"""Pictures from people's machines, into a document or into the library."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from documents.attach import AttachItem, attach_images
from documents.images import open_image
from documents.inspect import MAX_IMAGE_BYTES
from documents.models import Document, Image
from documents.views import uploading
from tests.documents.conftest import MakeImages, png
from tests.factories import AttachmentFactory
from workspaces.models import User, Workspace

JSON = {"Accept": "application/json"}


def file(name: str = "cup.png", data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, png() if data is None else data)


def test_a_picture_is_stored_and_attached(
    at_desk: Client, url: Callable[..., str], document: Document, editor: User
) -> None:
    response = at_desk.post(url("images/upload"), {"files": file()}, headers=JSON)
    image = document.attachments.get().image
    assert response.status_code == 201
    assert response.json() == {"added": [image.pk], "errors": []}
    assert (image.source, image.created_by) == ("upload", editor)
    assert open_image(image).startswith(b"\x89PNG")


def test_without_scripts_the_page_names_each_file_that_was_refused(
    at_desk: Client, url: Callable[..., str], document: Document
) -> None:
    files = [file(), file("notes.txt", b"Hello"), file("empty.png", b"")]
    page = at_desk.post(url("images/upload"), {"files": files}, follow=True).content.decode()
    assert document.attachments.count() == 1
    assert "notes.txt: This file is not a picture that we know." in page
    assert "empty.png: The file is empty." in page
    assert "1 image added." in page


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("notes.txt", b"Hello", "This file is not a picture that we know."),
        ("art.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This is a SVG file."),
        ("cut.png", png()[:40], "The file is damaged or cut off"),
        ("large.png", b"\x89PNG\r\n\x1a\n" + b"x" * MAX_IMAGE_BYTES, "at most 25.0 MB"),
        ("<b>.png", b"", "The file is empty."),
    ],
    ids=["text", "drawing", "cut off", "too large", "empty"],
)
def test_what_is_no_picture_is_refused_by_name(
    name: str,
    data: bytes,
    why: str,
    at_desk: Client,
    url: Callable[..., str],
    document: Document,
) -> None:
    response = at_desk.post(url("images/upload"), {"files": file(name, data)}, headers=JSON)
    assert response.status_code == 422
    error = response.json()["errors"][0]
    assert error["name"] == name
    assert why in error["message"]
    assert not Image.objects.exists()


def test_no_file_at_all_is_said(at_desk: Client, url: Callable[..., str]) -> None:
    response = at_desk.post(url("images/upload"), headers=JSON)
    assert response.status_code == 422
    assert response.json()["errors"][0]["message"] == "Choose at least one image."


@pytest.fixture
def nearly_full(document: Document, workspace: Workspace, make_images: MakeImages) -> Document:
    images = make_images(workspace, 19)
    attach_images(document=document, images=[AttachItem(image.pk) for image in images])
    return document


def test_the_21st_picture_is_refused_and_not_stored(
    at_desk: Client, url: Callable[..., str], nearly_full: Document
) -> None:
    files = [file("a.png"), file("b.png", png(colour="blue"))]
    response = at_desk.post(url("images/upload"), {"files": files}, headers=JSON)
    assert response.status_code == 201
    assert [error["name"] for error in response.json()["errors"]] == ["b.png"]
    assert (nearly_full.attachments.count(), Image.objects.count()) == (20, 20)

    response = at_desk.post(url("images/upload"), {"files": file()}, headers=JSON)
    assert response.status_code == 409
    assert "The document has 20 images, and may have no more." in response.content.decode()
    assert (nearly_full.attachments.count(), Image.objects.count()) == (20, 20)


def test_a_picture_whose_place_is_taken_meanwhile_is_kept_in_the_library(
    at_desk: Client,
    url: Callable[..., str],
    nearly_full: Document,
    workspace: Workspace,
    make_images: MakeImages,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add_upload = uploading.add_upload

    def slow(**fields: Any) -> Image:
        other = make_images(workspace, 1)[0]
        AttachmentFactory(document=nearly_full, image=other)
        return add_upload(**fields)

    monkeypatch.setattr(uploading, "add_upload", slow)
    response = at_desk.post(url("images/upload"), {"files": file()}, headers=JSON)
    assert response.status_code == 409
    assert "It is in the image library now." in response.json()["errors"][0]["message"]
    assert nearly_full.attachments.count() == 20
    assert Image.objects.filter(attachments=None).count() == 1


def test_a_picture_goes_to_the_library(at_desk: Client, workspace: Workspace) -> None:
    address = f"/w/{workspace.slug}/images/upload"
    assert at_desk.post(address, {"files": file()}, headers=JSON).status_code == 201
    page = at_desk.post(address, {"files": [file(), file("x.png", b"")]}, follow=True)
    assert page.redirect_chain == [(f"/w/{workspace.slug}/images", 302)]
    assert "x.png: The file is empty." in page.content.decode()
    assert Image.objects.filter(workspace=workspace).count() == 2
