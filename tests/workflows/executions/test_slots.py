"""At most so many runs of a workspace at once; the others stand in line."""

from __future__ import annotations

import pytest

from tests.engine import Drive, statuses
from tests.graphs import brief, graph, node, text
from workflows.engine.states import Verdict
from workflows.executions import reconcile
from workflows.executions.pause import pause
from workflows.executions.slots import place_in_line
from workflows.executions.stop import stop
from workflows.models import ReviewTask, WorkflowExecution
from workflows.reviews.decide import decide
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db
SMALL = graph([brief("t"), text("a")], "brief > a")
ASKING = graph(
    [brief("t"), text("a"), node("ask", "review", show=["nodes.a.text"], role="editor")],
    "brief > a > ask",
)


@pytest.fixture(autouse=True)
def two_slots(workspace: Workspace) -> None:
    workspace.max_concurrent_executions = 2
    workspace.save()


def states(*runs: WorkflowExecution) -> list[str]:
    return [WorkflowExecution.objects.get(pk=run.pk).status for run in runs]


def test_the_third_run_waits_and_starts_when_a_slot_is_free(drive: Drive) -> None:
    a, b, c, d = (drive.launch(SMALL, t=str(number)) for number in range(4))
    assert states(a, b, c, d) == ["running", "running", "pending", "pending"]
    assert [place_in_line(run) for run in (a, c, d)] == [None, 1, 2]
    assert statuses(c) == {"brief": "pending", "a": "pending"}
    c.refresh_from_db()
    assert (c.started_at, c.active_since, c.total) == (None, None, 2)
    stop(a.pk, user=None)
    assert states(a, b, c, d) == ["stopped", "running", "running", "pending"]
    d.refresh_from_db()
    assert place_in_line(d) == 1
    for run in (b, c, d):
        drive.work(run)
    assert states(b, c, d) == ["completed"] * 3


def test_a_run_that_waits_for_people_holds_no_slot_and_goes_on_at_once(
    drive: Drive, editor: User
) -> None:
    asking = drive.run(ASKING, t="x")
    runs = [drive.launch(SMALL, t=str(number)) for number in range(3)]
    assert states(*runs) == ["running", "running", "pending"]
    decide(ReviewTask.objects.get().pk, verdict=Verdict.APPROVE, user=editor)
    assert states(asking, *runs) == ["completed", "running", "running", "pending"]


def test_a_paused_run_gives_its_slot_away(drive: Drive, editor: User) -> None:
    a, b, c = (drive.launch(SMALL, t=str(number)) for number in range(3))
    pause(a.pk, user=editor)
    assert states(a, b, c) == ["paused", "running", "running"]


def test_a_review_that_opens_lets_the_next_run_start(drive: Drive) -> None:
    asking, b = drive.launch(ASKING, t="x"), drive.launch(SMALL, t="y")
    c = drive.launch(SMALL, t="z")
    assert states(c) == ["pending"]
    drive.commit()
    while drive.sent and statuses(asking)["ask"] != "waiting":
        drive.step()
    assert "pending" not in states(asking, b, c)


def test_a_raised_limit_is_used_by_the_next_pass_of_reconcile(
    drive: Drive, workspace: Workspace
) -> None:
    runs = [drive.launch(SMALL, t=str(number)) for number in range(5)]
    workspace.max_concurrent_executions = 4
    workspace.save()
    assert reconcile.fill_slots() == 2
    assert states(*runs) == ["running"] * 4 + ["pending"]
    assert reconcile.fill_slots() == 0
