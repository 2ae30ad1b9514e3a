"""How a process comes by a crash point, and what follows from that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from documents.models import Document, DocumentAttachment
from tests.scripted_openai import status
from tests.workflows.executions.claims import lapse
from tests.workflows.executions.crash_site import ASKING, PICTURED, SIDES, Site, passed
from workflows import queue
from workflows.executions import finish
from workflows.executions.claim import claim
from workflows.executions.reserve import reserve
from workflows.executions.retry import retry
from workflows.executions.skip import skip
from workflows.executions.stop import stop
from workflows.models import AgentJob, NodeRun, ReviewTask, WorkflowExecution
from workflows.nodes.base import NodeResult
from workspaces.models import Workspace

Stage = Callable[[Site, str, str], None]
"""``stage(site, plan, mode)``: the point's whole story."""

# A worker dies, or fails, in the middle of a run.


def crash(site: Site, plan: str, mode: str) -> None:
    """A worker comes by the point; where it dies another takes its place."""
    pid = site.worker(plan)
    if mode != "kill":
        site.until(site.mark.exists, "the crash point")
        return
    site.until(lambda: site.zygote.wait(pid, 0) == -9, "the worker's death")
    assert site.mark.exists()
    for row in NodeRun.objects.filter(status="running"):
        lapse(row.pk)
    site.worker()


def in_flow(site: Site, plan: str, mode: str) -> None:
    """Copy and a document."""
    site.launch()
    crash(site, plan, mode)
    site.ended()
    assert Document.objects.count() == 1
    site.well(2, 2)


def pictured(site: Site, plan: str, mode: str) -> None:
    """Copy, a picture, and a document that the picture is attached to."""
    site.launch(PICTURED)
    crash(site, plan, mode)
    site.ended()
    assert DocumentAttachment.objects.count() == 1
    site.well(3, 2)


def slowly(site: Site, plan: str, mode: str) -> None:
    """The same with calls that outlast a lease's renewal."""
    site.server.latency = 0.7
    in_flow(site, plan, mode)


def after_a_death(site: Site, plan: str, mode: str) -> None:
    """The second worker dies as well, while it tidies up after the first."""
    site.launch()
    crash(site, "provider.answered:kill:1", "kill")
    site.zygote.end_all()
    for row in NodeRun.objects.filter(status="running"):
        lapse(row.pk)
    site.mark.unlink()
    crash(site, plan, mode)
    site.ended()
    assert Document.objects.count() == 1
    site.well(2, 4)


def refused(site: Site, plan: str, mode: str) -> None:
    """The service refuses what the agents ask."""
    site.server.when(lambda call: "Write" in call.prompt, status(400), times=2)
    site.launch()
    crash(site, plan, mode)
    site.ended()
    site.well(2, 4)


def beside_another(site: Site, plan: str, mode: str) -> None:
    """One agent is slow, and another step of the run could use what the other leaves."""
    slow = 0.6
    site.server.latency = lambda call: slow if "Write 2" in call.prompt else 0.02
    site.launch(SIDES)
    site.work("brief")
    other = claim(site.step("other").pk, 1)
    assert other is not None
    assert reserve(other, 2) == 2
    NodeRun.objects.filter(pk=other.node_run_id).update(
        lease_until=timezone.now() + timedelta(minutes=5)
    )
    pid = site.worker(plan)
    site.until(site.mark.exists, "the crash point")
    finish.complete(other, {}, NodeResult({"text": "x"}))
    if mode == "kill":
        site.until(lambda: site.zygote.wait(pid, 0) == -9, "the worker's death")
        lapse(site.step("copy").pk)
        site.worker()
    site.ended()
    site.well(2, 2)


def without_database(site: Site, plan: str, mode: str) -> None:
    """The worker loses its database, and dies while it hands its step back."""
    site.launch()
    crash(site, f"ledger.jobs_opened:database:1,{plan}", mode)
    site.ended()
    site.well(2, 2)


# Reconcile dies in its pass; the next one does what is left.


def reconciles(site: Site, plan: str, mode: str) -> None:
    """A pass comes by the point, then a worker and further passes go on."""
    passed(site.call("reconcile", plan), mode)
    assert site.mark.exists()
    site.worker()


def takes_over(site: Site, plan: str, mode: str) -> None:
    run = site.launch()
    assert claim(site.step("brief").pk, 1) is not None
    lapse(site.step("brief").pk)
    reconciles(site, plan, mode)
    site.ended()
    assert run.node_runs.get(key="brief").loss_count == 1
    site.well(2, 0)


def sends_again(site: Site, plan: str, mode: str) -> None:
    """Redis has lost the message of the first step."""
    site.launch()
    queue.connection().flushdb()
    reconciles(site, plan, mode)
    site.ended()
    site.well(2, 0)


def unsticks(site: Site, plan: str, mode: str) -> None:
    """A run that some fault has left with nothing under way."""
    run = site.launch()
    run.node_runs.filter(key="brief").update(status="pending", attempt=0)
    WorkflowExecution.objects.update(active_since=None, deadline_at=None)
    site.drive.sent.clear()
    passed(site.call("reconcile", plan), mode)
    site.worker()
    site.until(site.has_ended, "the run's end")
    assert (run.status, site.mark.exists()) == ("completed", True)


def fills(site: Site, plan: str, mode: str) -> None:
    """A limit was raised over a run that stands in line."""
    Workspace.objects.update(max_concurrent_executions=1)
    site.drive.workspace.refresh_from_db()
    first = site.launch()
    second = site.launch()
    assert second.status == "pending"
    Workspace.objects.update(max_concurrent_executions=2)
    reconciles(site, plan, mode)
    site.ended()
    site.run = first
    site.ended()
    site.well(4, 0)


def expires(site: Site, plan: str, mode: str) -> None:
    """A run's time is over; a person lets it have more."""
    run = site.launch()
    WorkflowExecution.objects.filter(pk=run.pk).update(deadline_at=timezone.now())
    passed(site.call("reconcile", plan), mode)
    site.until(site.has_ended, "the run's end")
    assert (run.status, run.error["code"]) == ("failed", "time_limit")
    retry(run.pk, user=None)
    site.worker()
    site.ended()
    site.well(2, 0)


def asks(site: Site) -> WorkflowExecution:
    """A run that waits for people."""
    run = site.launch(ASKING)
    site.work("brief")
    site.work("ask")
    assert ReviewTask.objects.get().state == "waiting"
    return run


def overdue(site: Site, plan: str, mode: str) -> None:
    """A review's time is over, which fails the step."""
    run = asks(site)
    ReviewTask.objects.update(due_at=timezone.now())
    passed(site.call("reconcile", plan), mode)
    site.until(site.has_ended, "the run's end")
    assert (run.status, site.mark.exists()) == ("failed", True)
    skip(run.pk, key="ask", user=None)
    site.worker()
    site.ended()
    site.well(0, 0)


def closes_what_is_open(site: Site, plan: str, mode: str) -> None:
    """A stopped step has left an agent without an answer."""
    run = site.launch()
    site.work("brief")
    row = site.step("copy")
    AgentJob.objects.create(node_run=row, index=0, kind="copy", provider="scripted", calls=[{}])
    AgentJob.objects.update(status="running", created_at=timezone.now() - timedelta(minutes=1))
    stop(run.pk, user=None)
    NodeRun.objects.update(finished_at=timezone.now() - timedelta(minutes=1))
    passed(site.call("reconcile", plan), mode)
    site.until(lambda: AgentJob.objects.get().status == "unknown", "the agent's end")
    assert site.mark.exists()
