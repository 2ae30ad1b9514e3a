"""The workspace's own workflows: listed, shown, restored, renamed, archived, moved."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import factories as make
from tests.graphs import brief, copy, graph, text
from workflows.interchange import to_export
from workflows.models import WorkflowTemplate
from workflows.versions import save_version
from workspaces.models import User, Workspace

Browse = Callable[[User], Client]


@pytest.fixture
def workflow(workspace: Workspace, editor: User) -> WorkflowTemplate:
    """One with two versions."""
    made = make.TemplateFactory(workspace=workspace, name="Weekly letter", slug="letter")
    newer = graph([brief("topic"), text("teaser", "{{ brief.topic }}!")], "brief > teaser")
    save_version(made, newer, author=editor, note="Louder")
    made.refresh_from_db()
    return made


def url(workflow: WorkflowTemplate, *rest: object) -> str:
    return "/".join(["/w/alder-pine/workflows", str(workflow.pk), *map(str, rest)])


def test_the_list_shows_the_workspaces_own_and_how_they_last_ran(
    browse: Browse, editor: User, workflow: WorkflowTemplate, workspace: Workspace
) -> None:
    make.ExecutionFactory(workspace=workspace, version=workflow.current_version, status="failed")
    make.TemplateFactory(workspace=None, name="Global one")
    make.TemplateFactory(name="Of another workspace")

    html = browse(editor).get("/w/alder-pine/workflows").content.decode()

    assert "Weekly letter" in html
    assert "Version 2, 2 steps" in html
    assert "Failed" in html
    assert "Global one" not in html
    assert "Of another workspace" not in html


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_asks_as_much_for_many_as_for_one(
    browse: Browse,
    editor: User,
    workspace: Workspace,
    django_assert_max_num_queries: Any,
    count: int,
) -> None:
    for _ in range(count):
        made = make.TemplateFactory(workspace=workspace)
        make.ExecutionFactory(workspace=workspace, version=made.current_version)
    client = browse(editor)
    with django_assert_max_num_queries(8):
        client.get("/w/alder-pine/workflows")


def test_an_empty_list_leads_to_the_gallery(browse: Browse, editor: User) -> None:
    html = browse(editor).get("/w/alder-pine/workflows").content.decode()
    assert "Make a template your own" in html


def test_a_workflow_is_drawn_and_told_step_by_step(
    browse: Browse, editor: User, workflow: WorkflowTemplate
) -> None:
    html = browse(editor).get(url(workflow)).content.decode()
    assert html.count('class="drawing__node') == 2
    assert "Asks for topic" in html
    assert "Puts text together, no model is asked" in html
    assert "It cannot be launched yet" not in html


def test_what_keeps_it_from_being_launched_is_named_by_step(
    browse: Browse, editor: User, workspace: Workspace
) -> None:
    broken = graph([brief("topic"), copy("write", "{{ brief.nothing }}")], "brief > write")
    made = make.TemplateFactory(workspace=workspace, graph=broken)
    html = browse(editor).get(url(made)).content.decode()
    assert "It cannot be launched yet" in html
    assert "<b>Write:</b>" in html


def test_a_viewer_sees_all_of_it_and_changes_nothing(
    browse: Browse, viewer: User, workflow: WorkflowTemplate
) -> None:
    client = browse(viewer)
    html = client.get(url(workflow)).content.decode()
    assert "Archive" not in html
    assert ">Launch<" not in html
    for path in ("versions/1/restore", "archive", "edit"):
        assert client.post(url(workflow, path)).status_code == 403
    workflow.refresh_from_db()
    assert workflow.current_version.number == 2
    assert workflow.archived_at is None


@pytest.mark.parametrize("rest", ["", "versions", "versions/1", "export", "edit"])
def test_strangers_and_other_workspaces_find_nothing(
    browse: Browse, stranger: User, editor: User, workflow: WorkflowTemplate, rest: str
) -> None:
    assert browse(stranger).get(url(workflow, rest).rstrip("/")).status_code == 404
    foreign = make.TemplateFactory()
    assert browse(editor).get(url(foreign, rest).rstrip("/")).status_code == 404


def test_versions_are_listed_and_an_earlier_one_is_brought_back(
    browse: Browse, editor: User, workflow: WorkflowTemplate
) -> None:
    client = browse(editor)
    html = client.get(url(workflow, "versions")).content.decode()
    assert html.index("Louder") < html.index("Saved")
    assert "versions/1/restore" in html
    assert "versions/2/restore" not in html
    assert client.get(url(workflow, "versions", 1)).status_code == 200
    assert client.get(url(workflow, "versions", 9)).status_code == 404

    client.post(url(workflow, "versions", 1, "restore"))

    workflow.refresh_from_db()
    assert workflow.current_version.number == 3
    assert workflow.current_version.note == "Restored version 1"


def test_bringing_back_the_current_version_makes_none(
    browse: Browse, editor: User, workflow: WorkflowTemplate
) -> None:
    answer = browse(editor).post(url(workflow, "versions", 2, "restore"), follow=True)
    assert "the same as the current one" in answer.content.decode()
    assert workflow.versions.count() == 2


def test_renaming_keeps_what_was_typed_when_it_is_refused(
    browse: Browse, editor: User, workflow: WorkflowTemplate
) -> None:
    client = browse(editor)
    bad = client.post(url(workflow, "edit"), {"name": " ", "description": "Kept as typed"})
    assert bad.status_code == 422
    assert "Kept as typed" in bad.content.decode()
    assert "field--error" in bad.content.decode()

    client.post(url(workflow, "edit"), {"name": "Monthly letter", "description": "Once a month."})
    workflow.refresh_from_db()
    assert (workflow.name, workflow.description) == ("Monthly letter", "Once a month.")


def test_an_archived_workflow_leaves_the_list_and_keeps_its_runs(
    browse: Browse, editor: User, workflow: WorkflowTemplate, workspace: Workspace
) -> None:
    run = make.ExecutionFactory(workspace=workspace, version=workflow.current_version)
    answer = browse(editor).post(url(workflow, "archive"), follow=True)
    assert "Weekly letter is archived" in answer.content.decode()
    assert "Version 2, 2 steps" not in answer.content.decode()
    run.refresh_from_db()
    assert run.version.template_id == workflow.pk


def test_what_is_exported_can_be_imported_again(
    browse: Browse, editor: User, workflow: WorkflowTemplate
) -> None:
    client = browse(editor)
    file = client.get(url(workflow, "export"))
    assert file["Content-Disposition"] == 'attachment; filename="letter.json"'

    upload = SimpleUploadedFile("letter.json", file.content, content_type="application/json")
    answer = client.post("/w/alder-pine/workflows/import", {"file": upload}, follow=True)

    assert "Weekly letter is imported" in answer.content.decode()
    made = WorkflowTemplate.objects.get(slug="letter-2")
    assert made.current_version.content_hash == workflow.current_version.content_hash


def bad_export(workflow: WorkflowTemplate) -> bytes:
    data = to_export(workflow)
    del data["name"]
    data["surprise"] = 1
    return json.dumps(data).encode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no json", "This is no JSON file"),
        (b"[1]", "must hold a JSON object"),
        (b"\xff\xfe", "This is no JSON file"),
        (b"x" * 2_500_001, "larger than 2.5 MB"),
        (None, "name is missing"),
    ],
)
def test_a_file_that_is_no_workflow_is_refused_in_words(
    browse: Browse, editor: User, workflow: WorkflowTemplate, content: bytes | None, words: str
) -> None:
    upload = SimpleUploadedFile("x.json", content or bad_export(workflow))
    answer = browse(editor).post("/w/alder-pine/workflows/import", {"file": upload})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert WorkflowTemplate.objects.count() == 1


def test_no_file_is_asked_for(browse: Browse, editor: User) -> None:
    answer = browse(editor).post("/w/alder-pine/workflows/import")
    assert answer.status_code == 422
    assert "This field is required" in answer.content.decode()
