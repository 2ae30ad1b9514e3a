"""Ends a run for good, whatever its workers do."""

from __future__ import annotations

from django.db.models.functions import Now

from workflows.engine.states import (
    NODE_TERMINAL,
    Control,
    ExecutionStatus,
    NodeStatus,
    SkipReason,
)
from workflows.executions.advance import advance
from workflows.executions.decision import one_decision
from workflows.executions.expire import expire_reviews
from workflows.executions.moves import check_legal, event, lock
from workflows.models import NodeRun, WorkflowExecution
from workspaces.models import User


@one_decision
def stop(execution_id: int, *, user: User | None) -> WorkflowExecution:
    """Stop a run: what had not finished is skipped, open reviews expire. Raises ``NotNow``.

    Final with this transaction: the tokens are revoked, so a late answer keeps its cost and
    loses its output. Workers see it within seconds and cancel their calls; a deaf one changes
    nothing.
    """
    execution = lock(execution_id)
    check_legal(execution, Control.STOP)
    open_rows = NodeRun.objects.filter(execution=execution).exclude(status__in=NODE_TERMINAL)
    ids = list(open_rows.order_by("pk").values_list("pk", flat=True))
    NodeRun.objects.filter(pk__in=ids).update(
        status=NodeStatus.SKIPPED,
        skip_reason=SkipReason.STOPPED,
        token=None,
        lease_until=None,
        reserved_agents=0,
        wait_for="",
        handles=[],
        finished_at=Now(),
    )
    expire_reviews(execution)
    execution.status = ExecutionStatus.STOPPED
    execution.control = Control.STOP
    actor = user.pk if user else None
    skipped = [
        event(execution.pk, "node.skipped", node_run_id=pk, reason=SkipReason.STOPPED) for pk in ids
    ]
    advance(execution, *skipped, event(execution.pk, "run.stopped", actor_id=actor))
    return execution
