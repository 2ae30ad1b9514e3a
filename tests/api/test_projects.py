"""Projects over the API."""

from __future__ import annotations

import pytest

from tests import factories as make
from tests.api.conftest import Program, attrs, problem
from workspaces.models import Project, User, Workspace


def test_an_editor_makes_reads_changes_and_deletes_a_project(
    editor: User, program: Program
) -> None:
    client = program(editor)
    made = client.make("/projects", {"name": " Spring ", "description": "All of it"})
    assert made.status_code == 201
    project = made.json()
    assert (project["name"], project["description"]) == ("Spring", "All of it")
    path = f"/projects/{project['id']}"
    assert client.read(path).json() == project
    changed = client.put_json(path, {"name": "Summer"}).json()
    assert (changed["name"], changed["description"]) == ("Summer", "")
    assert client.remove(path).status_code == 204
    problem(client.read(path), 404)


def test_a_deleted_project_leaves_its_documents(editor: User, program: Program) -> None:
    workspace = Workspace.objects.get()
    project = make.ProjectFactory(workspace=workspace)
    document = make.DocumentFactory(workspace=workspace, project=project)
    client = program(editor)
    assert client.remove(f"/projects/{project.pk}").status_code == 204
    assert client.read(f"/documents/{document.pk}").json()["project_id"] is None


def test_a_name_is_once_in_a_workspace(
    editor: User, program: Program, workspace: Workspace, elsewhere: Workspace
) -> None:
    make.ProjectFactory(workspace=elsewhere, name="Spring")
    client = program(editor)
    assert client.make("/projects", {"name": "Spring"}).status_code == 201
    other = client.make("/projects", {"name": "Autumn"}).json()
    again = client.make("/projects", {"name": "Spring"})
    assert attrs(again) == {"name"}
    assert again.json()["errors"][0]["code"] == "unique"
    assert attrs(client.put_json(f"/projects/{other['id']}", {"name": "Spring"})) == {"name"}
    assert Project.objects.filter(workspace=workspace).count() == 2


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_project_of_another_workspace_is_not_there(
    method: str, editor: User, program: Program, browser: Program, elsewhere: Workspace
) -> None:
    project = make.ProjectFactory(workspace=elsewhere)
    for client in (program(editor), browser(editor)):
        problem(client.call(method, f"/projects/{project.pk}", {"name": "Mine"}), 404)
    assert Project.objects.get().name == project.name


@pytest.mark.parametrize("name", ["", " ", "x" * 121, None, 5.5, [], {}, True])
def test_a_name_that_is_none_is_refused(name: object, editor: User, program: Program) -> None:
    answer = program(editor).make("/projects", {"name": name})
    if name == 5.5:
        # A number reads as text.
        assert answer.json()["name"] == "5.5"
    else:
        assert attrs(answer) == {"name"}


def test_a_viewer_reads_and_changes_nothing(viewer: User, program: Program) -> None:
    project = make.ProjectFactory(workspace=Workspace.objects.get())
    client = program(viewer)
    assert client.read(f"/projects/{project.pk}").status_code == 200
    problem(client.put_json(f"/projects/{project.pk}", {"name": "x"}), 403)
    problem(client.remove(f"/projects/{project.pk}"), 403)
