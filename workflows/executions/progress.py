"""Counters of a run, its active time and its revision; written with every decision."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from workflows.engine.states import NODE_ACTIVE, NodeStatus
from workflows.models import WorkflowExecution

_SAVED = (
    "status", "control", "started_at", "finished_at", "time_limit",
    "active_seconds", "active_since", "deadline_at",
    "total", "completed", "failed", "skipped", "running", "waiting", "id",
)  # fmt: skip
_SAVE = """
UPDATE workflows_workflowexecution
   SET revision = revision + 1, error = %s::jsonb, status = %s, control = %s, started_at = %s,
       finished_at = %s, time_limit = %s, active_seconds = %s, active_since = %s,
       deadline_at = %s, total = %s, completed = %s, failed = %s, skipped = %s, running = %s,
       waiting = %s
 WHERE id = %s
"""


def count(execution: WorkflowExecution, statuses: Iterable[str]) -> None:
    """Set the counters from the statuses of all steps; nothing is saved."""
    found = Counter(statuses)
    execution.total = found.total()
    execution.completed = found[NodeStatus.COMPLETED]
    execution.failed = found[NodeStatus.FAILED]
    execution.skipped = found[NodeStatus.SKIPPED]
    execution.running = found[NodeStatus.RUNNING]
    execution.waiting = found[NodeStatus.WAITING]


def run_clock(execution: WorkflowExecution, *, active: bool, now: datetime) -> None:
    """Start or stop the active time and move the deadline with it; nothing is saved.

    Only time in which something is queued or running counts: not paused, not waiting for
    people. The deadline stands only while the clock runs.
    """
    if active and execution.active_since is None:
        left = max(0.0, execution.time_limit - execution.active_seconds)
        execution.active_since = now
        execution.deadline_at = now + timedelta(seconds=left)
    elif not active and execution.active_since is not None:
        execution.active_seconds += (now - execution.active_since).total_seconds()
        execution.active_since = None
        execution.deadline_at = None


def is_active(statuses: Iterable[str]) -> bool:
    """Whether any step is with a worker or about to be."""
    return any(status in NODE_ACTIVE for status in statuses)


def percent(execution: WorkflowExecution) -> int:
    """How far a run is, 0 to 100: ended steps over all, a running one counts half."""
    if not execution.total:
        return 0
    ended = execution.completed + execution.failed + execution.skipped
    return int(100 * (ended + 0.5 * execution.running) / execution.total)


def saving(execution: WorkflowExecution) -> tuple[str, list[Any]]:
    """The statement that writes what a decision changed of the run, and counts its revision up."""
    error = None if execution.error is None else json.dumps(execution.error)
    execution.revision += 1
    return _SAVE, [error, *(getattr(execution, name) for name in _SAVED)]
