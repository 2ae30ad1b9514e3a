"""Rows 14, 15, 25, 37-39 and 47: several decisions at the same instant."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tests import factories as make
from tests.engine import Drive, statuses
from tests.faults.checks import assert_all_well
from tests.faults.site import CHAIN, fan
from tests.scripted_openai import ScriptedOpenAI
from tests.workflows.executions.claims import age, lapse, messages, sent
from workflows import queue
from workflows.engine.states import NodeStatus
from workflows.executions import finish, reconcile
from workflows.executions.claim import Claim, claim
from workflows.executions.launch import launch
from workflows.executions.moves import NotNow, move
from workflows.executions.pause import pause
from workflows.executions.retry import retry
from workflows.executions.skip import skip
from workflows.executions.stop import stop
from workflows.models import ExecutionEvent, NodeRun, WorkflowExecution, WorkflowTemplate
from workflows.nodes.base import NodeError, NodeResult
from workspaces.models import Delivery

pytestmark = pytest.mark.django_db(transaction=True)
FAN = fan(20)
BAD = NodeError("x", "No")


def branches(
    drive: Drive, template: WorkflowTemplate | None = None
) -> tuple[WorkflowExecution, list[Claim]]:
    """A run with a claim on each of its twenty branches."""
    execution = launch(
        template=template or drive.template(FAN, f"fan-{WorkflowTemplate.objects.count()}"),
        inputs={"t": "x"},
        workspace=drive.workspace,
        user=drive.user,
    )
    drive.step()
    claims = [claim(*message) for message in drive.sent]
    drive.sent.clear()
    found = [one for one in claims if one is not None]
    assert len(found) == 20
    return execution, found


def ends(claims: list[Claim]) -> list[Any]:
    return [partial(finish.complete, one, {}, NodeResult()) for one in claims]


def outcome(function: Any) -> Any:
    """What a function gives, or the refusal that it raises."""
    try:
        return function()
    except (NotNow, finish.ClaimLost) as refusal:
        return type(refusal)


@pytest.mark.parametrize("times", [1, 2], ids=["plain", "doubled"])
@pytest.mark.parametrize(
    "rounds", [100, pytest.param(1_000, marks=[pytest.mark.long, pytest.mark.timeout(900)])]
)
def test_fault_14_twenty_branches_that_end_at_once_fire_the_join_once(
    drive: Drive, together: Any, rounds: int, times: int
) -> None:
    """Guards: the execution's row lock in ``finish.complete``; status and token in ``_LEAVE``."""
    template = drive.template(FAN)
    for _ in range(rounds):
        execution, claims = branches(drive, template)
        found = together([partial(outcome, one) for one in ends(claims) * times])
        assert found.count(finish.ClaimLost) == 20 * (times - 1)
        join = execution.node_runs.get(key="join")
        assert drive.sent == [(join.pk, 1)]
        drive.work(execution)
        assert (execution.status, execution.completed) == ("completed", 22)
    assert_all_well()


def test_fault_15_one_failure_among_twenty_at_once_never_fires_the_join(
    drive: Drive, together: Any
) -> None:
    """Guard: a failed source leaves its edge undecided (``_Planner._decision``)."""
    for _ in range(3):
        execution, claims = branches(drive)
        together([partial(finish.fail, claims[0], {}, BAD), *ends(claims[1:])])
        execution.refresh_from_db()
        assert drive.sent == []
        assert (statuses(execution)["join"], execution.status) == ("pending", "failed")
    assert_all_well()


@pytest.mark.parametrize("verb", [retry, skip])
def test_fault_15_the_join_fires_once_the_failed_branch_is_retried_or_skipped(
    drive: Drive, together: Any, verb: Any
) -> None:
    """Guard: the same, and the doors that lead out of failed."""
    execution, claims = branches(drive)
    finish.fail(claims[0], {}, BAD)
    key = claims[0].run.key
    act = partial(outcome, partial(verb, execution.pk, key=key, user=None))
    together([act, *ends(claims[1:])])
    join = execution.node_runs.get(key="join")
    if verb is retry:
        assert drive.sent == [(claims[0].node_run_id, 2)]
    else:
        assert drive.sent == [(join.pk, 1)]
    drive.work(execution)
    assert (execution.status, drive.order.count("join")) == ("completed", 1)
    assert_all_well()


def test_fault_25_a_row_that_was_read_too_early_moves_nothing(drive: Drive) -> None:
    """Guard: ``status=frm`` and ``expect`` in ``move``: compare-and-set, not save()."""
    execution = drive.launch(CHAIN, t="x")
    stale = execution.node_runs.get(key="brief")
    drive.work(execution)
    assert stale.status == "queued"
    assert not move(stale.pk, NodeStatus(stale.status), NodeStatus.RUNNING, token=None)
    assert not move(
        stale.pk, NodeStatus.QUEUED, NodeStatus.SKIPPED, expect={"attempt": stale.attempt}
    )
    assert statuses(execution)["brief"] == "completed"
    assert_all_well()


def test_fault_25_a_verb_on_a_stale_run_is_told_how_things_stand(
    drive: Drive, program: Any, editor: Any
) -> None:
    """Guard: ``lock`` reads the run anew; the client's ETag is old, so it fetches the new one."""
    execution = drive.launch(CHAIN, t="x")
    client = program(editor)
    old = client.read(f"/executions/{execution.pk}")
    drive.work(execution)
    assert execution.status == "completed"
    with pytest.raises(NotNow) as refused:
        pause(execution.pk, user=editor)
    assert refused.value.status == "completed"
    fresh = client.read(f"/executions/{execution.pk}", headers={"If-None-Match": old["ETag"]})
    assert (fresh.status_code, fresh.json()["status"]) == (200, "completed")
    assert_all_well()


def test_fault_37_a_stop_that_races_with_the_last_step(drive: Drive, together: Any) -> None:
    """Guards: ``check_legal`` under the execution's lock; the token that ``stop`` revokes.

    Webhooks are told in the transaction that ends the run, by ``tell``.
    """
    make.WebhookFactory(workspace=drive.workspace)
    seen = set()
    for _ in range(25):
        execution = drive.launch(CHAIN, t="x")
        drive.step()
        drive.step()
        last = claim(*drive.sent.pop())
        assert last is not None
        acts = [
            partial(outcome, partial(stop, execution.pk, user=None)),
            partial(outcome, partial(finish.complete, last, {}, NodeResult())),
        ]
        stopped, completed = together(acts)
        execution.refresh_from_db()
        assert (stopped is NotNow) != (completed is finish.ClaimLost)
        assert execution.status == ("completed" if stopped is NotNow else "stopped")
        told = execution.events.filter(kind__in=["run.completed", "run.stopped"])
        assert told.count() == 1
        delivered = Delivery.objects.filter(data__run__id=execution.pk)
        assert delivered.count() == (execution.status == "completed")
        seen.add(execution.status)
    assert seen
    assert_all_well()


def test_fault_38_retry_pressed_five_times_at_once(drive: Drive, together: Any) -> None:
    """Guard: ``find`` looks for failed steps under the execution's lock."""
    execution, claims = branches(drive)
    finish.fail(claims[0], {}, BAD)
    together(ends(claims[1:]))
    press = partial(outcome, partial(retry, execution.pk, key=claims[0].run.key, user=None))
    answers = together([press] * 5)
    assert answers.count(NotNow) == 4
    assert drive.sent == [(claims[0].node_run_id, 2)]
    assert drive.work(execution).status == "completed"
    assert ExecutionEvent.objects.filter(kind="node.retried").count() == 1
    assert_all_well()


def test_fault_39_a_skip_of_a_step_that_is_just_completing(drive: Drive, together: Any) -> None:
    """Guard: ``find`` refuses what has not failed; ``_leave`` asks for ``failed`` once more."""
    for _ in range(10):
        execution, claims = branches(drive)
        together(ends(claims[1:]))
        last = claims[0]
        press = partial(outcome, partial(skip, execution.pk, key=last.run.key, user=None))
        _, answer = together([*ends([last]), press])
        assert answer is NotNow
        assert drive.sent == [(execution.node_runs.get(key="join").pk, 1)]
        assert drive.work(execution).status == "completed"
    assert_all_well()


def test_fault_47_a_reconcile_with_an_old_list_takes_nothing_over(drive: Drive) -> None:
    """Guard: ``_lose`` looks again under the execution's lock."""
    held = claim(drive.launch(CHAIN, t="x").node_runs.get(key="brief").pk, 1)
    assert held is not None
    lapse(held.node_run_id)
    listed = list(reconcile._out_of_lease().values_list("pk", "execution_id"))
    assert reconcile.take_over() == 1
    assert [reconcile._lose(*one) for one in listed] == [False]
    assert ExecutionEvent.objects.filter(kind="node.lost").count() == 1
    assert_all_well(settled=False)


def test_fault_47_reconciles_at_once_double_nothing(real: Drive, together: Any) -> None:
    """Guards: ``SKIP LOCKED`` in ``try_lock``, and the same."""
    rows = [sent(real) for _ in range(10)]
    for row in rows[:5]:
        assert claim(row.pk, 1) is not None
        lapse(row.pk)
    queue.connection().flushdb()
    reports = together([reconcile.reconcile] * 4)
    assert sum(report.taken_over for report in reports) == 5
    assert ExecutionEvent.objects.filter(kind="node.lost").count() == 5
    assert sorted(set(messages())) == sorted(
        f"nr-{row.pk}-{attempt}" for row, attempt in zip(rows, [2] * 5 + [1] * 5, strict=True)
    )
    claims = [claim(*map(int, one.split("-")[1:])) for one in messages()]
    assert len([one for one in claims if one is not None]) == 10


def test_fault_47_after_ten_minutes_without_reconcile_one_pass_catches_up(
    real: Drive, scripted_openai: ScriptedOpenAI
) -> None:
    """Guard: every question of ``reconcile`` is asked in each pass, and none by its last time."""
    lost, unsent, dead, late = (sent(real) for _ in range(4))
    age(queued_at=600, dispatched_at=600)
    NodeRun.objects.filter(pk=unsent.pk).update(dispatched_at=None)
    for row in (dead, late):
        assert claim(row.pk, 1) is not None
    lapse(dead.pk)
    WorkflowExecution.objects.filter(pk=late.execution_id).update(deadline_at="2020-01-01T00:00Z")
    queue.connection().flushdb()
    queue.epoch_is_new()
    report = reconcile.reconcile()
    assert (report.sent, report.resent, report.taken_over, report.expired) == (1, 1, 1, 1)
    assert sorted(messages()) == sorted([f"nr-{lost.pk}-1", f"nr-{unsent.pk}-1", f"nr-{dead.pk}-2"])
    assert_all_well(settled=False)
