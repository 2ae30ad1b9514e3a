"""Counters of a run, its active time and its revision; written with every decision."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection

from workflows.engine.states import NODE_ACTIVE, NodeStatus
from workflows.models import WorkflowExecution

_SAVE = """
UPDATE workflows_workflowexecution
   SET revision = revision + 1, error = %(error)s::jsonb, status = %(status)s,
       finished_at = %(finished_at)s, active_seconds = %(active_seconds)s,
       active_since = %(active_since)s, deadline_at = %(deadline_at)s,
       total = %(total)s, completed = %(completed)s, failed = %(failed)s,
       skipped = %(skipped)s, running = %(running)s, waiting = %(waiting)s
 WHERE id = %(id)s
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


def save(execution: WorkflowExecution) -> None:
    """Write what a decision changed of the run, and count its revision up."""
    error = None if execution.error is None else json.dumps(execution.error)
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, {**vars(execution), "error": error})
    execution.revision += 1
