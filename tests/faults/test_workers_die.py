"""Rows 1-8: a worker dies at every bad moment."""

from __future__ import annotations

import os
import signal
import threading
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from documents.models import DocumentAttachment, Image
from tests.faults.site import CHAIN, COPY, Site, alive, behind, children, kill_group, step
from tests.graphs import brief, copy, graph, node
from workflows.executions import reconcile
from workflows.executions.claim import claim
from workflows.models import AgentJob, NodeRun

pytestmark = pytest.mark.django_db(transaction=True)

ILLUSTRATED = graph(
    [
        brief("t"),
        copy("copy", "Take {{ variant }} slow", quantity=3),
        node("art", "generate_image", prompt="Headline: x", size="64x64", quantity=2),
        node(
            "doc",
            "attach_to_document",
            title="T",
            body="{{ nodes.copy.text }}",
            images=["nodes.art.images"],
        ),
    ],
    "brief > copy > art > doc",
)
DRAWN = graph(
    [
        brief("t"),
        node("art", "generate_image", provider="scripted", prompt="x", size="1024x1024"),
        node("doc", "attach_to_document", title="T", body="B", images=["nodes.art.images"]),
    ],
    "brief > art > doc",
)


def test_fault_01_kill_9_in_the_middle_of_a_provider_call(site: Site) -> None:
    """Guard: the lease with ``take_over``, and ``Ledger.read``, which reuses finished agents."""
    site.server.latency = lambda call: 30 if "Take 2" in call.prompt and _first(site) else 0.1
    pool = site.workers()
    execution = site.launch(ILLUSTRATED)
    site.until(lambda: AgentJob.objects.filter(status="completed").count() == 2, what="two agents")
    before = len(site.server.calls)
    killed = time.monotonic()
    kill_group(pool)
    site.workers()
    site.until(lambda: step(execution).attempt == 2, 60, "the second attempt")
    assert time.monotonic() - killed < 60
    site.ended(execution)
    assert len(site.server.calls) == before + 1
    statuses = AgentJob.objects.filter(kind="copy").values_list("status", flat=True)
    assert sorted(statuses) == ["completed", "completed", "completed", "unknown"]
    assert DocumentAttachment.objects.count() == 2
    assert step(execution).loss_count == 1
    site.well(execution)


def _first(site: Site) -> bool:
    return sum("Take 2" in call.prompt for call in site.server.calls) == 1


def test_fault_02_workers_die_with_the_parent_of_their_pool(site: Site) -> None:
    """Guard: PR_SET_PDEATHSIG in ``die_with_parent``."""
    pool = site.workers(2)
    site.ready(2)
    workers = children(pool.pid)
    assert len(workers) == 2
    os.kill(pool.pid, signal.SIGKILL)
    pool.wait()
    site.until(lambda: not any(map(alive, workers)), 5, "workers gone")


def test_fault_02_an_orphaned_worker_that_lost_its_lease_completes_nothing(site: Site) -> None:
    """Guard: the token in ``_LEAVE`` (fencing), where the kernel ends no orphans."""
    gates = [threading.Event(), threading.Event()]
    site.server.latency = lambda call: behind(gates[call.number])
    pool = site.workers(1, "orphan", "mute")
    execution = site.launch()
    site.calls()
    (orphan,) = children(pool.pid)
    os.kill(pool.pid, signal.SIGKILL)
    pool.wait()
    site.workers()
    site.calls(2)
    assert alive(orphan)
    gates[0].set()
    late = AgentJob.objects.filter(status="unknown")
    site.until(lambda: late.get().prompt_tokens, 30, "the orphan's answer")
    os.kill(orphan, signal.SIGTERM)
    site.until(lambda: not alive(orphan), 30, "the orphan's last word")
    row = step(execution)
    assert (row.status, row.attempt, row.output) == ("running", 2, None)
    gates[1].set()
    site.ended(execution)
    site.well(execution)


def test_fault_03_kill_9_between_claim_and_first_heartbeat(site: Site) -> None:
    """Guard: the lease that ``_CLAIM`` itself sets, before any watchdog has looked."""
    site.crashing("claim.after_commit")
    execution = site.launch()
    site.crashed()
    # The start alone would do too: the next test looks at that.
    NodeRun.objects.filter(execution=execution, status="running").update(started_at=None)
    site.ended(execution)
    assert step(execution, "brief").loss_count == 1
    site.well(execution)


def test_fault_03_a_claim_without_any_lease_is_found_by_its_start(site: Site) -> None:
    """Guard: ``started_at`` in ``_out_of_lease``."""
    execution = site.launch(CHAIN)
    held = claim(step(execution, "brief").pk, 1)
    assert held is not None
    long_ago = timezone.now() - timedelta(minutes=2)
    NodeRun.objects.filter(pk=held.node_run_id).update(lease_until=None, started_at=long_ago)
    assert reconcile.take_over() == 1
    site.workers()
    site.ended(execution)
    site.well(execution)


def test_fault_04_kill_9_after_the_answer_and_before_its_commit(site: Site) -> None:
    """Guard: ``Ledger._forget`` makes the agent unknown and has it sent once more."""
    site.crashing("ledger.complete.before_commit")
    execution = site.launch()
    site.crashed()
    site.ended(execution)
    jobs = AgentJob.objects.order_by("attempt").values_list("status", flat=True)
    assert list(jobs) == ["unknown", "completed"]
    assert len(site.server.calls) == 2
    site.well(execution)


def test_fault_04_a_second_unknown_answer_fails_the_step(site: Site) -> None:
    """Guard: ``MAX_UNKNOWN`` in ``Ledger._forget``, and ``is_poison``: never a third call."""
    site.crashing("provider.answered", times=2)
    execution = site.launch()
    site.crashed(2)
    site.ended(execution, status="failed")
    assert step(execution).error["code"] == "worker_lost"
    assert len(site.server.calls) == 2
    site.well(execution)


def test_fault_05_kill_9_after_the_object_is_put_and_before_its_commit(site: Site) -> None:
    """Guard: the key made of ids and content hash in ``put_object``."""
    site.crashing("object.after_put")
    execution = site.launch(DRAWN)
    site.crashed()
    site.ended(execution)
    assert len(site.server.calls) == 2
    assert Image.objects.count() == DocumentAttachment.objects.count() == 1
    root = site.folder.parent / "media"
    objects = [one for one in root.rglob("*") if one.is_file()]
    assert [str(one.relative_to(root)) for one in objects] == [Image.objects.get().key]
    site.well(execution)


def test_fault_06_kill_9_after_the_commit_and_before_dispatch(site: Site) -> None:
    """Guard: ``resend_lost``, which looks for the message in Redis."""
    site.crashing("dispatch.before_send")
    execution = site.launch(CHAIN)
    site.crashed()
    began = time.monotonic()
    site.ended(execution)
    assert time.monotonic() - began < 10
    site.well(execution)


def test_fault_07_kill_9_right_after_dispatch(site: Site) -> None:
    """Guard: attempt and status in ``_CLAIM``: the same message once more takes nothing."""
    gate = threading.Event()
    site.server.latency = lambda call: behind(gate)
    site.crashing("dispatch.after_send")
    execution = site.launch()
    site.crashed()
    row = step(execution)
    for _ in range(2):
        reconcile.dispatch([(row.pk, 1)])
    site.calls()
    assert claim(row.pk, 1) is None
    gate.set()
    site.ended(execution)
    assert len(site.server.calls) == 1
    assert execution.events.filter(kind="node.started", node_run=row).count() == 1
    assert claim(row.pk, 1) is None
    site.well(execution)


@pytest.mark.parametrize("queues", [1, 2])
def test_fault_08_kill_9_right_after_dequeue(site: Site, queues: int) -> None:
    """Guard: ``resend_lost`` counts what stands in the queue, and nothing else, as known."""
    site.workers(1, "die_at_dequeue", *["two_queues"][: queues - 1])
    execution = site.launch(CHAIN)
    site.noted("dequeued")
    site.ended(execution)
    assert step(execution, "brief").loss_count == 0
    site.well(execution)


def test_fault_08_kill_9_at_the_start_of_the_job(site: Site) -> None:
    """Guard: as above, for a message that RQ holds nowhere any more."""
    site.crashing("job.dequeued")
    execution = site.launch(COPY)
    site.crashed()
    site.ended(execution)
    assert len(site.server.calls) == 1
    site.well(execution)
