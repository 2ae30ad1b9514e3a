"""Retry and skip: of a step, of a lane, of all that failed, after the time limit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.engine import Drive, outputs, statuses
from tests.graphs import brief, copy, graph, node, text
from tests.scripted_openai import ScriptedOpenAI, status
from workflows.executions import finish, invariants, reconcile
from workflows.executions.claim import claim
from workflows.executions.moves import NoSuchStep, NotNow
from workflows.executions.pause import pause
from workflows.executions.resume import resume
from workflows.executions.retry import retry
from workflows.executions.skip import skip
from workflows.models import AgentJob, ExecutionEvent, NodeRun, WorkflowExecution
from workflows.nodes.base import NodeError
from workspaces.models import User

pytestmark = pytest.mark.django_db
THREE = graph(
    [
        brief("t"),
        copy("copy", "Number {{ variant }}.", quantity=3),
        text("end", "{{ nodes.copy.count }}"),
    ],
    "brief > copy > end",
)
LANES = {"on_item_error": "fail", "items": "a\nb\nc"}


def refuse(server: ScriptedOpenAI, *words: str) -> None:
    """Calls whose prompt holds one of the words are refused for good."""
    for word in words:
        server.when(lambda call, word=word: word in call.prompt, status(400), times=None)


def agree(server: ScriptedOpenAI) -> None:
    server.forget()


@pytest.fixture
def broken(drive: Drive, providers: ScriptedOpenAI) -> WorkflowExecution:
    """A run whose second and third of three agents have failed."""
    refuse(providers, "Number 2.", "Number 3.")
    execution = drive.run(THREE, t="x")
    assert (execution.status, statuses(execution)["copy"]) == ("failed", "failed")
    agree(providers)
    return execution


def test_a_retry_calls_only_the_agents_that_failed(
    drive: Drive, providers: ScriptedOpenAI, broken: WorkflowExecution, editor: User
) -> None:
    before = len(providers.calls)
    again = retry(broken.pk, key="copy", user=editor)
    assert (again.status, again.error, again.finished_at) == ("running", None, None)
    assert drive.work(broken).status == "completed"
    asked = sorted(call.prompt[:9] for call in providers.calls[before:])
    assert asked == ["Number 2.", "Number 3."]
    assert outputs(broken)["end"] == {"text": "3"}
    told = ExecutionEvent.objects.get(kind="node.retried")
    assert (told.actor, told.data["attempt"]) == (editor, 2)


def test_a_fresh_retry_calls_them_all(
    drive: Drive, providers: ScriptedOpenAI, broken: WorkflowExecution, editor: User
) -> None:
    before = len(providers.calls)
    retry(broken.pk, key="copy", fresh=True, user=editor)
    assert drive.work(broken).status == "completed"
    assert len(providers.calls) == before + 3
    assert broken.node_runs.get(key="copy").output["count"] == 3


def test_a_skip_keeps_what_the_agents_had_finished(
    drive: Drive, broken: WorkflowExecution, editor: User
) -> None:
    skip(broken.pk, key="copy", user=editor)
    assert drive.work(broken).status == "completed"
    run = broken.node_runs.get(key="copy")
    assert (run.status, run.skip_reason, run.output["count"]) == ("skipped", "person", 1)
    assert outputs(broken)["end"] == {"text": "1"}
    told = ExecutionEvent.objects.get(kind="node.skipped")
    assert (told.actor, told.data["kept"]) == (editor, 1)


def test_a_skipped_step_that_made_nothing_has_empty_outputs(
    drive: Drive, providers: ScriptedOpenAI, editor: User
) -> None:
    refuse(providers, "Write")
    made = graph(
        [brief("t"), copy("copy"), text("end", "[{{ nodes.copy.text }}]")], "brief > copy > end"
    )
    execution = drive.run(made, t="x")
    skip(execution.pk, key="copy", user=editor)
    assert drive.work(execution).status == "completed"
    assert outputs(execution)["end"] == {"text": "[]"}


@pytest.mark.parametrize("verb", ["retry", "skip"])
def test_only_a_failed_step_is_repaired(
    drive: Drive, broken: WorkflowExecution, editor: User, verb: str
) -> None:
    act: Any = {"retry": retry, "skip": skip}[verb]
    with pytest.raises(NotNow) as refused:
        act(broken.pk, key="brief", user=editor)
    assert (refused.value.status, refused.value.node_status) == ("failed", "completed")
    with pytest.raises(NoSuchStep):
        act(broken.pk, key="nothing", user=editor)
    with pytest.raises(NoSuchStep):
        act(broken.pk, key="copy", lane="7", user=editor)


def test_a_running_step_is_not_skipped(drive: Drive, editor: User) -> None:
    execution = drive.launch(graph([brief("t"), text("a")], "brief > a"), t="x")
    drive.commit()
    drive.step()
    assert claim(*drive.sent.pop()) is not None
    with pytest.raises(NotNow) as refused:
        skip(execution.pk, key="a", user=editor)
    assert refused.value.node_status == "running"


def test_a_retry_in_a_paused_run_waits_for_resume(
    drive: Drive, providers: ScriptedOpenAI, editor: User
) -> None:
    refuse(providers, "Write")
    made = graph([brief("t"), copy("copy"), copy("slow", "Slow")], "brief > copy", "brief > slow")
    execution = drive.launch(made, t="x")
    drive.commit()
    drive.step()
    drive.step()
    pause(execution.pk, user=editor)
    agree(providers)
    retry(execution.pk, key="copy", user=editor)
    drive.commit()
    drive.sent.clear()
    assert statuses(execution)["copy"] == "queued"
    resume(execution.pk, user=editor)
    assert drive.work(execution).status == "completed"


def lanes(*steps: dict[str, Any], **config: Any) -> Any:
    inside = [step | {"parent": "box"} for step in steps]
    chain = " > ".join(step["key"] for step in steps)
    return graph(
        [
            brief("t"),
            node("box", "parallel", **{**LANES, **config}),
            *inside,
            text("end", "{{ nodes.box.completed }} of {{ nodes.box.items | size }}"),
        ],
        "brief > box > end",
        chain,
    )


def test_one_lane_is_retried_and_its_container_opens_again(
    drive: Drive, providers: ScriptedOpenAI, editor: User
) -> None:
    refuse(providers, "Item b")
    execution = drive.run(lanes(copy("copy", "Item {{ item }}"), text("post", "y")), t="x")
    assert statuses(execution)["box"] == "failed"
    agree(providers)
    before = len(providers.calls)
    retry(execution.pk, key="copy", lane="1", user=editor)
    assert statuses(execution)["box"] == "waiting"
    assert drive.work(execution).status == "completed"
    assert [call.prompt for call in providers.calls[before:]] == ["Item b"]
    assert outputs(execution)["end"] == {"text": "3 of 3"}
    assert invariants.check() == []


def test_a_containers_key_retries_what_failed_inside_it(
    drive: Drive, providers: ScriptedOpenAI, editor: User
) -> None:
    refuse(providers, "Item a", "Item b")
    execution = drive.run(lanes(copy("copy", "Item {{ item }}")), t="x")
    agree(providers)
    retry(execution.pk, key="box", user=editor)
    assert drive.work(execution).status == "completed"
    assert outputs(execution)["end"] == {"text": "3 of 3"}


def test_a_lane_is_skipped_past_and_the_others_go_on(
    drive: Drive, providers: ScriptedOpenAI, editor: User
) -> None:
    refuse(providers, "Item b")
    execution = drive.run(lanes(copy("copy", "Item {{ item }}"), text("post", "y")), t="x")
    skip(execution.pk, key="copy", lane="1", user=editor)
    assert drive.work(execution).status == "completed"
    found = statuses(execution)
    assert (found["copy[1]"], found["post[1]"], found["box"]) == (
        "skipped",
        "completed",
        "completed",
    )


def test_a_container_is_skipped_with_the_lanes_that_came_through(
    drive: Drive, providers: ScriptedOpenAI, editor: User
) -> None:
    refuse(providers, "Item b")
    execution = drive.run(lanes(copy("copy", "Item {{ item }}"), text("post", "y")), t="x")
    skip(execution.pk, key="box", user=editor)
    assert drive.work(execution).status == "completed"
    found = statuses(execution)
    assert (found["box"], found["copy[1]"], found["post[1]"]) == ("skipped", "failed", "skipped")
    assert outputs(execution)["end"] == {"text": "2 of 3"}
    assert [lane["status"] for lane in outputs(execution)["box"]["lanes"]] == [
        "completed", "failed", "completed",
    ]  # fmt: skip


def test_a_lane_that_a_finished_container_did_without_cannot_be_repaired(
    drive: Drive, providers: ScriptedOpenAI, editor: User
) -> None:
    refuse(providers, "Item b", "Last")
    made = graph(
        [
            brief("t"),
            node("box", "parallel", items="a\nb", on_item_error="continue"),
            copy("copy", "Item {{ item }}", parent="box"),
            copy("last", "Last"),
        ],
        "brief > box > last",
    )
    execution = drive.run(made, t="x")
    assert statuses(execution)["box"] == "completed"
    with pytest.raises(NotNow, match="gone on without"):
        retry(execution.pk, key="copy", lane="1", user=editor)
    agree(providers)
    retry(execution.pk, user=editor)
    assert statuses(execution)["copy[1]"] == "failed"
    assert drive.work(execution).status == "completed"


def test_all_failed_steps_are_retried_at_once(
    drive: Drive, providers: ScriptedOpenAI, editor: User
) -> None:
    refuse(providers, "One", "Two")
    made = graph(
        [brief("t"), copy("one", "One"), copy("two", "Two"), text("end")],
        "brief > one > end",
        "brief > two > end",
    )
    execution = drive.run(made, t="x")
    assert execution.failed == 2
    agree(providers)
    retry(execution.pk, user=editor)
    assert drive.work(execution).status == "completed"


def test_after_the_time_limit_a_retry_has_the_whole_limit_and_every_step_its_turn(
    drive: Drive, editor: User
) -> None:
    execution = drive.launch(lanes(text("a"), text("b")), t="x")
    drive.commit()
    for _ in range(4):
        drive.step()
    past = timezone.now() - timedelta(seconds=1)
    WorkflowExecution.objects.update(deadline_at=past, active_seconds=1800)
    assert reconcile.expire_late() == 1
    drive.sent.clear()
    found = {str(run): run.skip_reason for run in execution.node_runs.filter(status="skipped")}
    assert found["end"] == "time_limit"
    again = retry(execution.pk, user=editor)
    assert again.time_limit >= again.active_seconds + 1800
    assert drive.work(execution).status == "completed"
    assert outputs(execution)["end"] == {"text": "3 of 3"}


def test_a_person_may_ask_again_after_two_losses(
    drive: Drive, providers: ScriptedOpenAI, editor: User
) -> None:
    execution = drive.launch(graph([brief("t"), copy("copy")], "brief > copy"), t="x")
    drive.commit()
    drive.step()
    drive.sent.clear()
    run = execution.node_runs.get(key="copy")
    for attempt in (1, 2):
        job = {"node_run": run, "index": 0, "request_hash": "x", "kind": "copy"}
        AgentJob.objects.create(**job, attempt=attempt, status="unknown")
    NodeRun.objects.filter(pk=run.pk).update(status="running", token=run_token(), loss_count=1)
    NodeRun.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(minutes=1))
    assert reconcile.take_over() == 1
    run.refresh_from_db()
    assert (run.status, run.error["code"]) == ("failed", "worker_lost")
    retry(execution.pk, key="copy", user=editor)
    assert drive.work(execution).status == "completed"
    run.refresh_from_db()
    assert run.loss_count == 0


def run_token() -> Any:
    import uuid

    return uuid.uuid4()


def test_skipping_the_last_step_of_a_failed_run_completes_it(
    drive: Drive, providers: ScriptedOpenAI, editor: User
) -> None:
    """Guard: ``reopen`` writes ``running`` before the same transaction ends the run again."""
    refuse(providers, "Write")
    execution = drive.run(graph([brief("t"), copy("copy")], "brief > copy"), t="x")
    assert execution.status == "failed"
    again = skip(execution.pk, key="copy", user=editor)
    assert (again.status, again.error) == ("completed", None)
    assert invariants.check() == []


def test_skipping_a_container_that_never_opened_skips_what_it_holds(
    drive: Drive, editor: User
) -> None:
    """Guard: ``_close`` in ``executions/skip.py``; else the run ends with steps yet to come."""
    held = [node("side", "parallel"), text("a", parent="side")]
    execution = drive.launch(graph([brief("t"), *held], "brief > side"), t="x")
    drive.commit()
    drive.step()
    found = claim(*drive.sent.pop())
    assert found is not None
    finish.fail(found, {}, NodeError("x", "No"))
    assert statuses(execution) == {"brief": "completed", "side": "failed", "a": "pending"}
    again = skip(execution.pk, key="side", user=editor)
    assert statuses(execution) == {"brief": "completed", "side": "skipped", "a": "skipped"}
    assert (again.status, again.skipped) == ("completed", 2)
