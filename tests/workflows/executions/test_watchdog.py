"""The watchdog of a claim, and handing it back."""

from __future__ import annotations

import os
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.utils import timezone

from tests.engine import Drive
from tests.workflows.executions.claims import held, lapse, taken
from workflows.executions import watch
from workflows.executions.claim import claim, hand_back
from workflows.executions.run import run
from workflows.models import (
    NodeRun,
    WorkflowExecution,
)
from workflows.nodes import registry
from workflows.nodes.base import NodeResult

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("redis")]


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
    dog._watched.renewed = float("-inf")
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
