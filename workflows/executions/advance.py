"""Lets a run go on, and starts the next in line when that frees a slot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workflows.engine.states import ExecutionStatus
from workflows.executions import slots
from workflows.executions.apply import apply
from workflows.executions.moves import event, lock, locked_at
from workflows.models import ExecutionEvent, WorkflowExecution


def advance(
    execution: WorkflowExecution, *events: ExecutionEvent, rows: Sequence[Any] | None = None
) -> None:
    """Let a run go on as far as it can. The caller holds the execution's row lock.

    ``events`` are written with those of this step. Every visible change counts the revision up;
    queued steps are sent after the commit. A slot that becomes free goes to the oldest pending
    run in the same transaction. It is the last thing a transaction does, for the workspace's
    lock comes after every other.
    """
    held_slot = execution.active_since is not None
    apply(execution, *events, rows=rows)
    if held_slot and execution.active_since is None:
        admit(execution.workspace_id)


def admit(workspace_id: int, room: int | None = None) -> int:
    """Start the pending runs that have waited longest, as many as slots are free.

    ``room`` is what ``slots.free`` has told in this transaction already.
    """
    waiting = slots.line(workspace_id, slots.free(workspace_id) if room is None else room)
    for execution_id in waiting:
        begin(lock(execution_id))
    return len(waiting)


def begin(execution: WorkflowExecution, *events: ExecutionEvent) -> None:
    """Start a pending run that has a slot; the caller holds its lock."""
    execution.status = ExecutionStatus.RUNNING
    execution.started_at = locked_at(execution)
    apply(execution, *events, event(execution.pk, "run.started"))
