"""Starts nothing new in a run; what runs is kept."""

from __future__ import annotations

from workflows.engine.states import Control, ExecutionStatus
from workflows.executions.advance import advance
from workflows.executions.decision import one_decision
from workflows.executions.moves import check_legal, event, lock
from workflows.models import WorkflowExecution
from workspaces.models import User


@one_decision
def pause(execution_id: int, *, user: User | None) -> WorkflowExecution:
    """Pause a pending or running run; its clock stands and its slot is free.

    Steps that run finish, queued ones stay queued. Raises ``NotNow``.
    """
    execution = lock(execution_id)
    check_legal(execution, Control.PAUSE)
    execution.status = ExecutionStatus.PAUSED
    execution.control = Control.PAUSE
    actor = user.pk if user else None
    advance(execution, event(execution.pk, "run.paused", actor_id=actor))
    return execution
