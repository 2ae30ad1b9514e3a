"""Images and reference files: in through one door, out to those who may see them."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.core.files.storage import default_storage

from documents.models import Image, ReferenceFile
from tests import factories as make
from tests.api.conftest import ApiClient, Program, attrs, problem, put_picture, sent
from tests.documents.conftest import png
from workspaces.models import Role, User, Workspace


def test_several_pictures_come_in_at_once(editor: User, program: Program) -> None:
    client = program(editor)
    files = [sent("a.png", png(8, 6)), sent("a.png", png(4, 4, "blue"))]
    answer = client.upload("/images", files=files)
    assert answer.status_code == 201
    images = answer.json()["images"]
    assert [(row["width"], row["height"]) for row in images] == [(8, 6), (4, 4)]
    assert {row["source"] for row in images} == {"upload"}
    for row in images:
        got = client.get(row["url"])
        assert got.status_code == 200
        assert len(b"".join(got)) == row["size"]
        assert client.read(f"/images/{row['id']}").json()["sha256"] == row["sha256"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "format"),
        (b"GIF89a" + b"\0" * 100, "format"),
        (png()[:40], "damaged"),
    ],
)
def test_a_file_that_is_no_picture_is_refused_and_named(
    data: bytes, code: str, editor: User, program: Program
) -> None:
    answer = program(editor).upload("/images", files=[sent(), sent("x.png", data)])
    assert attrs(answer) == {"files.1"}
    assert answer.json()["errors"][0]["code"] == code
    assert not Image.objects.exists()


def test_an_upload_without_files_says_which_field_they_go_in(
    editor: User, program: Program
) -> None:
    client = program(editor)
    for path in ("/images", "/files"):
        assert attrs(client.upload(path)) == {"files"}
        assert attrs(client.upload(path, files="text")) == {"files"}
        assert attrs(client.upload(path, file=sent())) == {"file"}
        assert attrs(client.upload(path, files=sent(), workspace=1)) == {"workspace"}
        problem(client.make(path, {"files": ["/etc/passwd"]}), 415)
        broken = client.post(
            f"/api{path}", b"--x\r\nrubbish", content_type="multipart/form-data; boundary=x"
        )
        problem(broken, 422)
        without = client.post(f"/api{path}", b"rubbish", content_type="multipart/form-data")
        problem(without, 422)


def test_more_files_than_one_call_takes_are_a_413(editor: User, program: Program) -> None:
    files = [sent(data=b"x") for _ in range(101)]
    problem(program(editor).upload("/images", files=files), 413)


def test_a_body_that_is_too_large_is_a_413(
    editor: User, program: Program, browser: Program
) -> None:
    for client in (program(editor), browser(editor)):
        answer = client.upload("/images", files=sent(data=b"x" * 26_000_001))
        assert "26,000,000" in problem(answer, 413)["detail"]


def test_a_session_uploads_too(editor: User, browser: Program) -> None:
    client = browser(editor, strict=True)
    problem(client.upload("/images", files=sent()), 403)
    client.cookies["csrftoken"] = "x" * 32
    body = {"files": sent(), "csrfmiddlewaretoken": "x" * 32}
    assert client.post("/api/images", body).status_code == 201


def test_a_picture_is_sent_as_what_it_is_and_nothing_else(
    viewer: User, program: Program, workspace: Workspace
) -> None:
    image = put_picture(workspace, kind="WEBP")
    answer = program(viewer).read(f"/images/{image.pk}/file", headers={"Accept": "image/png"})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/webp"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "private, max-age=300"
    assert answer["Content-Disposition"] == f'inline; filename="image-{image.pk}.webp"'
    assert answer["Content-Length"] == str(image.size)
    saved = program(viewer).read(f"/images/{image.pk}/file?download")
    assert saved["Content-Disposition"].startswith("attachment")


def test_a_picture_comes_through_the_app_wherever_it_is_stored(
    storage: str, viewer: User, program: Program, workspace: Workspace
) -> None:
    image = put_picture(workspace)
    answer = program(viewer).read(f"/images/{image.pk}/file")
    assert answer.status_code == 200
    assert answer["Content-Length"] == str(image.size)
    assert hashlib.sha256(b"".join(answer)).hexdigest() == image.sha256
    default_storage.delete(image.key)
    problem(program(viewer).read(f"/images/{image.pk}/file"), 404)


def test_a_picture_that_is_known_is_not_sent_again(
    viewer: User, program: Program, workspace: Workspace
) -> None:
    image = put_picture(workspace)
    client = program(viewer)
    tag = client.read(f"/images/{image.pk}/file")["ETag"]
    assert tag == f'"{image.sha256}"'
    again = client.read(f"/images/{image.pk}/file", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Cache-Control"] == "private, max-age=300"


def test_a_browser_shows_a_picture_without_naming_the_workspace(
    viewer: User, browser: Program, workspace: Workspace, elsewhere: Workspace
) -> None:
    image = put_picture(workspace)
    for client in (browser(viewer, where=None), browser(viewer, where=elsewhere)):
        assert client.read(f"/images/{image.pk}/file").status_code == 200


def test_nobody_else_sees_a_picture(
    stranger: User,
    viewer: User,
    program: Program,
    browser: Program,
    anybody: ApiClient,
    workspace: Workspace,
    elsewhere: Workspace,
) -> None:
    image = put_picture(workspace)
    path = f"/images/{image.pk}/file"
    tag = {"If-None-Match": f'"{image.sha256}"'}
    problem(anybody.read(path), 401)
    problem(browser(stranger).read(path, headers=tag), 404)
    problem(program(stranger, where=elsewhere).read(path, headers=tag), 404)
    problem(program(viewer, ["read"]).read(f"/images/{2**63 - 1}/file"), 404)
    problem(browser(stranger, where=elsewhere).read(f"/images/{image.pk}"), 404)


def test_a_token_sees_pictures_of_its_own_workspace_alone(
    viewer: User, program: Program, elsewhere: Workspace
) -> None:
    make.MembershipFactory(user=viewer, workspace=elsewhere, role=Role.OWNER)
    image = put_picture(elsewhere)
    problem(program(viewer).read(f"/images/{image.pk}/file"), 404)


def test_a_token_that_may_not_read_sees_no_picture(
    editor: User, program: Program, workspace: Workspace
) -> None:
    image = put_picture(workspace)
    problem(program(editor, ["edit"]).read(f"/images/{image.pk}/file"), 403)


def test_a_picture_whose_file_is_gone_is_a_404(
    viewer: User, program: Program, workspace: Workspace
) -> None:
    image = put_picture(workspace)
    default_storage.delete(image.key)
    problem(program(viewer).read(f"/images/{image.pk}/file"), 404)


def test_images_are_narrowed_by_where_they_come_from(
    viewer: User, program: Program, workspace: Workspace, django_assert_num_queries: Any
) -> None:
    make.ImageFactory(workspace=workspace, alt_text="A red shoe")
    made = make.ImageFactory(workspace=workspace, source="generated", execution_id=7)
    make.ImageFactory(alt_text="A red shoe elsewhere")
    client = program(viewer)

    def ids(query: str) -> list[int]:
        return [row["id"] for row in client.read(f"/images?{query}").json()["results"]]

    assert ids("source=generated") == [made.pk]
    assert ids("execution=7") == [made.pk]
    assert ids("search=RED") == [made.pk - 1]
    assert len(ids("")) == 2
    assert attrs(client.read("/images?source=stolen")) == {"source"}
    with django_assert_num_queries(2):
        client.read("/images")


def test_reference_files_come_in_with_their_names(editor: User, program: Program) -> None:
    client = program(editor)
    one = client.upload("/files", files=sent("../notes.txt", "Grüße".encode()))
    assert one.status_code == 201
    body = one.json()
    assert (body["name"], body["kind"], body["size"]) == ("notes.txt", "txt", 7)
    two = client.upload("/files", files=[sent("a.md", b"# A"), sent("b.csv", b"a,b")]).json()
    assert [row["kind"] for row in two["files"]] == ["md", "csv"]
    assert two["id"] == two["files"][0]["id"]
    rows = client.read("/files").json()["results"]
    assert [row["name"] for row in rows] == ["b.csv", "a.md", "notes.txt"]
    assert client.read("/files?search=notes").json()["results"][0]["id"] == body["id"]


def test_a_reference_file_that_cannot_be_read_is_named_and_none_is_kept(
    editor: User, program: Program
) -> None:
    files = [sent("a.txt", b"fine"), sent("b.exe", b"MZ"), sent("c.txt", b"a\0b")]
    assert attrs(program(editor).upload("/files", files=files)) == {"files.1", "files.2"}
    assert not ReferenceFile.objects.exists()


def test_a_viewer_uploads_nothing(viewer: User, program: Program) -> None:
    client = program(viewer)
    problem(client.upload("/images", files=sent()), 403)
    problem(client.upload("/files", files=sent("a.txt", b"x")), 403)
    assert not Image.objects.exists()
