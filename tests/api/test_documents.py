"""Documents over the API: text, versions, and nobody's change lost."""

from __future__ import annotations

from typing import Any

import pytest

from documents.api import documents
from documents.edit import edit_document
from documents.models import Document, DocumentVersion
from tests import factories as make
from tests.api.conftest import Program, attrs, problem
from workspaces.models import User, Workspace


@pytest.fixture
def document(workspace: Workspace) -> Document:
    return make.DocumentFactory(workspace=workspace, title="Launch", body="# Hello")


def test_an_editor_writes_and_reads_a_document(
    editor: User, program: Program, workspace: Workspace
) -> None:
    project = make.ProjectFactory(workspace=workspace)
    client = program(editor)
    body = {"title": "Launch", "body": "  # Hello\n", "project_id": project.pk}
    made = client.make("/documents", body)
    assert made.status_code == 201
    assert made["Location"] == f"/api/documents/{made.json()['id']}"
    read = client.get(made["Location"])
    assert read.json() == made.json()
    assert read["ETag"] == made["ETag"]
    shown = read.json()
    assert (shown["title"], shown["body"], shown["version"]) == ("Launch", "  # Hello\n", 1)
    assert (shown["project_id"], shown["created_by_id"]) == (project.pk, editor.pk)
    version = DocumentVersion.objects.get()
    assert (version.source, version.author) == ({"kind": "api"}, editor)


def test_a_saved_text_is_the_next_version(
    editor: User, program: Program, document: Document
) -> None:
    client = program(editor)
    saved = client.put_json(f"/documents/{document.pk}", {"title": "Launch", "body": "# New"})
    assert saved.json()["version"] == 2
    same = client.put_json(f"/documents/{document.pk}", {"title": "Launch", "body": "# New"})
    assert same.json()["version"] == 2
    assert document.versions.count() == 2


def test_two_people_at_once_do_not_overwrite_each_other(
    editor: User, owner: User, program: Program, document: Document
) -> None:
    path = f"/documents/{document.pk}"
    tag = program(editor).read(path)["ETag"]
    first = program(owner).put_json(
        path, {"title": "Launch", "body": "owner's"}, headers={"If-Match": tag}
    )
    assert first.status_code == 200
    late = program(editor).put_json(
        path, {"title": "Launch", "body": "editor's"}, headers={"If-Match": tag}
    )
    problem(late, 412)
    problem(program(editor).remove(path, headers={"If-Match": tag}), 412)
    assert program(editor).read(path).json()["body"] == "owner's"
    again = program(editor).put_json(
        path, {"title": "Launch", "body": "both"}, headers={"If-Match": first["ETag"]}
    )
    assert again.json()["body"] == "both"


def test_a_save_between_the_check_and_the_lock_is_seen(
    editor: User, program: Program, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(**options: Any) -> Any:
        Document.objects.filter(pk=document.pk).update(version=2, body="faster")
        return edit_document(**options)

    client = program(editor)
    tag = client.read(f"/documents/{document.pk}")["ETag"]
    monkeypatch.setattr(documents, "edit_document", late)
    answer = client.put_json(
        f"/documents/{document.pk}", {"title": "x", "body": "y"}, headers={"If-Match": tag}
    )
    problem(answer, 412)
    document.refresh_from_db()
    assert document.title == "Launch"


@pytest.mark.parametrize("header", ['"nothing"', "W/{tag}", "nothing", '"a", "b"', '""'])
def test_a_version_that_is_not_the_current_one_is_a_412(
    header: str, editor: User, program: Program, document: Document
) -> None:
    client = program(editor)
    tag = client.read(f"/documents/{document.pk}")["ETag"]
    headers = {"If-Match": header.format(tag=tag)}
    problem(client.put_json(f"/documents/{document.pk}", {"title": "x"}, headers=headers), 412)


@pytest.mark.parametrize("header", ["{tag}", '"other", {tag}', "*"])
def test_a_version_that_is_among_those_named_is_saved(
    header: str, editor: User, program: Program, document: Document
) -> None:
    client = program(editor)
    tag = client.read(f"/documents/{document.pk}")["ETag"]
    headers = {"If-Match": header.format(tag=tag)}
    answer = client.put_json(f"/documents/{document.pk}", {"title": "x"}, headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize("header", ["{tag}", "W/{tag}", '"other", {tag}', "*"])
def test_what_is_known_is_not_sent_again(
    header: str, viewer: User, program: Program, document: Document
) -> None:
    client = program(viewer)
    path = f"/documents/{document.pk}"
    tag = client.read(path)["ETag"]
    answer = client.read(path, headers={"If-None-Match": header.format(tag=tag)})
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", tag)
    make.AttachmentFactory(document=document)
    document.save()
    if header != "*":
        again = client.read(path, headers={"If-None-Match": header.format(tag=tag)})
        assert again.status_code == 200


def test_a_deleted_document_leaves_every_list_and_is_kept(
    editor: User, program: Program, document: Document
) -> None:
    client = program(editor)
    path = f"/documents/{document.pk}"
    assert client.remove(path).status_code == 204
    assert client.read("/documents").json()["results"] == []
    for method, below in [("GET", ""), ("PUT", ""), ("DELETE", ""), ("GET", "/export")]:
        problem(client.call(method, path + below, {"title": "x"}), 404)
    problem(client.make(f"{path}/attachments", {"image_ids": [1]}), 404)
    document.refresh_from_db()
    assert document.archived_at is not None


def test_a_list_is_narrowed_by_project_and_words(
    viewer: User, program: Program, workspace: Workspace
) -> None:
    project = make.ProjectFactory(workspace=workspace)
    inside = make.DocumentFactory(workspace=workspace, project=project, title="Red shoe")
    make.DocumentFactory(workspace=workspace, title="Blue shoe", body="red laces")
    client = program(viewer)

    def titles(query: str) -> list[str]:
        return [row["title"] for row in client.read(f"/documents?{query}").json()["results"]]

    assert titles(f"project={project.pk}") == ["Red shoe"]
    assert titles("search=red") == ["Blue shoe", "Red shoe"]
    assert titles(f"search=shoe&project={inside.project_id}") == ["Red shoe"]
    assert titles(f"project={2**63 - 1}") == []
    assert "body" not in client.read("/documents").json()["results"][0]


@pytest.mark.parametrize("project", ["x", "0", "-1", str(2**63), "1.5", "1e5", "%00"])
def test_a_filter_that_is_no_id_is_refused(project: str, viewer: User, program: Program) -> None:
    assert attrs(program(viewer).read(f"/documents?project={project}")) == {"project"}


def test_a_list_asks_as_much_for_thirty_documents_as_for_three(
    viewer: User, program: Program, workspace: Workspace, django_assert_num_queries: Any
) -> None:
    client = program(viewer)
    for _ in range(30):
        attachment = make.AttachmentFactory(document__workspace=workspace)
        make.AttachmentFactory(document=attachment.document)
    client.read("/documents")
    with django_assert_num_queries(2):
        rows = client.read("/documents?page_size=3").json()["results"]
    with django_assert_num_queries(2):
        client.read("/documents?page_size=30")
    assert {row["images"] for row in rows} == {2}


def test_a_project_of_another_workspace_is_refused_and_saves_nothing(
    editor: User, program: Program, elsewhere: Workspace, document: Document
) -> None:
    foreign = make.ProjectFactory(workspace=elsewhere).pk
    client = program(editor)
    for project_id in (foreign, 2**63 - 1):
        body = {"title": "Other", "body": "Other", "project_id": project_id}
        assert attrs(client.make("/documents", body)) == {"project_id"}
        assert attrs(client.put_json(f"/documents/{document.pk}", body)) == {"project_id"}
    document.refresh_from_db()
    assert (document.title, document.version, document.project_id) == ("Launch", 1, None)
    assert Document.objects.count() == 1


def test_a_project_stays_unless_it_is_named(
    editor: User, program: Program, document: Document, workspace: Workspace
) -> None:
    project = make.ProjectFactory(workspace=workspace)
    path = f"/documents/{document.pk}"
    client = program(editor)
    first = client.read(path)["ETag"]
    moved = client.put_json(path, {"title": "Launch", "body": "", "project_id": project.pk})
    assert moved.json()["project_id"] == project.pk
    assert moved["ETag"] != first
    assert client.put_json(path, {"title": "x"}).json()["project_id"] == project.pk
    left = client.put_json(path, {"title": "x", "project_id": None})
    assert left.json()["project_id"] is None


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, {"title"}),
        ({"title": " "}, {"title"}),
        ({"title": "x" * 201}, {"title"}),
        ({"title": "x", "body": None}, {"body"}),
        ({"title": "x", "body": "y" * 500_001}, {"body"}),
        ({"title": "x", "project_id": "x"}, {"project_id"}),
        ({"title": "x", "project_id": 2**63}, {"project_id"}),
        ({"title": "x", "project_id": 0}, {"project_id"}),
        (
            {"title": "x", "version": 7, "workspace": 1, "created_by_id": 1, "archived_at": None},
            {"version", "workspace", "created_by_id", "archived_at"},
        ),
    ],
)
def test_a_document_that_cannot_be_saved_names_why(
    body: dict[str, Any], named: set[str], editor: User, program: Program, document: Document
) -> None:
    client = program(editor)
    before = Document.objects.values().get()
    assert attrs(client.make("/documents", body)) == named
    assert attrs(client.put_json(f"/documents/{document.pk}", body)) == named
    assert Document.objects.values().get() == before


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("below", ["", "/export"])
def test_a_document_of_another_workspace_is_not_there(
    method: str, below: str, editor: User, program: Program, elsewhere: Workspace
) -> None:
    document = make.DocumentFactory(workspace=elsewhere)
    answer = program(editor).call(method, f"/documents/{document.pk}{below}", {"title": "Mine"})
    problem(answer, 405 if below and method != "GET" else 404)
    assert not Document.objects.exclude(title=document.title).exists()


def test_a_viewer_reads_and_changes_nothing(
    viewer: User, program: Program, document: Document
) -> None:
    client = program(viewer)
    path = f"/documents/{document.pk}"
    assert client.read(path).status_code == 200
    problem(client.make("/documents", {"title": "x"}), 403)
    problem(client.put_json(path, {"title": "x"}), 403)
    problem(client.remove(path), 403)
