"""What reconcile puts right, on the real queue."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine import Drive
from tests.workflows.executions.claims import (
    SMALL,
    age,
    lapse,
    messages,
    sent,
)
from workflows import queue
from workflows.executions import reconcile
from workflows.executions.claim import claim
from workflows.models import (
    NodeRun,
    WorkflowExecution,
)

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("redis")]


def test_what_a_crash_kept_from_being_sent_is_sent_once_it_is_late(
    real: Drive, settings: Any
) -> None:
    row = real.launch(SMALL, t="x").node_runs.get(key="brief")
    assert messages() == []
    assert reconcile.resend_lost() == 0
    age(dispatched_at=int(settings.ENGINE.unknown_seconds) + 1)
    assert reconcile.resend_lost() == 1
    assert messages() == [f"nr-{row.pk}-1"]
    assert reconcile.resend_lost() == 0


def test_with_redis_away_what_is_unsent_stays_so(
    real: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: Any) -> None:
        raise queue.QueueError("away")

    row = real.launch(SMALL, t="x").node_runs.get(key="brief")
    with monkeypatch.context() as patch:
        for name in ("send", "waiting", "epoch_is_new"):
            patch.setattr(queue, name, away)
        real.commit()
        age(queued_at=60)
        assert reconcile.reconcile().is_empty
    row.refresh_from_db()
    assert row.dispatched_at is None
    assert reconcile.send_unsent() == 1
    row.refresh_from_db()
    assert row.dispatched_at is not None
    assert reconcile.send_unsent() == 0


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


def test_one_broken_run_keeps_no_other_waiting(
    real: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: ``each``, which tells of the broken one and goes on."""
    broken, well = sent(real), sent(real)
    for row in (broken, well):
        assert claim(row.pk, 1) is not None
        lapse(row.pk)
    advance = reconcile.advance

    def breaks(execution: WorkflowExecution, *events: Any) -> None:
        assert execution.pk != broken.execution_id
        advance(execution, *events)

    monkeypatch.setattr(reconcile, "advance", breaks)
    assert reconcile.reconcile().taken_over == 1
    broken.refresh_from_db()
    well.refresh_from_db()
    assert (broken.status, broken.loss_count) == ("running", 0), "nothing half done"
    assert (well.status, well.attempt) == ("queued", 2)
