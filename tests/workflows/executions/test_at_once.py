"""Several at the same instant, on connections of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from tests.engine import Drive, statuses
from tests.graphs import brief, graph, text
from tests.workflows.executions.claims import (
    SMALL,
    lapse,
    messages,
    sent,
)
from workflows import queue
from workflows.executions import finish, reconcile
from workflows.executions.claim import Claim, claim
from workflows.models import (
    ExecutionEvent,
    WorkflowExecution,
)
from workflows.nodes.base import NodeError, NodeResult

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("redis")]


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
