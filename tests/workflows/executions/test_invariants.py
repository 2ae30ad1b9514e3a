"""Each invariant's query finds what breaks it, and the alarm reaches whoever watches."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from structlog.testing import capture_logs

from tests import factories as make
from workflows.executions import invariants
from workflows.models import NodeRun, WorkflowExecution

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("redis")]
LONG_AGO = timedelta(days=1)


def step(run: WorkflowExecution | None = None, **fields: Any) -> NodeRun:
    """A step of a run that goes on, well in hand unless the fields say otherwise."""
    held = {
        "status": "running",
        "token": uuid.uuid4(),
        "lease_until": timezone.now() + LONG_AGO,
        "reserved_agents": 0,
    }
    run = run or make.ExecutionFactory.create(status="running")
    return make.NodeRunFactory.create(execution=run, **(held | fields))


def unleased() -> None:
    step(lease_until=timezone.now() - LONG_AGO)


def unsent() -> None:
    old = timezone.now() - LONG_AGO
    step(status="queued", token=None, lease_until=None, queued_at=old, dispatched_at=None)


def unasked() -> None:
    step(status="waiting", token=None, lease_until=None, wait_for="people")


def left_over() -> None:
    run = make.ExecutionFactory.create(status="stopped")
    step(run, status="queued", token=None, lease_until=None, dispatched_at=timezone.now())


def overfull() -> None:
    document = make.DocumentFactory.create()
    for _ in range(21):
        make.AttachmentFactory.create(document=document)


def asked_again() -> None:
    row = step()
    for attempt, status in enumerate(("unknown", "unknown", "running"), start=1):
        make.AgentJobFactory.create(node_run=row, index=0, attempt=attempt, status=status)


def too_many() -> None:
    row = step(reserved_agents=15)
    step(row.execution, key="other", reserved_agents=6)


BROKEN: dict[Callable[[], None], str] = {
    unleased: "I1 runs without a lease",
    unsent: "I1 queued and was never sent",
    unasked: "I1 no open review",
    left_over: "I1 though the run has ended",
    overfull: "I4 21 images",
    asked_again: "I5 lost 2 times",
    too_many: "I6 21 agents reserved of 20",
}


@pytest.mark.parametrize("breaks", BROKEN, ids=lambda breaks: breaks.__name__)
def test_a_broken_invariant_is_found(breaks: Callable[[], None]) -> None:
    step()
    assert invariants.check() == []
    breaks()
    (found,) = invariants.check()
    rule, words = BROKEN[breaks].split(" ", 1)
    assert found.rule == rule
    assert words in found.detail


def test_the_alarm_is_in_the_log_in_the_metrics_and_in_the_health(
    redis_queue: None, settings: Any
) -> None:
    settings.METRICS_TOKEN = "a-token-that-is-long-enough-for-a-test"
    too_many()
    with capture_logs() as logs:
        call_command("reconcile", "--once")
    (told,) = [line for line in logs if line["event"] == "invariant broken"]
    assert (told["log_level"], told["rule"]) == ("error", "I6")
    health = Client().get("/readyz")
    assert (health.status_code, health.json()["checks"]["invariants"]) == (503, "down: I6")
    scraper = Client(headers={"Authorization": f"Bearer {settings.METRICS_TOKEN}"})
    assert b"copyloom_invariant_violations 1" in scraper.get("/metrics").content
