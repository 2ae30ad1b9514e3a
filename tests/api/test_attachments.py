"""A document's pictures over the API: attached or none, in order, never over the limit."""

from __future__ import annotations

from typing import Any

import pytest

from documents.attach import AttachItem, attach_images
from documents.models import Document, DocumentAttachment, Image
from tests import factories as make
from tests.api.conftest import Program, attrs, problem, sent
from workspaces.models import User, Workspace


@pytest.fixture
def document(workspace: Workspace) -> Document:
    return make.DocumentFactory(workspace=workspace)


@pytest.fixture
def pictures(workspace: Workspace) -> list[int]:
    return [make.ImageFactory(workspace=workspace).pk for _ in range(21)]


def _attach(document: Document, image_ids: list[int]) -> None:
    attach_images(document=document, images=[AttachItem(image_id) for image_id in image_ids])


def _order(answer: Any) -> list[int]:
    return [row["image_id"] for row in answer.json()["attachments"]]


def test_pictures_are_attached_by_id_in_the_order_given(
    editor: User, program: Program, document: Document, pictures: list[int]
) -> None:
    client = program(editor)
    path = f"/documents/{document.pk}/attachments"
    answer = client.make(path, {"image_ids": pictures[:3][::-1]})
    assert answer.status_code == 201
    assert _order(answer) == pictures[:3][::-1]
    rows = answer.json()["attachments"]
    assert [row["attachment_order"] for row in rows] == [1, 2, 3]
    assert [row["is_primary"] for row in rows] == [True, False, False]
    assert rows[0]["image"]["url"] == f"/api/images/{pictures[2]}/file"
    assert _order(client.make(path, {"image_ids": [pictures[0], pictures[3]]})) == [
        *pictures[:3][::-1],
        pictures[3],
    ]


def test_files_are_uploaded_and_attached_at_once(
    editor: User, program: Program, document: Document
) -> None:
    client = program(editor)
    files = [sent("a.png"), sent("../../b.png")]
    answer = client.upload(f"/documents/{document.pk}/attachments", files=files)
    assert answer.status_code == 201
    rows = answer.json()["attachments"]
    assert len(rows) == 2
    got = client.get(rows[0]["image"]["url"])
    assert got["Content-Type"] == "image/png"
    assert Image.objects.filter(source="upload", created_by=editor).count() == 2


def test_a_file_that_is_no_picture_is_named_and_nothing_is_attached(
    editor: User, program: Program, document: Document
) -> None:
    files = [sent(), sent("x.png", b"<svg/>"), sent("y.png", b"")]
    answer = program(editor).upload(f"/documents/{document.pk}/attachments", files=files)
    assert attrs(answer) == {"files.1", "files.2"}
    assert not Image.objects.exists()
    assert not DocumentAttachment.objects.exists()


@pytest.mark.parametrize("by", ["id", "upload"])
def test_the_picture_over_the_limit_is_a_409_and_nothing_is_lost(
    by: str, editor: User, program: Program, document: Document, pictures: list[int]
) -> None:
    _attach(document, pictures[:19])
    client = program(editor)
    path = f"/documents/{document.pk}/attachments"
    if by == "id":
        answer = client.make(path, {"image_ids": pictures[19:21]})
    else:
        answer = client.upload(path, files=[sent(), sent()])
    body = problem(answer, 409)
    assert body["current"] == {"images": 19, "limit": 20}
    assert body["errors"][0]["code"] == "too_many_images"
    assert "attach 1 at most" in body["detail"]
    kept = document.attachments.values_list("image_id", flat=True)
    assert list(kept) == pictures[:19]
    assert Image.objects.count() == 21
    assert client.make(path, {"image_ids": [pictures[19]]}).status_code == 201
    problem(client.make(path, {"image_ids": [pictures[20]]}), 409)


def test_pictures_of_another_workspace_are_refused(
    editor: User, program: Program, document: Document, pictures: list[int], elsewhere: Workspace
) -> None:
    foreign = make.ImageFactory(workspace=elsewhere).pk
    path = f"/documents/{document.pk}/attachments"
    for image_ids in ([pictures[0], foreign], [2**63 - 1]):
        assert attrs(program(editor).make(path, {"image_ids": image_ids})) == {"image_ids"}
    assert not DocumentAttachment.objects.exists()


def test_the_order_takes_every_picture_once(
    editor: User, program: Program, document: Document, pictures: list[int]
) -> None:
    _attach(document, pictures[:3])
    client = program(editor)
    path = f"/documents/{document.pk}/attachments/order"
    a, b, c = pictures[:3]
    assert _order(client.put_json(path, {"image_ids": [c, a, b]})) == [c, a, b]
    for wrong in ([c, a], [c, a, b, b], [c, a, pictures[3]], [], [a, a, a]):
        assert attrs(client.put_json(path, {"image_ids": wrong})) == {"image_ids"}
    assert list(document.attachments.values_list("image_id", flat=True)) == [c, a, b]


def test_another_picture_becomes_the_primary_one(
    editor: User, program: Program, document: Document, pictures: list[int]
) -> None:
    _attach(document, pictures[:2])
    client = program(editor)
    path = f"/documents/{document.pk}/attachments"
    answer = client.put_json(f"{path}/{pictures[1]}/primary")
    assert [row["is_primary"] for row in answer.json()["attachments"]] == [False, True]
    problem(client.put_json(f"{path}/{pictures[2]}/primary"), 404)
    listed = client.read("/documents").json()["results"][0]
    assert (listed["primary_image_id"], listed["images"]) == (pictures[1], 2)


def test_texts_change_where_they_are_given(
    editor: User, program: Program, document: Document, pictures: list[int]
) -> None:
    _attach(document, pictures[:1])
    client = program(editor)
    path = f"/documents/{document.pk}/attachments/{pictures[0]}"
    client.call("PATCH", path, {"alt_text": "A shoe", "caption": "Red"})
    (row,) = client.call("PATCH", path, {"caption": ""}).json()["attachments"]
    assert (row["alt_text"], row["caption"]) == ("A shoe", "")
    assert attrs(client.call("PATCH", path, {"alt_text": "x" * 501})) == {"alt_text"}
    assert attrs(client.call("PATCH", path, {"is_primary": True})) == {"is_primary"}
    missing = f"/documents/{document.pk}/attachments/{pictures[1]}"
    problem(client.call("PATCH", missing, {"caption": "x"}), 404)


def test_a_picture_is_taken_off_and_kept_among_the_images(
    editor: User, program: Program, document: Document, pictures: list[int]
) -> None:
    _attach(document, pictures[:2])
    client = program(editor)
    path = f"/documents/{document.pk}/attachments/{pictures[0]}"
    assert client.remove(path).status_code == 204
    problem(client.remove(path), 404)
    (row,) = client.read(f"/documents/{document.pk}").json()["attachments"]
    assert (row["image_id"], row["is_primary"], row["attachment_order"]) == (pictures[1], True, 1)
    assert client.read(f"/images/{pictures[0]}").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"image_ids": []},
        {"image_ids": "1"},
        {"image_ids": [0]},
        {"image_ids": ["x"]},
        {"image_ids": [2**63]},
        {"image_ids": [None]},
        {"image_ids": list(range(1, 102))},
        {"image_ids": [1], "primary": 1},
        [1],
    ],
)
def test_ids_that_are_none_are_refused(
    body: Any, editor: User, program: Program, document: Document
) -> None:
    problem(program(editor).make(f"/documents/{document.pk}/attachments", body), 422)


def test_every_call_needs_the_right_and_the_workspace(
    viewer: User, stranger: User, program: Program, document: Document, pictures: list[int]
) -> None:
    _attach(document, pictures[:1])
    path = f"/documents/{document.pk}/attachments"
    calls = [
        ("POST", path, {"image_ids": pictures[1:2]}),
        ("PUT", f"{path}/order", {"image_ids": pictures[:1]}),
        ("PUT", f"{path}/{pictures[0]}/primary", None),
        ("PATCH", f"{path}/{pictures[0]}", {"caption": "x"}),
        ("DELETE", f"{path}/{pictures[0]}", None),
    ]
    elsewhere = stranger.memberships.get().workspace
    for method, address, body in calls:
        problem(program(viewer).call(method, address, body), 403)
        problem(program(stranger, where=elsewhere).call(method, address, body), 404)
    row = DocumentAttachment.objects.get()
    assert (row.image_id, row.caption) == (pictures[0], "")
