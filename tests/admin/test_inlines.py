"""Tables inside a page stay cheap and bounded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories as make
from tests.admin.conftest import page
from tests.graphs import brief, graph, text
from workflows.models import WorkflowEdge, WorkflowNode
from workspaces import admin_tools

GROWING: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    "steps of a run": (make.ExecutionFactory, lambda run: make.NodeRunFactory(execution=run)),
    "agents of a step": (make.NodeRunFactory, lambda run: make.AgentJobFactory(node_run=run)),
    "members of a workspace": (
        make.WorkspaceFactory,
        lambda room: make.MembershipFactory(workspace=room),
    ),
    "projects of a workspace": (
        make.WorkspaceFactory,
        lambda room: make.ProjectFactory(workspace=room),
    ),
    "memberships of a person": (make.UserFactory, lambda user: make.MembershipFactory(user=user)),
    "images of a document": (
        make.DocumentFactory,
        lambda document: make.AttachmentFactory(document=document),
    ),
    "people asked to review": (
        make.ReviewTaskFactory,
        lambda task: task.assignees.add(make.UserFactory()),
    ),
}


@pytest.mark.parametrize("name", GROWING)
def test_a_page_asks_as_much_for_thirty_rows_as_for_three(name: str, root: Client) -> None:
    parent, child = GROWING[name]
    row = parent()
    root.get(page(type(row), "change", row.pk))  # what a process asks once is asked
    counts = []
    for more in (3, 27):
        for _ in range(more):
            child(row)
        with CaptureQueriesContext(connection) as caught:
            assert root.get(page(type(row), "change", row.pk)).status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1], caught.captured_queries


def test_a_run_of_very_many_steps_shows_the_first_and_links_to_all(
    root: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin_tools, "INLINE_ROWS", 2)
    run = make.ExecutionFactory()
    for key in ("alpha", "beta", "gamma"):
        make.NodeRunFactory(execution=run, key=key)
    body = root.get(page(type(run), "change", run.pk)).content.decode()
    assert "beta" in body
    assert "gamma" not in body
    listed = root.get(f"/admin/workflows/noderun/?execution__id__exact={run.pk}").content.decode()
    assert "gamma" in listed


@pytest.mark.parametrize("place", ["noderun", "agentjob", "reviewtask", "executionevent"])
def test_a_run_links_to_lists_of_its_own_rows(place: str, root: Client) -> None:
    mine, other = make.EventFactory(), make.EventFactory()
    rows: dict[str, Callable[[Any], Model]] = {
        "noderun": lambda event: event.node_run,
        "agentjob": lambda event: make.AgentJobFactory(node_run=event.node_run),
        "reviewtask": lambda event: make.ReviewTaskFactory(node_run=event.node_run),
        "executionevent": lambda event: event,
    }
    wanted = rows[place](mine)
    rows[place](other)
    path = "node_run__" if place in {"agentjob", "reviewtask"} else ""
    address = f"/admin/workflows/{place}/?{path}execution__id__exact={mine.execution_id}"
    run_page = root.get(page(type(mine.execution), "change", mine.execution_id)).content.decode()
    assert address in run_page
    assert list(root.get(address).context["cl"].result_list) == [wanted]


def test_a_version_shows_its_steps_and_connections(root: Client) -> None:
    drawn = graph([brief("topic"), text("teaser", "About {{ brief.topic }}")], "brief > teaser")
    version = make.TemplateFactory(graph=drawn).current_version
    body = root.get(page(type(version), "change", version.pk)).content.decode()
    assert "About {{ brief.topic }}" in body
    assert "-&gt; teaser" in body
    assert WorkflowNode.objects.filter(version=version).count() == 2
    assert WorkflowEdge.objects.filter(version=version).count() == 1
