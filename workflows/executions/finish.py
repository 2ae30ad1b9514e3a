"""Ends one step: its output, its effect, what follows from it and the event, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from workflows.engine.states import NodeStatus
from workflows.executions import effects
from workflows.executions.advance import advance
from workflows.executions.claim import Claim
from workflows.executions.moves import event, lock, move
from workflows.models import NodeRun, WorkflowExecution
from workflows.nodes.base import NodeError, NodeResult
from workflows.nodes.effects import AskReview, OpenLanes, SaveDocument


class ClaimLost(Exception):
    """Another attempt holds the step; what this one made must not be written."""


@transaction.atomic
def complete(claim: Claim, used: Mapping[str, Any] | None, result: NodeResult) -> None:
    """Complete the step, or leave it waiting on people or lanes as its effect asks.

    ``used`` is the config as it ran. Raises ``ClaimLost`` when the step is no longer this claim's, ``NodeError`` when its effect
    cannot be applied (the 21st image); nothing is changed then.
    """
    execution = lock(claim.execution_id)
    run = _held(claim)
    output, effect = dict(result.output), result.effect
    if isinstance(effect, SaveDocument):
        output |= effects.save_document(execution, run, effect)
    if isinstance(effect, AskReview):
        _wait(claim, "people", output, used)
        effects.ask_review(execution, run, effect)
        advance(execution, event(execution.pk, "review.requested", node_run_id=run.pk))
    elif isinstance(effect, OpenLanes):
        _wait(claim, "lanes", effects.open_lanes(execution, run, effect), used)
        advance(execution, event(execution.pk, "node.opened", node_run_id=run.pk))
    else:
        _close(claim, NodeStatus.COMPLETED, output, list(result.handles), input=used)
        advance(execution, event(execution.pk, "node.completed", node_run_id=run.pk))


@transaction.atomic
def fail(claim: Claim, used: Mapping[str, Any] | None, error: NodeError) -> None:
    """Fail the step and keep what its agents had finished. Raises ``ClaimLost``."""
    execution = lock(claim.execution_id)
    _held(claim)
    _close(claim, NodeStatus.FAILED, error.partial, [], input=used, error=error.as_json())
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


def _wait(
    claim: Claim, wait_for: str, output: dict[str, Any], used: Mapping[str, Any] | None
) -> None:
    _leave(
        claim, NodeStatus.WAITING, wait_for=wait_for, output=output, handles=[], input=used
    )


def _close(
    claim: Claim,
    status: NodeStatus,
    output: Mapping[str, Any] | None,
    handles: list[str],
    **fields: Any,
) -> None:
    _leave(claim, status, output=output, handles=handles, finished_at=Now(), **fields)


def _leave(claim: Claim, status: NodeStatus, **fields: Any) -> None:
    moved = move(
        claim.node_run_id,
        NodeStatus.RUNNING,
        status,
        expect={"token": claim.token},
        token=None,
        lease_until=None,
        reserved_agents=0,
        **fields,
    )
    if not moved:
        raise ClaimLost
