"""Rows 34-36, 40 and 42: people who press at the same moment."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from tests.engine import Drive, statuses
from tests.faults.checks import assert_all_well
from tests.faults.site import CHAIN, Site, fan, step
from tests.faults.test_at_once import outcome
from tests.graphs import brief, graph, node, text
from workflows.engine.states import Verdict
from workflows.executions import finish, slots
from workflows.executions.claim import claim
from workflows.executions.moves import NotNow
from workflows.executions.pause import pause
from workflows.executions.resume import resume
from workflows.executions.stop import stop
from workflows.models import AgentJob, ReviewDecision, ReviewTask, WorkflowExecution
from workflows.nodes.base import NodeResult
from workflows.reviews.decide import AlreadyDecided, decide, expire_task
from workspaces.models import User

pytestmark = pytest.mark.django_db(transaction=True)


def test_fault_34_a_pause_while_20_run_and_30_wait(drive: Drive, editor: User) -> None:
    """Guard: the run's status in ``_CLAIM``; ``resume`` sends what is queued again."""
    execution = drive.launch(fan(50), t="x")
    drive.step()
    messages = list(drive.sent)
    held = [claim(*message) for message in messages[:20]]
    pause(execution.pk, user=editor)
    assert [claim(*message) for message in messages[20:]] == [None] * 30
    for one in held:
        assert one is not None
        finish.complete(one, {}, NodeResult({"text": "kept"}))
    drive.sent.clear()
    resume(execution.pk, user=editor)
    assert sorted(drive.sent) == sorted(messages[20:])
    assert drive.work(execution).status == "completed"
    assert sum(run.output == {"text": "kept"} for run in execution.node_runs.all()) == 20
    assert len(drive.order) == 1 + 30 + 1
    assert_all_well()


def test_fault_35_pause_resume_pause_by_two_people(
    drive: Drive, together: Any, editor: User, owner: User
) -> None:
    """Guard: ``check_legal`` under the execution's lock."""
    for _ in range(10):
        execution = drive.launch(CHAIN, t="x")
        presses = [(pause, editor), (resume, owner), (pause, owner), (pause, editor)]
        answers = together(
            [partial(outcome, partial(verb, execution.pk, user=user)) for verb, user in presses]
        )
        done = [one for one in answers if one is not NotNow]
        events = execution.events.filter(kind__in=["run.paused", "run.resumed"])
        kinds = list(events.order_by("pk").values_list("kind", flat=True))
        execution.refresh_from_db()
        assert len(done) == len(kinds)
        assert kinds == ["run.paused", "run.resumed"] * (len(kinds) // 2) + ["run.paused"] * (
            len(kinds) % 2
        )
        assert execution.status == ("paused" if len(kinds) % 2 else "running")
        if execution.status == "paused":
            resume(execution.pk, user=editor)
        assert drive.work(execution).status == "completed"
    assert_all_well()


def test_fault_36_a_stop_while_the_worker_is_deaf(site: Site, editor: User) -> None:
    """Guard: ``stop`` revokes the tokens; it asks nothing of the worker."""
    site.server.latency = 3
    site.workers(1, "deaf")
    execution = site.launch()
    site.calls()
    pressed = time.monotonic()
    stop(execution.pk, user=editor)
    execution.refresh_from_db()
    assert (execution.status, time.monotonic() - pressed < 20) == ("stopped", True)
    site.until(lambda: AgentJob.objects.get().prompt_tokens, 20, "the late answer's bill")
    assert step(execution).output is None
    assert statuses(execution) == {"brief": "completed", "copy": "skipped", "end": "skipped"}
    following = site.launch()
    site.ended(following)
    site.well(execution, following)


ASKING = graph(
    [
        brief("t"),
        node("ask", "review", show=["brief.t"], on_timeout="reject", due_in_hours=1),
        text("good"),
        text("bad"),
    ],
    "brief > ask.approved > good",
    "ask.rejected > bad",
)


@pytest.mark.parametrize("other", ["reject", "time", "stop"])
def test_fault_40_two_answers_to_one_review(
    drive: Drive, together: Any, reviewer: User, owner: User, other: str
) -> None:
    """Guard: the task's state, looked at under the execution's lock in ``decide``."""
    for _ in range(8):
        execution = drive.run(ASKING, t="x")
        task = ReviewTask.objects.get(node_run__execution=execution)
        ReviewTask.objects.filter(pk=task.pk).update(due_at=timezone.now())
        rivals = {
            "reject": partial(decide, task.pk, verdict=Verdict.REJECT, user=owner),
            "time": partial(expire_task, task.pk),
            "stop": partial(stop, execution.pk, user=owner),
        }
        approve = partial(decide, task.pk, verdict=Verdict.APPROVE, user=reviewer)
        answers = together([partial(_answer, approve), partial(_answer, rivals[other])])
        # A stop is legal after an approval too: the run goes on.
        assert sorted(answers) == ["lost", "won"] or (other, answers) == ("stop", ["won"] * 2)
        drive.work(execution)
        task.refresh_from_db()
        assert task.state == ("approved" if answers[0] == "won" else _lost_to(other))
        decisions = ReviewDecision.objects.filter(task=task).count()
        assert decisions == (0 if task.state == "expired" else 1)
    assert_all_well()


def _answer(act: Any) -> str:
    try:
        return "won" if act() is not False else "lost"
    except (AlreadyDecided, NotNow):
        return "lost"


def _lost_to(other: str) -> str:
    return "expired" if other == "stop" else "rejected"


def test_fault_40_an_answer_after_the_end_is_refused(drive: Drive, reviewer: User) -> None:
    """Guard: the same."""
    execution = drive.run(ASKING, t="x")
    task = ReviewTask.objects.get()
    stop(execution.pk, user=reviewer)
    with pytest.raises(AlreadyDecided):
        decide(task.pk, verdict=Verdict.APPROVE, user=reviewer)
    assert_all_well()


def test_fault_42_eleven_launches_at_once(
    drive: Drive, together: Any, slow_commit: Any, program: Any, editor: User
) -> None:
    """Guard: ``slots.free`` counts under the workspace's lock; ``advance`` fills a freed slot."""
    template = drive.template(CHAIN)
    clients = [program(editor) for _ in range(11)]
    body = {"template_id": template.pk, "inputs": {"t": "tea"}}
    slow_commit("launch.write")
    answers = together([lambda one=one: one.make("/executions/launch", body) for one in clients])
    assert [one.status_code for one in answers] == [202] * 11
    states = sorted(WorkflowExecution.objects.values_list("status", flat=True))
    assert states == ["pending"] + ["running"] * 10
    waiting = WorkflowExecution.objects.get(status="pending")
    assert slots.place_in_line(waiting) == 1
    stop(WorkflowExecution.objects.filter(status="running").first().pk, user=editor)
    waiting.refresh_from_db()
    assert waiting.status == "running"
    for one in WorkflowExecution.objects.filter(status="running"):
        drive.work(one)
    accepted = [one.json()["id"] for one in answers]
    assert_all_well(accepted=accepted)
