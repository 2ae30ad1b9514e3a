"""Ends one step: its output, its effect, what follows from it and the event, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models.functions import Now

from workflows.engine.states import NODE_TERMINAL, NodeStatus
from workflows.executions import effects
from workflows.executions.advance import advance
from workflows.executions.apply import rows_of
from workflows.executions.claim import Claim
from workflows.executions.decision import one_decision
from workflows.executions.expire import end_late, is_late
from workflows.executions.moves import Statement, event, lock, lock_and, move
from workflows.models import NodeRun, WorkflowExecution
from workflows.nodes.base import NodeError, NodeResult
from workflows.nodes.effects import AskReview, OpenLanes, SaveDocument

_LEAVE = """
UPDATE workflows_noderun
   SET status = %s, input = %s::jsonb, output = coalesce(%s::jsonb, output), error = %s::jsonb,
       handles = %s::varchar[], wait_for = %s,
       finished_at = CASE WHEN %s THEN clock_timestamp() END,
       token = NULL, lease_until = NULL, reserved_agents = 0
 WHERE id = %s AND token = %s AND status = 'running'
"""


class ClaimLost(Exception):
    """Another attempt holds the step; what this one made must not be written."""


@one_decision
def complete(claim: Claim, used: Mapping[str, Any] | None, result: NodeResult) -> None:
    """Complete the step, or leave it waiting on people or lanes as its effect asks.

    ``used`` is the config as it ran. Raises ``ClaimLost`` when the step is no longer this
    claim's, ``NodeError`` when its effect cannot be applied (the 21st image); nothing is changed
    then.
    """
    output, effect = dict(result.output), result.effect
    if effect is None:
        _complete_plainly(claim, used, output, result.handles)
        return
    execution = lock(claim.execution_id)
    run = _held(claim)
    if isinstance(effect, SaveDocument):
        output |= effects.save_document(execution, run, effect)
    if isinstance(effect, AskReview):
        _leave(claim, NodeStatus.WAITING, used=used, output=output, wait_for="people")
        effects.ask_review(execution, run, effect)
        advance(execution, event(execution.pk, "review.requested", node_run_id=run.pk))
    elif isinstance(effect, OpenLanes):
        kept = effects.open_lanes(execution, run, effect)
        _leave(claim, NodeStatus.WAITING, used=used, output=kept, wait_for="lanes")
        advance(execution, event(execution.pk, "node.opened", node_run_id=run.pk))
    else:
        _leave(claim, NodeStatus.COMPLETED, used=used, output=output, handles=result.handles)
        advance(execution, event(execution.pk, "node.completed", node_run_id=run.pk))


def _complete_plainly(
    claim: Claim, used: Mapping[str, Any] | None, output: Mapping[str, Any], handles: Sequence[str]
) -> None:
    """Complete a step that asks for nothing more, as most do, in two round trips."""
    leaving = _leaving(claim, NodeStatus.COMPLETED, used=used, output=output, handles=handles)
    execution, (left, rows) = lock_and(claim.execution_id, leaving, rows_of(claim.execution_id))
    if left.count == 0:
        raise ClaimLost
    completed = event(execution.pk, "node.completed", node_run_id=claim.node_run_id)
    advance(execution, completed, rows=rows.rows)


@one_decision
def fail(claim: Claim, used: Mapping[str, Any] | None, error: NodeError) -> None:
    """Fail the step and keep what its agents had finished. Raises ``ClaimLost``.

    Where the run's own time is over, that is the reason, and the whole run ends.
    """
    execution = lock(claim.execution_id)
    if is_late(execution):
        _held(claim)
        end_late(execution)
        return
    _leave(claim, NodeStatus.FAILED, used=used, output=error.partial, error=error.as_json())
    advance(
        execution,
        event(execution.pk, "node.failed", node_run_id=claim.node_run_id, error=error.as_json()),
    )


def end_waiting(
    execution: WorkflowExecution, run: NodeRun, output: Mapping[str, Any], handles: list[str]
) -> bool:
    """Complete a step that waited on people; the caller holds the execution's lock.

    False when it waits no longer.
    """
    moved = move(
        run.pk,
        NodeStatus.WAITING,
        NodeStatus.COMPLETED,
        output=dict(output),
        handles=handles,
        wait_for="",
        finished_at=Now(),
    )
    if moved:
        advance(execution, event(execution.pk, "node.completed", node_run_id=run.pk))
    return moved


def fail_waiting(execution: WorkflowExecution, run: NodeRun, error: NodeError) -> bool:
    """Fail a step that waited on people; the caller holds the execution's lock."""
    moved = move(
        run.pk,
        NodeStatus.WAITING,
        NodeStatus.FAILED,
        error=error.as_json(),
        wait_for="",
        finished_at=Now(),
    )
    if moved:
        advance(
            execution,
            event(execution.pk, "node.failed", node_run_id=run.pk, error=error.as_json()),
        )
    return moved


def _held(claim: Claim) -> NodeRun:
    run = NodeRun.objects.filter(
        pk=claim.node_run_id, token=claim.token, status=NodeStatus.RUNNING
    ).first()
    if run is None:
        raise ClaimLost
    return run


def _leave(claim: Claim, status: NodeStatus, **how: Any) -> None:
    """Send what ``_leaving`` says. Raises ``ClaimLost``."""
    with connection.cursor() as cursor:
        cursor.execute(*_leaving(claim, status, **how))
        if cursor.rowcount == 0:
            raise ClaimLost


def _leaving(
    claim: Claim,
    status: NodeStatus,
    *,
    used: Mapping[str, Any] | None,
    output: Mapping[str, Any] | None,
    handles: Sequence[str] = (),
    wait_for: str = "",
    error: Mapping[str, Any] | None = None,
) -> Statement:
    """The compare-and-set out of running; by hand, for every step goes through it."""
    return _LEAVE, [
        status.value,
        _json(used),
        _json(output),
        _json(error),
        list(handles),
        wait_for,
        status in NODE_TERMINAL,
        claim.node_run_id,
        claim.token,
    ]


def _json(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else json.dumps(value)
