"""Has failed steps tried again; what their agents had finished is kept."""

from __future__ import annotations

from django.db.models import F
from django.db.models.functions import Now

from workflows.engine.states import Control, Door, ExecutionStatus, NodeStatus
from workflows.executions.advance import advance
from workflows.executions.broken import find, reopen
from workflows.executions.decision import one_decision
from workflows.executions.dispatch import dispatch_on_commit
from workflows.executions.moves import check_legal, event, lock, open_door
from workflows.models import NodeRun, WorkflowExecution
from workspaces.models import User


@one_decision
def retry(
    execution_id: int,
    *,
    key: str | None = None,
    lane: str | None = None,
    fresh: bool = False,
    user: User | None,
) -> WorkflowExecution:
    """Queue failed steps again: one step in one lane, in all, or every failed step of the run.

    Agents that failed or were lost are called again, finished ones are kept; ``fresh`` has all
    of them called. A run that has failed goes on at once. Raises ``NotNow``, ``NoSuchStep``.
    """
    execution = lock(execution_id)
    check_legal(execution, Control.RETRY)
    broken = find(execution, key, lane)
    reopen(execution, broken, Door.RETRY)
    open_door(Door.RETRY)
    ids = [row.pk for row in broken.steps]
    goes_on = execution.status == ExecutionStatus.RUNNING
    NodeRun.objects.filter(pk__in=ids, status=NodeStatus.FAILED).update(
        status=NodeStatus.QUEUED,
        attempt=F("attempt") + 1,
        loss_count=0,
        error=None,
        queued_at=Now(),
        dispatched_at=Now() if goes_on else None,
        started_at=None,
        finished_at=None,
        retried_at=Now(),
        **({"fresh_since": Now()} if fresh else {}),
    )
    if goes_on:
        dispatch_on_commit([(row.pk, row.attempt + 1) for row in broken.steps])
    actor = user.pk if user else None
    told = [
        event(
            execution.pk,
            "node.retried",
            node_run_id=row.pk,
            actor_id=actor,
            attempt=row.attempt + 1,
            fresh=fresh,
        )
        for row in broken.steps or broken.containers
    ]
    advance(execution, *told)
    return execution
