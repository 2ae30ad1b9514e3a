"""Active time alone counts: not waiting for people, not standing still."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from tests.engine import Drive, statuses
from tests.graphs import brief, graph, node, text
from workflows.engine.states import Verdict
from workflows.executions.claim import claim
from workflows.executions.expire import expire
from workflows.executions.progress import run_clock
from workflows.executions.reconcile import expire_late
from workflows.models import NodeRun, ReviewTask, WorkflowExecution
from workflows.reviews.decide import AlreadyDecided, decide
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db

REVIEWED = graph(
    [
        brief("topic"),
        text("draft", "On {{ brief.topic }}"),
        node("review", "review", show=["nodes.draft.text"], due_in_hours=1),
        text("end", "{{ nodes.review.text }}"),
    ],
    "brief > draft > review.approved > end",
)


@pytest.fixture(autouse=True)
def limit(workspace: Workspace) -> None:
    """Runs of this workspace have ten minutes."""
    workspace.execution_time_limit = 600
    workspace.save()


def passed(execution: WorkflowExecution, seconds: float) -> None:
    """Let so much time go by for a run: everything that it remembers lies further back."""
    back = timedelta(seconds=seconds)
    WorkflowExecution.objects.filter(pk=execution.pk).update(
        active_since=F("active_since") - back, deadline_at=F("deadline_at") - back
    )
    execution.refresh_from_db()


def left(execution: WorkflowExecution) -> float:
    """Seconds until the deadline."""
    assert execution.deadline_at is not None
    return (execution.deadline_at - timezone.now()).total_seconds()


def test_the_clock_starts_with_the_run(drive: Drive) -> None:
    execution = drive.launch(REVIEWED, topic="tea")
    assert execution.active_since is not None
    assert left(execution) == pytest.approx(600, abs=5)


def test_waiting_for_people_does_not_count(drive: Drive, reviewer: User) -> None:
    execution = drive.launch(REVIEWED, topic="tea")
    passed(execution, 100)
    drive.work(execution)
    assert statuses(execution)["review"] == "waiting"
    assert execution.active_seconds == pytest.approx(100, abs=5)
    assert (execution.active_since, execution.deadline_at) == (None, None)

    passed(execution, 1_000_000)
    assert expire_late() == 0
    decide(ReviewTask.objects.get().pk, verdict=Verdict.APPROVE, user=reviewer)
    execution.refresh_from_db()
    assert left(execution) == pytest.approx(500, abs=10)
    passed(execution, 50)
    drive.work(execution)
    assert execution.status == "completed"
    assert execution.active_seconds == pytest.approx(150, abs=10)
    assert execution.deadline_at is None


def test_the_clock_runs_on_while_another_branch_works(drive: Drive) -> None:
    made = graph(
        [
            brief("topic"),
            node("review", "review", show=["brief.topic"], due_in_hours=1),
            text("side"),
        ],
        "brief > review",
        "brief > side",
    )
    execution = drive.launch(made, topic="tea")
    drive.commit()
    drive.step()
    before = WorkflowExecution.objects.get(pk=execution.pk).deadline_at
    drive.step()
    execution.refresh_from_db()
    assert statuses(execution) == {"brief": "completed", "review": "waiting", "side": "queued"}
    assert execution.deadline_at == before
    drive.step()
    execution.refresh_from_db()
    assert execution.deadline_at is None


def test_a_clock_that_starts_and_stops_adds_up() -> None:
    execution = WorkflowExecution(time_limit=600)
    start = timezone.now()
    for begin, end in ((0, 10), (100, 130), (1_000, 1_020)):
        run_clock(execution, active=True, now=start + timedelta(seconds=begin))
        run_clock(execution, active=True, now=start + timedelta(seconds=begin + 5))
        run_clock(execution, active=False, now=start + timedelta(seconds=end))
        run_clock(execution, active=False, now=start + timedelta(seconds=end + 5))
    assert execution.active_seconds == 60
    run_clock(execution, active=True, now=start + timedelta(seconds=5_000))
    assert execution.deadline_at == start + timedelta(seconds=5_540)


def test_a_run_without_time_left_is_over_at_once() -> None:
    execution = WorkflowExecution(time_limit=600, active_seconds=700)
    now = timezone.now()
    run_clock(execution, active=True, now=now)
    assert execution.deadline_at == now


def test_a_step_is_given_the_time_that_its_run_has_left(drive: Drive) -> None:
    execution = drive.launch(REVIEWED, topic="tea")
    passed(execution, 590)
    held = claim(execution.node_runs.get(key="brief").pk, 1)
    assert held is not None
    assert 0 < held.seconds_left <= 10


def test_a_run_within_its_time_is_not_ended(drive: Drive) -> None:
    execution = drive.launch(REVIEWED, topic="tea")
    passed(execution, 590)
    assert expire(execution.pk) is False
    assert expire_late() == 0
    assert drive.work(execution).status == "running"


def test_a_run_past_its_time_ends_with_all_that_it_had_under_way(drive: Drive) -> None:
    made = graph(
        [
            brief("topic"),
            text("working"),
            text("queued"),
            node("review", "review", show=["brief.topic"], due_in_hours=1),
            text("below"),
        ],
        "brief > review.approved > below",
        "brief > working > below",
        "brief > queued > below",
    )
    execution = drive.launch(made, topic="tea")
    drive.commit()
    drive.step()
    runs = {run.key: run for run in execution.node_runs.all()}
    held = claim(runs["working"].pk, 1)
    assert held is not None
    drive.step([one for one, _ in drive.sent].index(runs["review"].pk))
    passed(execution, 601)

    assert expire_late() == 1
    execution.refresh_from_db()
    assert execution.status == "failed"
    assert execution.error["code"] == "time_limit"
    assert "10 minutes" in execution.error["message"]
    assert execution.error["hint"]
    assert execution.deadline_at is None
    assert execution.finished_at is not None
    assert execution.active_seconds == pytest.approx(601, abs=10)
    assert statuses(execution) == {
        "brief": "completed",
        "working": "failed",
        "queued": "failed",
        "review": "failed",
        "below": "skipped",
    }
    codes = execution.node_runs.filter(status="failed").values_list("error__code", flat=True)
    assert set(codes) == {"time_limit"}
    assert not NodeRun.objects.filter(token__isnull=False).exists()
    assert execution.events.filter(kind="run.failed").count() == 1
    assert expire(execution.pk) is False
    assert expire_late() == 0
    drive.work(execution)
    assert drive.order == ["brief", "review"]


def test_nobody_can_decide_a_review_of_a_run_whose_time_was_over(
    drive: Drive, reviewer: User
) -> None:
    made = graph(
        [
            brief("topic"),
            node("review", "review", show=["brief.topic"], due_in_hours=1),
            text("side"),
        ],
        "brief > review",
        "brief > side",
    )
    execution = drive.launch(made, topic="tea")
    drive.commit()
    drive.step()
    drive.step()
    passed(execution, 601)
    assert expire(execution.pk) is True
    task = ReviewTask.objects.get()
    with pytest.raises(AlreadyDecided):
        decide(task.pk, verdict=Verdict.APPROVE, user=reviewer)
    assert task.state == "expired"


@pytest.mark.parametrize("status", ["paused", "completed", "failed", "stopped", "pending"])
def test_only_a_running_run_is_ended_by_its_time(drive: Drive, status: str) -> None:
    execution = drive.launch(REVIEWED, topic="tea")
    passed(execution, 601)
    WorkflowExecution.objects.update(status=status)
    assert expire(execution.pk) is False
    assert expire_late() == 0
