"""Lets a paused run go on."""

from __future__ import annotations

from workflows.engine.states import Control, ExecutionStatus, NodeStatus
from workflows.executions.advance import advance
from workflows.executions.decision import one_decision
from workflows.executions.dispatch import dispatch_on_commit
from workflows.executions.moves import check_legal, event, lock, locked_at
from workflows.models import NodeRun, WorkflowExecution
from workspaces.models import User


@one_decision
def resume(execution_id: int, *, user: User | None) -> WorkflowExecution:
    """Let a paused run go on at once, whether or not a slot is free. Raises ``NotNow``.

    Messages that came during the pause were dropped, so queued steps are sent again; one too
    many changes nothing.
    """
    execution = lock(execution_id)
    check_legal(execution, Control.RESUME)
    execution.status = ExecutionStatus.RUNNING
    execution.control = ""
    execution.started_at = execution.started_at or locked_at(execution)
    queued = NodeRun.objects.filter(execution=execution, status=NodeStatus.QUEUED, wait_for="")
    queued.update(dispatched_at=locked_at(execution), queued_at=locked_at(execution))
    dispatch_on_commit(list(queued.order_by("pk").values_list("pk", "attempt")))
    actor = user.pk if user else None
    advance(execution, event(execution.pk, "run.resumed", actor_id=actor))
    return execution
