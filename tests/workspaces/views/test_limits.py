"""Limits: seen by all, set by admins, never beyond the site's ceilings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests import factories as make
from workspaces.models import Role, User, Workspace

Browse = Callable[[User], Client]
LIMITS = "/w/alder-pine/settings/limits"
EMPTY = {
    "max_concurrent_executions": "",
    "max_parallel_agents": "",
    "execution_time_limit": "",
    "max_nodes": "",
    "max_images_per_document": "",
}


@pytest.fixture
def client(browse: Browse, workspace: Workspace) -> Client:
    return browse(make.MembershipFactory(workspace=workspace, role=Role.ADMIN).user)


def _save(client: Client, **changes: Any) -> Any:
    return client.post(LIMITS, {**EMPTY, **changes})


def test_whoever_changes_nothing_sees_what_is_in_force(
    browse: Browse, editor: User, workspace: Workspace
) -> None:
    workspace.max_concurrent_executions = 3
    workspace.save()
    html = browse(editor).get(LIMITS).content.decode()
    assert 'number strong">3<' in html
    assert 'number strong">30 min<' in html
    assert "Owners and admins change limits." in html
    assert "<input" not in html.split('id="main"')[1].split("</main>")[0]


def test_an_admin_sets_and_empties_them(client: Client, workspace: Workspace) -> None:
    answer = _save(client, max_concurrent_executions=4, execution_time_limit=45, max_nodes=12)
    assert answer.status_code == 302
    workspace.refresh_from_db()
    assert workspace.limits.max_concurrent_executions == 4
    assert workspace.limits.execution_time_limit == 45 * 60
    assert workspace.limits.max_nodes == 12
    assert workspace.limits.max_parallel_agents == 20
    html = client.get(LIMITS).content.decode()
    assert 'value="45"' in html
    assert 'placeholder="20"' in html
    _save(client)
    workspace.refresh_from_db()
    assert workspace.max_concurrent_executions is None
    assert workspace.limits.execution_time_limit == 30 * 60


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("max_concurrent_executions", "0", "Runs at once must be from 1 to 100."),
        ("max_concurrent_executions", "101", "Runs at once must be from 1 to 100."),
        ("max_concurrent_executions", "-1", "Runs at once must be from 1 to 100."),
        ("max_concurrent_executions", "9" * 400, "must be"),
        ("max_parallel_agents", "many", "Agents of a run at once must be a whole number."),
        ("execution_time_limit", "1441", "Time limit of a run must be from 1 to 1440 min."),
        ("execution_time_limit", "1.5", "Time limit of a run must be a whole number."),
        ("max_nodes", "101", "Steps of a workflow must be from 1 to 100."),
        ("max_images_per_document", "21", "Images of a document must be from 1 to 20."),
    ],
)
def test_a_bad_limit_is_refused_by_its_name(
    client: Client, workspace: Workspace, field: str, value: str, words: str
) -> None:
    answer = _save(client, **{field: value})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    workspace.refresh_from_db()
    assert getattr(workspace, field) is None


def test_what_the_site_has_given_beyond_its_ceiling_can_be_kept(
    client: Client, workspace: Workspace
) -> None:
    workspace.max_images_per_document = 40
    workspace.save()
    assert _save(client, max_images_per_document=40).status_code == 302
    assert _save(client, max_images_per_document=41).status_code == 422


def test_nothing_beside_the_limits_is_written(client: Client, workspace: Workspace) -> None:
    _save(client, name="Taken over", slug="taken", monthly_budget="1")
    workspace.refresh_from_db()
    assert (workspace.name, workspace.slug, workspace.monthly_budget) == (
        "Alder & Pine", "alder-pine", None,
    )  # fmt: skip
