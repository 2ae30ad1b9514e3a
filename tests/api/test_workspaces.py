"""Where the caller belongs, and how a session says which workspace it means."""

from __future__ import annotations

import pytest

from tests import factories as make
from tests.api.conftest import ApiClient, Program, attrs, key_of, problem
from workspaces.models import Project, Role, User, Workspace


def test_a_person_sees_every_workspace_of_theirs_with_their_role(
    editor: User, elsewhere: Workspace, browser: Program
) -> None:
    make.MembershipFactory(user=editor, workspace=elsewhere, role=Role.VIEWER)
    rows = browser(editor, where=None).read("/workspaces").json()["results"]
    assert [(row["slug"], row["role"]) for row in rows] == [
        ("elsewhere", "viewer"),
        ("alder-pine", "editor"),
    ]
    assert rows[0]["limits"]["max_images_per_document"] == 20


def test_a_token_sees_its_own_workspace_alone(
    editor: User, elsewhere: Workspace, program: Program
) -> None:
    make.MembershipFactory(user=editor, workspace=elsewhere, role=Role.OWNER)
    rows = program(editor).read("/workspaces").json()["results"]
    assert [(row["slug"], row["role"]) for row in rows] == [("alder-pine", "editor")]


def test_a_stranger_sees_none_of_it(stranger: User, workspace: Workspace, browser: Program) -> None:
    rows = browser(stranger, where=None).read("/workspaces").json()["results"]
    assert [row["slug"] for row in rows] == ["elsewhere"]


def test_a_session_names_its_workspace(editor: User, browser: Program) -> None:
    assert attrs(browser(editor, where=None).read("/projects")) == {"X-Workspace"}
    assert browser(editor).read("/projects").status_code == 200


@pytest.mark.parametrize("slug", ["elsewhere", "nowhere", "a\0b", "é", "' or 1=1", "x" * 5000])
def test_a_session_does_not_reach_into_another_workspace(
    slug: str, editor: User, elsewhere: Workspace, browser: Program
) -> None:
    client = browser(editor, where=None)
    problem(client.read("/projects", headers={"X-Workspace": slug}), 404)


def test_a_token_stays_in_its_workspace_whatever_the_header_says(
    editor: User, elsewhere: Workspace, program: Program
) -> None:
    make.MembershipFactory(user=editor, workspace=elsewhere, role=Role.OWNER)
    make.ProjectFactory(workspace=elsewhere)
    answer = program(editor).read("/projects", headers={"X-Workspace": "elsewhere"})
    assert answer.json()["results"] == []


def test_a_session_changes_nothing_without_the_csrf_token(editor: User, browser: Program) -> None:
    client = browser(editor, strict=True)
    problem(client.make("/projects", {"name": "Spring"}), 403)
    for origin in ("null", "https://elsewhere.example"):
        problem(client.make("/projects", {"name": "S"}, headers={"Origin": origin}), 403)
    assert not Project.objects.exists()
    assert client.read("/projects").status_code == 200


def test_a_session_with_the_csrf_token_changes_things(editor: User, browser: Program) -> None:
    client = browser(editor, strict=True)
    token = "x" * 32
    client.cookies["csrftoken"] = token
    answer = client.make("/projects", {"name": "Spring"}, headers={"X-CSRFToken": token})
    assert answer.status_code == 201


def test_a_token_needs_no_csrf_token(editor: User, workspace: Workspace) -> None:
    key = key_of(editor, workspace)
    client = ApiClient(headers={"Authorization": f"Token {key}"}, enforce_csrf_checks=True)
    assert client.make("/projects", {"name": "Spring"}).status_code == 201
