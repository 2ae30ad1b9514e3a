"""Ends a run whose active time is over."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from workflows.engine.states import ExecutionStatus, NodeStatus
from workflows.executions.advance import advance
from workflows.executions.moves import database_now, event, lock
from workflows.models import NodeRun

TIME_LIMIT = "time_limit"


@transaction.atomic
def expire(execution_id: int) -> bool:
    """Fail a run past its deadline: what ran fails, what had not started is skipped.

    Tokens are revoked at once, so late answers are dropped. False when the run has meanwhile
    ended or its clock stands.
    """
    execution = lock(execution_id)
    now = database_now()
    if execution.status != ExecutionStatus.RUNNING or execution.deadline_at is None:
        return False
    if execution.deadline_at > now:
        return False
    error = {
        "code": TIME_LIMIT,
        "message": f"The run took longer than its {execution.time_limit // 60} minutes.",
        "hint": "Ask for fewer variants, split the workflow, or raise the workspace's limit.",
        "retryable": True,
    }
    rows = NodeRun.objects.filter(execution_id=execution_id)
    rows.filter(status__in=[NodeStatus.RUNNING, NodeStatus.QUEUED, NodeStatus.WAITING]).update(
        status=NodeStatus.FAILED,
        token=None,
        lease_until=None,
        wait_for="",
        error=error,
        finished_at=Now(),
    )
    rows.filter(status=NodeStatus.PENDING).update(status=NodeStatus.SKIPPED, finished_at=Now())
    execution.status = ExecutionStatus.FAILED
    execution.error = error
    advance(execution, event(execution_id, "run.failed", code=TIME_LIMIT))
    return True
