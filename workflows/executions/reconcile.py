"""Puts right what a crash, a lost message or a full Redis left behind. Any number may run.

Each pass is bounded; rows that another replica works on are passed over.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from config.crash import crash_point
from workflows import queue
from workflows.engine.retry import MAX_LOSSES, is_poison
from workflows.engine.states import AgentStatus, ExecutionStatus, NodeStatus, ReviewState
from workflows.executions import slots
from workflows.executions.advance import admit, advance
from workflows.executions.apply import can_go_on
from workflows.executions.decision import each, one_decision
from workflows.executions.dispatch import dispatch, dispatch_on_commit
from workflows.executions.expire import expire
from workflows.executions.extra import LONGEST
from workflows.executions.moves import event, move, try_lock
from workflows.models import AgentJob, NodeRun, WorkerBeat, WorkflowExecution

log = structlog.get_logger(__name__)
BATCH = 200
"""Rows a pass takes of each kind."""
MOST_QUEUED = 5_000
"""Queued steps that a pass looks for in Redis."""


@dataclass(frozen=True, slots=True)
class Report:
    """What one pass did."""

    sent: int = 0
    """Queued steps whose message was never sent."""
    resent: int = 0
    """Queued steps whose message Redis no longer had."""
    taken_over: int = 0
    """Running steps whose worker had died."""
    expired: int = 0
    """Runs past their deadline."""
    unstuck: int = 0
    """Runs that had nothing under way and could go on."""
    admitted: int = 0
    """Pending runs that got a slot which nobody had given them."""
    closed: int = 0
    """Agents of whom nobody expects an answer any more."""

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing to do."""
        return not any(astuple(self))


def reconcile() -> Report:
    """One pass over everything."""
    forget_dead_workers()
    return Report(
        sent=send_unsent(),
        resent=resend_lost(),
        taken_over=take_over(),
        expired=expire_late(),
        unstuck=unstick(),
        admitted=fill_slots(),
        closed=close_left_open(),
    )


def forget_dead_workers() -> None:
    """Drop the signs of life of processes that have been gone for a day."""
    WorkerBeat.objects.filter(seen_at__lt=Now() - timedelta(days=1)).delete()


def send_unsent() -> int:
    """Send queued steps that a Redis outage left unsent."""
    late = Now() - timedelta(seconds=settings.ENGINE.unsent_seconds)
    return _send(_queued(dispatched_at=None, queued_at__lt=late))


def resend_lost() -> int:
    """Send queued steps again whose message Redis does not have.

    Asked of Redis once they are late, or of all of them when its memory was lost (the epoch key
    is gone). A message too many changes nothing: the claim decides.
    """
    try:
        everything = queue.epoch_is_new()
        late = Now() - timedelta(seconds=0 if everything else settings.ENGINE.unknown_seconds)
        rows = _queued(dispatched_at__lt=late)
        known = queue.waiting() if rows else frozenset()
    except queue.QueueError as error:
        log.warning("reconcile cannot reach Redis", error=type(error).__name__)
        return 0
    return _send([row for row in rows if queue.job_id(*row) not in known])


def _queued(**when: object) -> list[tuple[int, int]]:
    """(node run id, attempt) of queued steps of runs that go on, oldest first."""
    rows = NodeRun.objects.filter(
        status=NodeStatus.QUEUED,
        execution__status=ExecutionStatus.RUNNING,
        wait_for="",
        **when,
    ).order_by("queued_at")
    return list(rows.values_list("pk", "attempt")[:MOST_QUEUED])


def _send(rows: list[tuple[int, int]]) -> int:
    sent = 0
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        ids = [node_run_id for node_run_id, _ in batch]
        NodeRun.objects.filter(pk__in=ids, status=NodeStatus.QUEUED).update(dispatched_at=Now())
        if not dispatch(batch):
            break
        sent += len(batch)
    return sent


def take_over() -> int:
    """Give running steps whose lease is out to the next attempt, or fail them as poison.

    A worker that died between claim and first renewal is found by the lease that the claim
    itself set, and a claim without any by its start.
    """
    return each(_lose, _out_of_lease().values_list("pk", "execution_id")[:BATCH])


def _out_of_lease() -> QuerySet[NodeRun]:
    lease = timedelta(seconds=settings.ENGINE.lease_seconds)
    lapsed = Q(lease_until__lt=Now()) | Q(lease_until=None, started_at__lt=Now() - lease)
    return NodeRun.objects.filter(lapsed, status=NodeStatus.RUNNING)


@one_decision
def _lose(node_run_id: int, execution_id: int) -> bool:
    execution = try_lock(execution_id)
    if execution is None:
        return False
    run = _out_of_lease().filter(pk=node_run_id).first()
    if run is None:
        return False
    if is_poison(run.loss_count + 1):
        _fail_poison(execution, run)
    else:
        _queue_again(execution, run)
    return True


_GONE: dict[str, Any] = {"token": None, "lease_until": None, "reserved_agents": 0}


def _fail_poison(execution: WorkflowExecution, run: NodeRun) -> None:
    error = {
        "code": "worker_lost",
        "message": f"Its worker died {MAX_LOSSES} times.",
        "hint": "Look at the workers' memory and logs, then retry the step.",
        "retryable": True,
    }
    move(
        run.pk,
        NodeStatus.RUNNING,
        NodeStatus.FAILED,
        expect={"token": run.token},
        error=error,
        loss_count=F("loss_count") + 1,
        finished_at=Now(),
        **_GONE,
    )
    advance(execution, event(execution.pk, "node.failed", node_run_id=run.pk, error=error))


def _queue_again(execution: WorkflowExecution, run: NodeRun) -> None:
    move(
        run.pk,
        NodeStatus.RUNNING,
        NodeStatus.QUEUED,
        expect={"token": run.token},
        attempt=run.attempt + 1,
        loss_count=F("loss_count") + 1,
        queued_at=Now(),
        dispatched_at=Now(),
        **_GONE,
    )
    dispatch_on_commit([(run.pk, run.attempt + 1)])
    advance(execution, event(execution.pk, "node.lost", node_run_id=run.pk, attempt=run.attempt))


def unstick() -> int:
    """Let runs go on that have nothing queued or with a worker and wait for nobody.

    A decision and what follows from it are one transaction, so this finds only what a fault of
    our own left behind. Runs whose steps wait for free agents are asked too.
    """
    still = WorkflowExecution.objects.filter(
        status=ExecutionStatus.RUNNING, active_since=None
    ).exclude(node_runs__review_tasks__state=ReviewState.WAITING)
    late = Now() - timedelta(seconds=settings.ENGINE.unsent_seconds)
    parked = NodeRun.objects.filter(
        status=NodeStatus.QUEUED, wait_for="agents", queued_at__lt=late
    ).values_list("execution_id", flat=True)
    found = {*still.values_list("pk", flat=True)[:BATCH], *parked[:BATCH]}
    return each(_go_on, [(execution_id,) for execution_id in sorted(found)])


@one_decision
def _go_on(execution_id: int) -> bool:
    execution = try_lock(execution_id)
    if execution is None or execution.status != ExecutionStatus.RUNNING:
        return False
    if not can_go_on(execution):
        return False
    log.warning("run unstuck", execution=execution_id)
    advance(execution)
    return True


def fill_slots() -> int:
    """Start pending runs where slots are free: a limit was raised, or a run was skipped over."""
    return each(_fill, [(workspace_id,) for workspace_id in slots.workspaces_with_room()])


@one_decision
def _fill(workspace_id: int) -> int:
    return admit(workspace_id)


def close_left_open() -> int:
    """Close agents that were left without an answer: nobody listens.

    Those of a stopped or failed step, and those that a review asked anew in a process which has
    died. Their calls may have been paid for, so they are unknown, not failed.
    """
    late = Now() - timedelta(seconds=settings.ENGINE.lease_seconds)
    ended = Q(
        node_run__status__in=[NodeStatus.SKIPPED, NodeStatus.FAILED], node_run__finished_at__lt=late
    )
    extra = Q(
        node_run__status=NodeStatus.COMPLETED, created_at__lt=Now() - timedelta(seconds=LONGEST)
    )
    left = AgentJob.objects.filter(
        ended | extra,
        status__in=[AgentStatus.PENDING, AgentStatus.RUNNING],
        created_at__lt=late,
    )
    lost = {"code": "lost", "message": "Whoever asked was gone before the answer came."}
    ids = list(left.values_list("pk", flat=True)[:BATCH])
    closed = AgentJob.objects.filter(
        pk__in=ids, status__in=[AgentStatus.PENDING, AgentStatus.RUNNING]
    ).update(status=AgentStatus.UNKNOWN, error=lost, finished_at=Now())
    crash_point("reconcile.left_open_closed")
    return closed


def expire_late() -> int:
    """End runs whose active time is over."""
    late = WorkflowExecution.objects.filter(
        status=ExecutionStatus.RUNNING, deadline_at__lt=Now()
    ).values_list("pk")[:BATCH]
    return each(expire, late)
