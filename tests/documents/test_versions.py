import threading

import pytest
from django.db import connection

from documents.create import create_document
from documents.edit import VersionConflict, edit_document
from documents.models import Document, DocumentVersion
from workspaces.models import Project, Workspace


def test_a_new_document_has_version_1_that_says_where_it_came_from(workspace, author):
    source = {"execution": 7, "node": "attach"}
    document = create_document(
        workspace=workspace, title="Launch", body="# Hi", author=author, source=source
    )
    [version] = document.versions.all()
    assert (document.version, version.number, version.title, version.body) == (
        1,
        1,
        "Launch",
        "# Hi",
    )
    assert (version.source, version.author, document.created_by) == (source, author, author)


def test_a_document_cannot_begin_in_a_project_of_another_workspace(workspace, elsewhere):
    project = Project.objects.create(workspace=elsewhere, name="Theirs")
    with pytest.raises(ValueError, match="another workspace"):
        create_document(workspace=workspace, title="T", body="", project=project)
    assert not Document.objects.exists()


def test_an_edit_makes_the_next_version_and_keeps_the_old_one(document, author):
    version = edit_document(
        document=document, title="Launch", body="Bye", author=author, source={"kind": "person"}
    )
    assert (version.number, document.version, document.body) == (2, 2, "Bye")
    assert list(document.versions.values_list("number", "body")) == [(2, "Bye"), (1, "Hello")]
    document.refresh_from_db()
    assert (document.version, document.body) == (2, "Bye")


def test_a_save_that_changes_nothing_makes_no_version(document, author):
    before = Document.objects.get().updated_at
    assert edit_document(document=document, title="Launch", body="Hello", author=author) is None
    assert document.versions.count() == 1
    assert Document.objects.get().updated_at == before


def test_going_back_to_an_old_text_is_a_new_version_with_the_old_hash(document):
    edit_document(document=document, title="Launch", body="Bye", author=None)
    edit_document(document=document, title="Launch", body="Hello", author=None)
    hashes = list(document.versions.values_list("content_hash", flat=True))
    assert len(hashes) == 3
    assert hashes[0] == hashes[2] != hashes[1]


def test_an_edit_of_a_stale_text_names_both_versions_and_changes_nothing(document):
    edit_document(document=document, title="Launch", body="Two", author=None, expected_version=1)
    with pytest.raises(VersionConflict, match="version 1, but the document is at version 2"):
        edit_document(
            document=document, title="Launch", body="Mine", author=None, expected_version=1
        )
    assert Document.objects.get().body == "Two"
    assert DocumentVersion.objects.count() == 2


def test_a_long_or_empty_title_is_mended(workspace):
    long = create_document(workspace=workspace, title="word " * 100, body="a\x00b\r\nc")
    empty = create_document(workspace=workspace, title=" \n ", body="")
    assert len(long.title) <= 200
    assert long.title.endswith("…")
    assert long.body == "ab\nc"
    assert empty.title == "Untitled"


@pytest.mark.django_db(transaction=True)
def test_of_five_editors_of_one_version_one_wins_and_the_others_are_told():
    workspace = Workspace.objects.create(name="Team", slug="team")
    document = create_document(workspace=workspace, title="T", body="0")
    told: list[str] = []

    def edit(number: int) -> None:
        try:
            edit_document(
                document=Document.objects.get(pk=document.pk),
                title="T",
                body=str(number),
                author=None,
                expected_version=1,
            )
        except VersionConflict as conflict:
            told.append(str(conflict))
        finally:
            connection.close()

    threads = [threading.Thread(target=edit, args=[number]) for number in range(1, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 4
    assert document.versions.count() == 2
