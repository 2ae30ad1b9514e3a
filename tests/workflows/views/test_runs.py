"""The list of runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from tests import factories as make
from tests.workflows.views.conftest import Visitor
from tests.workflows.views.test_monitor import queries_of
from workflows.engine.states import ExecutionStatus, NodeStatus
from workflows.models import WorkflowExecution
from workflows.runs.listing import PAGE
from workspaces.models import User, Workspace

Visit = Callable[[User], Visitor]


def titles(answer: Any) -> list[str]:
    """Titles in the order shown."""
    return re.findall(r'run-row__title"><b class="ellipsis">([^<]*)', answer.content.decode())


@pytest.fixture
def run(workspace: Workspace) -> Callable[..., WorkflowExecution]:
    """``run("Title", status=…)``: a run of the workspace."""
    return lambda title, **fields: make.ExecutionFactory(
        workspace=workspace, title=title, **{"status": ExecutionStatus.COMPLETED, **fields}
    )


def test_runs_are_listed_newest_first_without_those_of_others(
    visit: Visit, viewer: User, run: Callable[..., WorkflowExecution]
) -> None:
    run("First")
    run("Second")
    make.ExecutionFactory(title="Foreign")
    assert titles(visit(viewer).get("/runs")) == ["Second", "First"]


def test_a_stranger_finds_no_list(visit: Visit, stranger: User) -> None:
    assert visit(stranger).get("/runs").status_code == 404


def test_a_fresh_workspace_is_led_to_the_templates(visit: Visit, viewer: User) -> None:
    page = visit(viewer).get("/runs").content.decode()
    assert "Browse templates" in page


def test_the_address_narrows_the_list(
    visit: Visit, viewer: User, editor: User, workspace: Workspace,
    run: Callable[..., WorkflowExecution],
) -> None:  # fmt: skip
    project = make.ProjectFactory(workspace=workspace)
    run("Plain")
    mine = run("Mine", launched_by=editor)
    filed = run("Filed", project=project)
    old = run("Old")
    WorkflowExecution.objects.filter(pk=old.pk).update(
        created_at=datetime(2026, 3, 5, 23, 59, tzinfo=UTC)
    )
    run("Broken", status=ExecutionStatus.FAILED)
    run("Asks", status=ExecutionStatus.RUNNING, waiting=1)
    run("Works", status=ExecutionStatus.RUNNING, active_since=datetime.now(UTC), waiting=1)
    visitor = visit(viewer)

    def found(**query: Any) -> list[str]:
        return titles(visitor.get("/runs", **query))

    assert found(status="failed") == ["Broken"]
    assert found(status="active") == ["Works", "Asks"]
    assert found(status="review") == ["Asks"]
    assert found(person=editor.pk) == ["Mine"]
    assert found(project=project.pk) == ["Filed"]
    assert found(workflow=mine.version.template_id) == ["Mine"]
    assert found(since="2026-03-05", until="2026-03-05") == ["Old"]
    assert found(until="2026-03-04") == []
    assert found(project=project.pk, status="failed") == []
    assert filed.title in found(status="completed")


def test_an_address_that_makes_no_sense_narrows_nothing(
    visit: Visit, viewer: User, run: Callable[..., WorkflowExecution]
) -> None:
    run("One")
    visitor = visit(viewer)
    for query in (
        {"status": "x"}, {"person": "1; drop"}, {"since": "yesterday"}, {"project": "9" * 40},
        {"before": "-1"}, {"until": "0001-01-01"}, {"workflow": "²"},
    ):  # fmt: skip
        assert titles(visitor.get("/runs", **query)) == ["One"], query


def test_a_filter_without_runs_offers_to_show_all(
    visit: Visit, viewer: User, run: Callable[..., WorkflowExecution]
) -> None:
    run("One")
    assert "Show all runs" in visit(viewer).get("/runs", status="failed").content.decode()


def test_pages_follow_each_other_both_ways_and_keep_the_filters(
    visit: Visit, viewer: User, run: Callable[..., WorkflowExecution]
) -> None:
    for number in range(PAGE + 3):
        run(f"R{number:02}")
    visitor = visit(viewer)
    first = visitor.get("/runs", status="completed")
    older = re.search(r'id="page-older" href="\?([^"]*)"', first.content.decode())
    assert older
    assert 'id="page-newer"' not in first.content.decode()

    second = visitor.client.get(f"{visitor.root}/runs?{older[1].replace('&amp;', '&')}")
    assert titles(second) == ["R02", "R01", "R00"]
    newer = re.search(r'id="page-newer" href="\?([^"]*)"', second.content.decode())
    assert newer
    assert "status=completed" in newer[1]

    again = visitor.client.get(f"{visitor.root}/runs?{newer[1].replace('&amp;', '&')}")
    assert titles(again) == titles(first)


def test_a_row_shows_where_the_run_stands(
    visit: Visit, viewer: User, editor: User, run: Callable[..., WorkflowExecution]
) -> None:
    made = run("One", launched_by=editor, status=ExecutionStatus.RUNNING, unpriced_calls=2)
    states = [NodeStatus.COMPLETED, NodeStatus.FAILED, NodeStatus.PENDING]
    for number, status in enumerate(states):
        make.NodeRunFactory(execution=made, key=f"s{number}", status=status)
    make.NodeRunFactory(execution=made, key="box", type="parallel")

    page = visit(viewer).get("/runs").content.decode()

    row = page.split(f'id="run-{made.pk}"')[1].split("</a>")[0]
    assert re.findall(r'<i class="status-(\w+)"', row) == ["completed", "failed", "pending"]
    assert "1 of 3 done, 1 failed" in row
    assert "Needs you" in row
    assert "unknown" in row
    assert "launched by Editor" in row


def test_rows_are_polled_while_a_run_is_under_way_and_no_longer(
    visit: Visit, viewer: User, run: Callable[..., WorkflowExecution]
) -> None:
    going = run("One", status=ExecutionStatus.RUNNING)
    visitor = visit(viewer)
    page = visitor.get("/runs", status="").content.decode()
    poll = re.search(r'hx-get="([^"]*seen=[^"]*)" hx-trigger="every 2s"', page)
    assert poll
    address = poll[1].replace("&amp;", "&")

    def ask() -> Any:
        return visitor.client.get(address, headers={"HX-Request": "true"})

    answer, queries = queries_of(ask)
    assert answer.status_code == 204
    assert len(queries) == 2

    WorkflowExecution.objects.filter(pk=going.pk).update(
        status=ExecutionStatus.COMPLETED, revision=7
    )
    changed = ask()
    assert changed.status_code == 200
    assert "every 2s" not in changed.content.decode()
    assert changed.content.decode().strip() in visitor.get("/runs").content.decode()


def test_the_rows_opened_as_a_page_lead_to_the_list(visit: Visit, viewer: User) -> None:
    answer = visit(viewer).get("/runs/live", status="failed")
    assert answer.status_code == 302
    assert answer["Location"].endswith("/runs?status=failed")


def test_htmx_gets_the_list_without_the_frame(
    visit: Visit, viewer: User, run: Callable[..., WorkflowExecution]
) -> None:
    run("One")
    answer = visit(viewer).get("/runs", htmx=True, status="completed")
    assert titles(answer) == ["One"]
    assert "<html" not in answer.content.decode()
    assert "HX-Request" in answer["Vary"]


def test_the_list_costs_as_many_queries_for_many_runs_as_for_one(
    visit: Visit, viewer: User, run: Callable[..., WorkflowExecution]
) -> None:
    visitor = visit(viewer)
    counts = []
    for amount in (1, 20):
        for _ in range(amount):
            make.NodeRunFactory(execution=run("One"))
        _, queries = queries_of(lambda: visitor.get("/runs"))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 9, counts


def test_the_newest_page_is_read_along_an_index(
    workspace: Workspace, run: Callable[..., WorkflowExecution]
) -> None:
    run("One")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        rows = WorkflowExecution.objects.filter(workspace=workspace).order_by("-pk")[:26]
        assert "execution_newest" in rows.explain()


def test_a_run_is_offered_to_those_who_may_launch_one(
    visit: Visit, viewer: User, editor: User
) -> None:
    assert "New run" not in visit(viewer).get("/runs").content.decode()
    assert "New run" in visit(editor).get("/runs").content.decode()
