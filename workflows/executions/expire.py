"""Ends a run whose active time is over."""

from __future__ import annotations

from django.db.models.functions import Now

from workflows.engine.states import ExecutionStatus, NodeStatus, ReviewState, SkipReason
from workflows.executions.advance import advance
from workflows.executions.decision import one_decision
from workflows.executions.moves import event, lock, locked_at
from workflows.models import NodeRun, ReviewTask, WorkflowExecution

TIME_LIMIT = "time_limit"


@one_decision
def expire(execution_id: int) -> bool:
    """Fail a run past its deadline; False when it has meanwhile ended or its clock stands."""
    execution = lock(execution_id)
    if not is_late(execution):
        return False
    end_late(execution)
    return True


def is_late(execution: WorkflowExecution) -> bool:
    """Whether a run that is locked has used up its active time."""
    return (
        execution.status == ExecutionStatus.RUNNING
        and execution.deadline_at is not None
        and execution.deadline_at <= locked_at(execution)
    )


def end_late(execution: WorkflowExecution) -> None:
    """Fail the run: what ran or waited fails, what had not started is skipped.

    Tokens are revoked at once, so late answers are dropped, and open reviews expire. The caller
    holds the lock.
    """
    error = {
        "code": TIME_LIMIT,
        "message": f"The run took longer than its limit of {_spoken(execution.time_limit)}.",
        "hint": "Ask for fewer variants, split the workflow, or raise the workspace's limit.",
        "retryable": True,
    }
    rows = NodeRun.objects.filter(execution_id=execution.pk)
    rows.filter(status__in=[NodeStatus.RUNNING, NodeStatus.QUEUED, NodeStatus.WAITING]).update(
        status=NodeStatus.FAILED,
        token=None,
        lease_until=None,
        wait_for="",
        reserved_agents=0,
        error=error,
        finished_at=Now(),
    )
    rows.filter(status=NodeStatus.PENDING).update(
        status=NodeStatus.SKIPPED, skip_reason=SkipReason.TIME_LIMIT, finished_at=Now()
    )
    expire_reviews(execution)
    execution.status = ExecutionStatus.FAILED
    execution.error = error
    advance(execution, event(execution.pk, "run.failed", code=TIME_LIMIT))


def expire_reviews(execution: WorkflowExecution) -> None:
    """Close the open reviews of a run that ends; the caller holds its lock."""
    ReviewTask.objects.filter(
        node_run__execution_id=execution.pk, state=ReviewState.WAITING
    ).update(state=ReviewState.EXPIRED, decided_at=Now())


def _spoken(seconds: int) -> str:
    return f"{seconds // 60} minutes" if seconds >= 120 else f"{seconds} seconds"
