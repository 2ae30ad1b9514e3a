"""Projects: made, named, opened, removed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from documents.models import Document
from tests import factories as make
from workspaces.models import Project, User, Workspace

Browse = Callable[[User], Client]
PROJECTS = "/w/alder-pine/projects"


@pytest.fixture
def project(workspace: Workspace) -> Project:
    return make.ProjectFactory(workspace=workspace, name="Spring campaign")


def test_the_list_counts_what_each_project_holds(
    browse: Browse, viewer: User, project: Project, workspace: Workspace
) -> None:
    make.DocumentFactory(workspace=workspace, project=project)
    make.DocumentFactory(workspace=workspace, project=project)
    make.ExecutionFactory(workspace=workspace, project=project)
    make.ProjectFactory(name="Of another workspace")

    html = browse(viewer).get(PROJECTS).content.decode()

    assert "Spring campaign" in html
    assert "2 documents" in html
    assert "1 run<" in html
    assert "Of another workspace" not in html
    assert "New project" not in html


def test_an_editor_makes_one_and_is_led_to_it(browse: Browse, editor: User) -> None:
    client = browse(editor)
    assert "Keep a campaign together" in client.get(PROJECTS).content.decode()
    answer = client.post(f"{PROJECTS}/new", {"name": "Autumn", "description": ""}, follow=True)
    made = Project.objects.get(name="Autumn")
    assert answer.redirect_chain[-1][0] == f"{PROJECTS}/{made.pk}"
    assert "Autumn is ready" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Spring campaign", "Choose another name"),
        ("", "This field is required"),
        ("x" * 121, "at most 120"),
    ],
)
def test_a_bad_name_is_refused_at_its_field(
    browse: Browse, editor: User, project: Project, name: str, words: str
) -> None:
    answer = browse(editor).post(f"{PROJECTS}/new", {"name": name, "description": "As typed"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert words in html
    assert "As typed" in html
    assert Project.objects.count() == 1


def test_renaming_to_a_taken_name_changes_nothing(
    browse: Browse, editor: User, project: Project, workspace: Workspace
) -> None:
    make.ProjectFactory(workspace=workspace, name="Taken")
    client = browse(editor)
    assert client.post(f"{PROJECTS}/{project.pk}/edit", {"name": "Taken"}).status_code == 422
    project.refresh_from_db()
    assert project.name == "Spring campaign"

    client.post(f"{PROJECTS}/{project.pk}/edit", {"name": "Spring", "description": "All of it"})
    project.refresh_from_db()
    assert (project.name, project.description) == ("Spring", "All of it")


def test_its_page_has_its_documents_and_its_runs(
    browse: Browse, viewer: User, project: Project, workspace: Workspace
) -> None:
    make.DocumentFactory(workspace=workspace, project=project, title="In it")
    make.DocumentFactory(workspace=workspace, title="Not in it")
    make.ExecutionFactory(workspace=workspace, project=project, title="Run for it")
    make.ExecutionFactory(workspace=workspace, title="Run for nothing")
    client = browse(viewer)

    documents = client.get(f"{PROJECTS}/{project.pk}").content.decode()
    assert "In it</a>" in documents
    assert "Not in it" not in documents
    runs = client.get(f"{PROJECTS}/{project.pk}/runs").content.decode()
    assert "Run for it" in runs
    assert "Run for nothing" not in runs


@pytest.mark.parametrize("count", [1, 8])
def test_its_runs_ask_as_much_for_many_as_for_one(
    browse: Browse,
    viewer: User,
    project: Project,
    workspace: Workspace,
    django_assert_max_num_queries: Any,
    count: int,
) -> None:
    for _ in range(count):
        make.ExecutionFactory(workspace=workspace, project=project)
    client = browse(viewer)
    with django_assert_max_num_queries(9):
        client.get(f"{PROJECTS}/{project.pk}/runs")


def test_removing_it_keeps_what_it_grouped(
    browse: Browse, editor: User, project: Project, workspace: Workspace
) -> None:
    kept = make.DocumentFactory(workspace=workspace, project=project)
    answer = browse(editor).post(f"{PROJECTS}/{project.pk}/delete", follow=True)
    assert "Its documents and runs are still here" in answer.content.decode()
    assert Document.objects.get(pk=kept.pk).project is None


def test_a_viewer_changes_nothing(browse: Browse, viewer: User, project: Project) -> None:
    client = browse(viewer)
    for path in ("new", f"{project.pk}/edit", f"{project.pk}/delete"):
        assert client.post(f"{PROJECTS}/{path}", {"name": "Mine"}).status_code == 403
    assert Project.objects.get().name == "Spring campaign"


@pytest.mark.parametrize("rest", ["", "/runs", "/edit"])
def test_foreign_projects_are_not_there(
    browse: Browse, editor: User, stranger: User, project: Project, rest: str
) -> None:
    foreign = make.ProjectFactory()
    assert browse(editor).get(f"{PROJECTS}/{foreign.pk}{rest}").status_code == 404
    assert browse(stranger).get(f"{PROJECTS}/{project.pk}{rest}").status_code == 404
