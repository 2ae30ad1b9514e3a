"""The frame of every page: navigation, counts, the way back to the last workspace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

from tests import factories as make
from workspaces.models import User, Workspace

Browse = Callable[[User], Client]
PAGE = "/w/alder-pine/projects"


def test_the_front_door_leads_to_the_workspace_opened_last(
    browse: Browse, editor: User, workspace: Workspace
) -> None:
    second = make.MembershipFactory(user=editor, workspace__slug="second").workspace
    client = browse(editor)
    assert client.get("/")["Location"] == "/w/alder-pine/"

    client.get(f"/w/{second.slug}/projects")

    assert client.get("/")["Location"] == "/w/second/"


def test_a_workspace_that_one_has_left_is_not_gone_back_to(
    browse: Browse, editor: User, workspace: Workspace
) -> None:
    client = browse(editor)
    client.cookies["workspace"] = "elsewhere"
    assert client.get("/")["Location"] == "/w/alder-pine/"


def test_the_last_workspace_is_kept_only_when_it_changes_and_never_by_a_poll(
    browse: Browse, editor: User, workspace: Workspace
) -> None:
    client = browse(editor)
    poll = client.get("/w/alder-pine/home/runs", headers={"hx-request": "true"})
    assert "workspace" not in poll.cookies
    assert "workspace" in client.get(PAGE).cookies
    assert "workspace" not in client.get(PAGE).cookies


def test_somebody_without_a_workspace_is_told_how_to_get_into_one(browse: Browse, db: None) -> None:
    answer = browse(make.UserFactory()).get("/")
    assert answer.status_code == 200
    assert "You are in no workspace yet" in answer.content.decode()


def test_other_workspaces_are_in_the_switcher_and_in_the_menu_of_the_rail(
    browse: Browse, editor: User, workspace: Workspace
) -> None:
    alone = browse(editor).get(PAGE).content.decode()
    assert "menu__rooms" not in alone
    make.MembershipFactory(user=editor, workspace__slug="second", workspace__name="Second room")
    html = browse(editor).get(PAGE).content.decode()
    assert html.count("/w/second/") == 3
    assert html.count("menu__rooms") == 2


def test_counts_are_of_what_is_under_way_and_of_what_the_person_may_decide(
    browse: Browse, viewer: User, reviewer: User, workspace: Workspace
) -> None:
    run = make.ExecutionFactory(workspace=workspace)
    make.ReviewTaskFactory(
        node_run=make.NodeRunFactory(execution=run, status="waiting", wait_for="people")
    )
    seen = browse(reviewer).get(PAGE).content.decode()
    assert 'status-waiting">1<span class="visually-hidden"> waiting' in seen
    assert '1<span class="visually-hidden"> under way' in seen
    assert 'visually-hidden"> waiting' not in browse(viewer).get(PAGE).content.decode()


def test_the_frame_costs_three_queries(
    browse: Browse, editor: User, workspace: Workspace, django_assert_num_queries: Any
) -> None:
    client = browse(editor)
    with django_assert_num_queries(7):  # session, person, membership, projects, and the frame's
        client.get(PAGE)


def test_the_look_that_was_chosen_is_kept(browse: Browse, editor: User) -> None:
    client = browse(editor)
    client.cookies["theme"] = "dark"
    assert '<html lang="en" data-theme="dark">' in client.get(PAGE).content.decode()
    client.cookies["theme"] = '"><script>'
    assert '<html lang="en">' in client.get(PAGE).content.decode()
