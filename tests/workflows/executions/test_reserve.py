"""At most so many agents of a run at once, over all its steps and lanes."""

from __future__ import annotations

import pytest

from tests.engine import Drive, statuses
from tests.graphs import brief, graph, text
from workflows.executions import finish, invariants, reconcile
from workflows.executions.claim import Claim, claim
from workflows.executions.reserve import NoAgentFree, give_back, grow, others_want, reserve
from workflows.models import NodeRun, WorkflowExecution
from workflows.nodes.base import NodeResult

pytestmark = pytest.mark.django_db
WIDE = graph(
    [brief("t"), text("a"), text("b"), text("c"), text("d"), text("end")],
    *(f"brief > {key} > end" for key in "abcd"),
)


@pytest.fixture
def claims(drive: Drive) -> list[Claim]:
    """Claims on four steps side by side; twenty agents are the run's."""
    execution = drive.launch(WIDE, t="x")
    drive.commit()
    drive.step()
    found = [claim(*message) for message in drive.sent]
    drive.sent.clear()
    assert execution.max_parallel_agents == 20
    return [one for one in found if one is not None]


def reserved(execution_id: int) -> dict[str, int]:
    rows = NodeRun.objects.filter(execution_id=execution_id, reserved_agents__gt=0)
    return dict(rows.values_list("key", "reserved_agents"))


def test_the_third_step_of_ten_agents_is_parked_and_woken_by_the_first_that_ends(
    drive: Drive, claims: list[Claim]
) -> None:
    """Guard: the sum under the execution's lock in ``_RESERVE``."""
    a, b, c, _ = claims
    assert (reserve(a, 10), reserve(b, 10)) == (10, 10)
    with pytest.raises(NoAgentFree):
        reserve(c, 10)
    row = NodeRun.objects.get(pk=c.node_run_id)
    assert (row.status, row.wait_for, row.wanted_agents, row.token) == (
        "queued",
        "agents",
        10,
        None,
    )
    assert (row.attempt, row.dispatched_at) == (1, None)
    assert invariants.check() == []
    assert reconcile.send_unsent() == 0
    finish.complete(a, {}, NodeResult())
    drive.commit()
    assert drive.sent == [(c.node_run_id, 1)]
    again = claim(*drive.sent.pop())
    assert again is not None
    assert reserve(again, 10) == 10
    assert sum(reserved(a.execution_id).values()) == 20


def test_a_step_takes_what_is_free_and_grows_when_more_is(
    drive: Drive, claims: list[Claim]
) -> None:
    a, b, *_ = claims
    assert (reserve(a, 18), reserve(b, 9)) == (18, 2)
    assert grow(b, 9) == 2
    assert others_want(a)
    give_back(a, 5)
    assert grow(b, 9) == 9
    assert reserved(a.execution_id) == {"a": 5, "b": 9}


def test_what_is_given_back_wakes_as_many_as_may_begin(drive: Drive, claims: list[Claim]) -> None:
    a, b, c, d = claims
    reserve(a, 20)
    for one in (b, c, d):
        with pytest.raises(NoAgentFree):
            reserve(one, 6)
    give_back(a, 12)
    drive.commit()
    assert drive.sent == [(b.node_run_id, 1), (c.node_run_id, 1)]


def test_a_worker_that_lost_its_step_reserves_nothing(claims: list[Claim]) -> None:
    a = claims[0]
    NodeRun.objects.filter(pk=a.node_run_id).update(token=claims[1].token)
    with pytest.raises(NoAgentFree):
        reserve(a, 3)
    assert reserved(a.execution_id) == {}
    assert statuses(WorkflowExecution.objects.get(pk=a.execution_id))["a"] == "running"


def test_a_parked_step_that_nobody_woke_is_found_by_reconcile(
    drive: Drive, claims: list[Claim]
) -> None:
    a, b, *_ = claims
    reserve(a, 20)
    with pytest.raises(NoAgentFree):
        reserve(b, 4)
    NodeRun.objects.filter(pk=a.node_run_id).update(reserved_agents=0)
    NodeRun.objects.filter(pk=b.node_run_id).update(queued_at="2020-01-01T00:00:00Z")
    assert reconcile.unstick() == 1
    drive.commit()
    assert drive.sent == [(b.node_run_id, 1)]
    assert reconcile.unstick() == 0
