"""Who may write what: lost claims, the watchdog, and what reconcile puts right."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from documents.models import Document
from tests.engine import Drive, statuses
from tests.graphs import brief, copy, graph, text
from tests.scripted_openai import ScriptedOpenAI
from workflows import queue
from workflows.executions import finish, reconcile, watch
from workflows.executions.agents import Made
from workflows.executions.claim import Claim, claim, hand_back, renew
from workflows.executions.ledger import Ledger
from workflows.executions.run import run
from workflows.models import (
    AgentJob,
    ExecutionEvent,
    ModelPrice,
    NodeRun,
    Provider,
    ReviewTask,
    WorkflowExecution,
)
from workflows.nodes import registry
from workflows.nodes.base import AgentCall, NodeError, NodeResult
from workflows.nodes.effects import AskReview, OpenLanes, SaveDocument
from workflows.providers.base import ChatAnswer, ChatRequest, Usage
from workflows.providers.registry import resolve
from workspaces.models import User, Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("redis")]

SMALL = graph([brief("t"), text("a"), text("b")], "brief > a > b")


def held(drive: Drive) -> Claim:
    """A claim on the first step of a new run."""
    execution = drive.launch(SMALL, t="x")
    found = claim(execution.node_runs.get(key="brief").pk, 1)
    assert found is not None
    return found


def lapse(node_run_id: int) -> None:
    """Let the lease of a running step run out."""
    past = timezone.now() - timedelta(minutes=1)
    NodeRun.objects.filter(pk=node_run_id).update(lease_until=past)


def taken(old: Claim) -> Claim:
    """The claim of the worker that takes over."""
    lapse(old.node_run_id)
    assert reconcile.take_over() == 1
    fresh = claim(old.node_run_id, old.attempt + 1)
    assert fresh is not None
    return fresh


def everything() -> list[Any]:
    """Every row that a step's end may write."""
    models = [WorkflowExecution, NodeRun, ExecutionEvent, ReviewTask, Document, AgentJob]
    return [list(model.objects.order_by("pk").values()) for model in models]


EFFECTS = {
    "none": None,
    "document": SaveDocument(None, "T", "B", (), "append", "first"),
    "review": AskReview("", ({"id": "copy-1", "kind": "copy", "text": "x"},), (), "", None, {}),
    "lanes": OpenLanes(("a", "b"), "item", 2, "fail"),
}


@pytest.mark.parametrize("effect", EFFECTS)
def test_a_zombie_completes_nothing(drive: Drive, effect: str) -> None:
    """Guards: the token in ``_LEAVE`` and in ``_held``."""
    zombie = held(drive)
    taken(zombie)
    before = everything()
    with pytest.raises(finish.ClaimLost):
        finish.complete(zombie, {}, NodeResult({"t": "late"}, effect=EFFECTS[effect]))
    assert everything() == before


def test_a_zombie_fails_nothing_and_leaves_quietly(drive: Drive) -> None:
    zombie = held(drive)
    taken(zombie)
    before = everything()
    with pytest.raises(finish.ClaimLost):
        finish.fail(zombie, {}, NodeError("x", "late"))
    run(zombie, threading.Event())
    assert everything() == before


def test_a_zombie_does_not_end_a_run_whose_time_is_over(drive: Drive) -> None:
    """Guard: ``_held`` before ``end_late``: the run is another's to end."""
    zombie = held(drive)
    taken(zombie)
    WorkflowExecution.objects.update(deadline_at=timezone.now() - timedelta(seconds=1))
    before = everything()
    with pytest.raises(finish.ClaimLost):
        finish.fail(zombie, {}, NodeError("x", "late"))
    assert everything() == before


def test_a_zombie_hands_nothing_back_and_renews_nothing(drive: Drive) -> None:
    zombie = held(drive)
    fresh = taken(zombie)
    before = everything()
    assert hand_back(zombie) is False
    assert renew(zombie) is None
    assert everything() == before
    assert renew(fresh) is True


def test_a_worker_that_lost_its_step_sends_no_further_call(
    drive: Drive, providers: ScriptedOpenAI
) -> None:
    """Guard: the token in ``Ledger.write_call``, and the check after it in the agent's log."""
    drive.launch(graph([brief("t"), copy("copy")], "brief > copy"), t="x")
    drive.commit()
    drive.step()
    zombie = claim(*drive.sent.pop())
    assert zombie is not None
    taken(zombie)
    run(zombie, threading.Event())
    assert providers.calls == []


def test_a_late_answer_keeps_its_cost_and_loses_its_output(
    drive: Drive, providers: ScriptedOpenAI
) -> None:
    """Guard: ``Ledger.complete`` writes an output to a job that still runs alone."""
    row = Provider.objects.get(slug="scripted")
    ModelPrice.objects.create(
        provider=row, model="scripted-1", input_per_million=500_000, output_per_million=0
    )
    execution = drive.launch(graph([brief("t"), copy("copy")], "brief > copy"), t="x")
    drive.commit()
    drive.step()
    zombie = claim(*drive.sent.pop())
    assert zombie is not None
    calls = [AgentCall(ChatRequest(prompt="Write", model=""), "")]
    found = [resolve(workspace_id=execution.workspace_id, slug="", kind="copy")]

    late = Ledger(zombie, zombie.run, execution)
    _, (sent,) = late.open_jobs(calls, found)
    late.write_call(sent, 1, "text")
    fresh = taken(zombie)
    second = Ledger(fresh, fresh.run, execution)
    _, (again,) = second.open_jobs(calls, found)
    late.close_call(sent, 1, Usage(3, 5), "")
    late.complete(
        sent, calls[0], found[0], Made(ChatAnswer("late", model="scripted-1", usage=Usage(3, 5)))
    )

    sent.refresh_from_db()
    again.refresh_from_db()
    execution.refresh_from_db()
    assert (sent.status, sent.output, again.status) == ("unknown", None, "pending")
    assert (sent.prompt_tokens, sent.completion_tokens, sent.cost) == (3, 5, 1.5)
    assert (execution.prompt_tokens, execution.cost) == (3, 1.5)
    assert NodeRun.objects.get(pk=zombie.node_run_id).output is None


def test_a_watched_claim_keeps_its_lease_while_all_is_well(drive: Drive) -> None:
    holding = held(drive)
    dog = watch.Watchdog()
    cancelled = dog.hold(holding)
    lapse(holding.node_run_id)
    look(dog)
    assert not cancelled.is_set()
    assert NodeRun.objects.get(pk=holding.node_run_id).lease_until > timezone.now()


def look(dog: watch.Watchdog) -> None:
    """One turn of the watchdog's loop."""
    assert dog._watched is not None
    dog._look(dog._watched)


@pytest.mark.parametrize(
    "change",
    [
        {"control": "stop"},
        {"status": "stopped"},
        {"status": "failed"},
        {"deadline_at": timezone.now() - timedelta(minutes=1)},
    ],
)
def test_the_watchdog_cancels_when_the_run_is_stopped_or_over(
    drive: Drive, change: dict[str, Any]
) -> None:
    holding = held(drive)
    dog = watch.Watchdog()
    cancelled = dog.hold(holding)
    WorkflowExecution.objects.filter(pk=holding.execution_id).update(**change)
    look(dog)
    assert cancelled.is_set()


def test_a_paused_run_lets_its_running_steps_finish(drive: Drive) -> None:
    holding = held(drive)
    dog = watch.Watchdog()
    cancelled = dog.hold(holding)
    WorkflowExecution.objects.filter(pk=holding.execution_id).update(
        status="paused", control="pause"
    )
    look(dog)
    assert not cancelled.is_set()


def test_the_watchdog_cancels_when_the_claim_is_lost(drive: Drive) -> None:
    zombie = held(drive)
    dog = watch.Watchdog()
    cancelled = dog.hold(zombie)
    taken(zombie)
    look(dog)
    assert cancelled.is_set()


def test_the_watchdog_cancels_at_the_deadline_and_ends_a_process_that_ignores_it(
    drive: Drive, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    dog = watch.Watchdog()
    cancelled = dog.hold(held(drive))
    assert dog._watched is not None
    dog._watched.ends -= settings.ENGINE.node_deadline_seconds + 1
    look(dog)
    assert cancelled.is_set()
    assert ended == []
    dog._watched.ends -= settings.ENGINE.deadline_grace_seconds
    look(dog)
    assert ended == [watch.EXIT_DEAF]


def test_a_worker_without_its_database_gives_up_only_after_its_patience(
    drive: Drive, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    monkeypatch.setattr(watch, "connection", type("Gone", (), {"close": lambda self: None})())
    dog = watch.Watchdog()
    dog._without_database(None, DatabaseError("away"))
    dog.hold(held(drive))
    assert dog._watched is not None
    dog._without_database(dog._watched, DatabaseError("away"))
    assert ended == []
    dog._watched.last_seen -= settings.ENGINE.database_patience_seconds + 1
    dog._without_database(dog._watched, DatabaseError("away"))
    assert ended == [watch.EXIT_DEAF]


def test_a_claim_handed_back_is_queued_and_sent_as_the_next_attempt(drive: Drive) -> None:
    holding = held(drive)
    drive.commit()
    drive.sent.clear()
    assert hand_back(holding) is True
    drive.commit()
    row = NodeRun.objects.get(pk=holding.node_run_id)
    assert (row.status, row.attempt, row.token, row.loss_count) == ("queued", 2, None, 0)
    assert drive.sent == [(row.pk, 2)]
    assert claim(row.pk, 1) is None
    assert drive.work(row.execution).status == "completed"


def test_a_worker_told_to_leave_hands_its_step_back(
    drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leave(config: Any, ctx: Any) -> NodeResult:
        raise SystemExit(0)

    holding = held(drive)
    with monkeypatch.context() as patch:
        patch.setattr(registry.get("brief"), "run", leave)
        with pytest.raises(SystemExit):
            run(holding, threading.Event())
    assert NodeRun.objects.get(pk=holding.node_run_id).status == "queued"
    assert drive.work(holding.run.execution).status == "completed"


# Reconcile, on the real queue.


@pytest.fixture
def real(redis_queue: None, workspace: Workspace, editor: User) -> Iterator[Drive]:
    """Launches on the real queue; nothing takes the messages."""
    queue.epoch_is_new()
    yield Drive([], workspace, editor)


def messages() -> list[str]:
    """Ids of the messages on the queue, oldest first."""
    return [one.decode() for one in queue.connection().lrange("rq:queue:nodes", 0, -1)]


def sent(drive: Drive) -> NodeRun:
    """The queued first step of a run whose message has been sent."""
    execution = drive.launch(SMALL, t="x")
    drive.commit()
    return execution.node_runs.get(key="brief")


def age(**fields: int) -> None:
    """Set times so many seconds into the past."""
    now = timezone.now()
    NodeRun.objects.filter(status="queued").update(
        **{name: now - timedelta(seconds=seconds) for name, seconds in fields.items()}
    )


def test_what_was_never_sent_is_sent_once_it_is_late(real: Drive, settings: Any) -> None:
    row = real.launch(SMALL, t="x").node_runs.get(key="brief")
    assert reconcile.send_unsent() == 0
    age(queued_at=int(settings.ENGINE.unsent_seconds) + 1)
    assert reconcile.send_unsent() == 1
    assert messages() == [f"nr-{row.pk}-1"]
    row.refresh_from_db()
    assert row.dispatched_at is not None
    assert reconcile.send_unsent() == 0


def test_with_redis_away_what_is_unsent_stays_so(
    real: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: Any) -> None:
        raise queue.QueueError("away")

    row = real.launch(SMALL, t="x").node_runs.get(key="brief")
    age(queued_at=60)
    with monkeypatch.context() as patch:
        for name in ("send", "known", "epoch_is_new"):
            patch.setattr(queue, name, away)
        assert reconcile.reconcile().is_empty
    row.refresh_from_db()
    assert row.dispatched_at is None
    assert reconcile.send_unsent() == 1


def test_only_late_messages_that_redis_has_lost_are_sent_again(real: Drive) -> None:
    lost, kept = sent(real), sent(real)
    queue.connection().lrem("rq:queue:nodes", 0, f"nr-{lost.pk}-1")
    assert reconcile.resend_lost() == 0
    age(dispatched_at=60)
    assert reconcile.resend_lost() == 1
    assert messages() == [f"nr-{kept.pk}-1", f"nr-{lost.pk}-1"]


def test_when_redis_has_lost_its_memory_everything_is_sent_again_at_once(real: Drive) -> None:
    rows = [sent(real) for _ in range(3)]
    queue.connection().flushdb()
    assert reconcile.resend_lost() == 3
    assert sorted(messages()) == sorted(f"nr-{row.pk}-1" for row in rows)
    assert reconcile.resend_lost() == 0


@pytest.mark.parametrize("status", ["paused", "failed", "stopped"])
def test_nothing_is_sent_for_a_run_that_does_not_go_on(real: Drive, status: str) -> None:
    sent(real)
    WorkflowExecution.objects.update(status=status)
    queue.connection().flushdb()
    age(queued_at=600, dispatched_at=600)
    assert reconcile.resend_lost() == 0
    NodeRun.objects.update(dispatched_at=None)
    assert reconcile.send_unsent() == 0


def test_a_dead_workers_step_is_the_next_attempt_and_the_second_death_is_poison(
    real: Drive,
) -> None:
    row = sent(real)
    assert claim(row.pk, 1) is not None
    assert reconcile.take_over() == 0
    lapse(row.pk)
    assert reconcile.take_over() == 1
    real.commit()
    row.refresh_from_db()
    assert (row.status, row.attempt, row.loss_count) == ("queued", 2, 1)
    assert messages()[-1] == f"nr-{row.pk}-2"
    assert claim(row.pk, 2) is not None
    lapse(row.pk)
    assert reconcile.take_over() == 1
    row.refresh_from_db()
    assert (row.status, row.loss_count, row.token) == ("failed", 2, None)
    assert row.error["code"] == "worker_lost"
    assert row.execution.status == "failed"
    assert reconcile.take_over() == 0


# Several at the same instant, on connections of their own.


@pytest.fixture
def together() -> Iterator[Callable[[list[Callable[[], Any]]], list[Any]]]:
    """Runs functions at the same instant, each in a thread with its own connection."""
    with ThreadPoolExecutor(20) as pool:

        def at_once(functions: list[Callable[[], Any]]) -> list[Any]:
            gate = threading.Barrier(len(functions))

            def start(function: Callable[[], Any]) -> Any:
                gate.wait(30)
                return function()

            return list(pool.map(start, functions))

        yield at_once
        at_once([lambda: connection.close()] * 20)


@pytest.mark.django_db(transaction=True)
def test_two_reconciles_at_once_double_nothing(real: Drive, together: Any) -> None:
    """Guard: ``_lose`` looks again under the execution's lock."""
    rows = [sent(real) for _ in range(10)]
    for row in rows[:5]:
        assert claim(row.pk, 1) is not None
        lapse(row.pk)
    queue.connection().flushdb()
    reports = together([reconcile.reconcile] * 2)
    assert sum(report.taken_over for report in reports) == 5
    assert ExecutionEvent.objects.filter(kind="node.lost").count() == 5
    assert sorted(set(messages())) == sorted(
        f"nr-{row.pk}-{attempt}" for row, attempt in zip(rows, [2] * 5 + [1] * 5, strict=True)
    )
    claims = [claim(*map(int, one.split("-")[1:])) for one in messages()]
    assert len([one for one in claims if one is not None]) == 10


BRANCHES = [f"b{number}" for number in range(20)]
FAN = graph(
    [brief("t"), *(text(key) for key in BRANCHES), text("join")],
    *(f"brief > {key} > join" for key in BRANCHES),
)


def branches(drive: Drive) -> tuple[WorkflowExecution, list[Claim]]:
    """A run with a claim on each of its twenty branches."""
    execution = drive.launch(FAN, t="x")
    drive.step()
    claims = [claim(*message) for message in drive.sent]
    drive.sent.clear()
    found = [one for one in claims if one is not None]
    assert len(found) == 20
    return execution, found


@pytest.mark.django_db(transaction=True)
def test_twenty_branches_that_end_at_once_fire_the_join_once(drive: Drive, together: Any) -> None:
    """Guard: the execution's row lock in ``finish.complete``."""
    for _ in range(20):
        execution, claims = branches(drive)
        ends = [lambda one=one: finish.complete(one, {}, NodeResult()) for one in claims]
        together(ends)
        join = execution.node_runs.get(key="join")
        assert drive.sent == [(join.pk, 1)]
        assert (join.status, join.attempt) == ("queued", 1)
        drive.work(execution)
        assert (execution.status, execution.completed) == ("completed", 22)


@pytest.mark.django_db(transaction=True)
def test_one_failure_among_twenty_at_once_never_fires_the_join(drive: Drive, together: Any) -> None:
    for _ in range(3):
        execution, claims = branches(drive)
        ends = [lambda one=one: finish.complete(one, {}, NodeResult()) for one in claims[1:]]
        bad = claims[0]
        together([lambda bad=bad: finish.fail(bad, {}, NodeError("x", "No")), *ends])
        execution.refresh_from_db()
        assert drive.sent == []
        assert statuses(execution)["join"] == "pending"
        assert (execution.status, execution.failed, execution.completed) == ("failed", 1, 20)


@pytest.mark.django_db(transaction=True)
def test_one_message_taken_by_ten_workers_at_once_is_claimed_once(
    drive: Drive, together: Any
) -> None:
    """Guard: the compare-and-set of ``_CLAIM``."""
    for _ in range(5):
        drive.launch(SMALL, t="x")
        message = drive.sent.pop()
        claims = together([lambda message=message: claim(*message)] * 10)
        assert len([one for one in claims if one is not None]) == 1
