"""Rows 9-13: workers that are told to go, and workers that come back."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest
from rq import Queue
from rq.serializers import JSONSerializer

from tests.faults.site import CHAIN, COPY, Site, behind, kill_group, step
from tests.workflows.executions.claims import SMALL, messages
from workflows import queue
from workflows.executions.claim import claim
from workflows.models import AgentJob, ModelPrice, Provider

pytestmark = pytest.mark.django_db(transaction=True)


def test_fault_09_sigterm_while_idle(site: Site) -> None:
    """Guard: RQ's warm shutdown; nothing was held, nothing is lost."""
    pool = site.workers(2)
    site.ready(2)
    pool.terminate()
    assert pool.wait(20) == 0
    execution = site.launch(CHAIN)
    assert messages() == [f"nr-{step(execution, 'brief').pk}-1"]
    site.workers()
    site.ended(execution)
    site.well(execution)


def test_fault_09_sigterm_between_dequeue_and_busy(site: Site) -> None:
    """Guard: ``resend_lost``: the message left the queue and nobody has claimed its step."""
    pool = site.workers(1, "linger_at_dequeue")
    execution = site.launch(CHAIN)
    site.noted("dequeued")
    pool.terminate()
    assert pool.wait(20) == 0
    assert step(execution, "brief").status == "queued"
    site.workers()
    site.ended(execution)
    assert step(execution, "brief").attempt == 1
    site.well(execution)


def test_fault_10_sigterm_while_busy_finishes_the_step_and_takes_no_other(site: Site) -> None:
    """Guard: RQ's warm shutdown with ``NodeWorker``, which runs the step in its own process."""
    site.server.latency = 1.5
    pool = site.workers()
    execution = site.launch()
    site.calls()
    other = site.launch()
    pool.terminate()
    assert pool.wait(20) == 0
    assert step(execution).status == "completed"
    assert step(execution, "end").status == "queued"
    assert step(other, "brief").status == "queued"
    assert len(site.server.calls) == 1
    site.workers()
    site.ended(execution, other)
    site.well(execution, other)


def test_fault_11_a_second_sigterm_hands_the_claim_back_at_once(site: Site) -> None:
    """Guard: ``except SystemExit`` in ``run``."""
    site.server.latency = lambda call: 20 if call.number == 0 else 0.1
    pool = site.workers()
    execution = site.launch()
    site.calls()
    pool.terminate()
    time.sleep(1.3)
    pool.terminate()
    assert pool.wait(5) == 0
    row = step(execution)
    assert (row.status, row.attempt, row.loss_count) == ("queued", 2, 0)
    site.workers()
    site.ended(execution)
    site.well(execution)


def test_fault_11_a_worker_whose_grace_is_over_is_as_one_that_was_killed(site: Site) -> None:
    """Guard: ``take_over``."""
    site.server.latency = lambda call: 20 if call.number == 0 else 0.1
    pool = site.workers()
    execution = site.launch()
    site.calls()
    pool.terminate()
    kill_group(pool)
    site.workers()
    site.ended(execution)
    assert step(execution).loss_count == 1
    site.well(execution)


def test_fault_12_the_same_message_2_and_10_times_over(site: Site) -> None:
    """Guard: the compare-and-set of ``_CLAIM``."""
    door = Queue(queue.QUEUE_NAME, connection=queue.connection(), serializer=JSONSerializer)
    runs = []
    for times in (2, 10):
        runs.append(site.launch(COPY))
        row = step(runs[-1], "brief")
        for number in range(times - 1):
            name = f"copy-{row.pk}-{number}"
            door.enqueue_call(queue.RUN_NODE, args=[row.pk, 1], job_id=name, timeout=-1)
    site.workers(3)
    site.ended(*runs)
    for one in runs:
        assert one.events.filter(kind="node.started", node_run__key="brief").count() == 1
    assert len(site.server.calls) == 2
    site.well(*runs)


def test_fault_12_one_message_taken_by_ten_workers_at_once(drive, together) -> None:
    """Guard: the compare-and-set of ``_CLAIM``, at the same instant."""
    for _ in range(5):
        drive.launch(SMALL, t="x")
        message = drive.sent.pop()
        claims = together([lambda message=message: claim(*message)] * 10)
        assert len([one for one in claims if one is not None]) == 1


def test_fault_13_a_worker_that_was_stopped_and_comes_back_writes_nothing(site: Site) -> None:
    """Guard: the token in ``_LEAVE``, and ``Ledger.complete`` on a job that is not its own."""
    ModelPrice.objects.create(
        provider=Provider.objects.get(slug="scripted"),
        model="scripted-1",
        input_per_million=1_000,
        output_per_million=1_000,
    )
    gate = threading.Event()
    site.server.latency = lambda call: behind(gate) if call.number else 0.0
    pool = site.crashing("provider.answered", "freeze")
    execution = site.launch()
    (zombie,) = site.crashed()
    site.workers()
    site.calls(2)
    os.kill(zombie, signal.SIGCONT)
    late = AgentJob.objects.filter(status="unknown")
    site.until(lambda: late.get().cost, 20, "the late answer's cost")
    pool.terminate()
    assert pool.wait(20) == 0
    row = step(execution)
    assert (row.status, row.attempt, row.output) == ("running", 2, None)
    gate.set()
    site.ended(execution)
    other = AgentJob.objects.get(status="completed")
    assert execution.cost == other.cost + late.get().cost > other.cost
    assert late.get().output is None
    site.well(execution)
