"""How many runs of a workspace may go on at once, and who waits in line.

A slot is held by a run that is running and has something queued or with a worker, which is when
its clock runs: one that only waits for people, or is paused, holds none. A run that is resumed or
decided goes on at once, so more than the limit may hold a slot for a while; a pending one waits.
Counted from rows under the workspace's lock, which comes after the execution's.
"""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from workflows.engine.states import ExecutionStatus
from workflows.executions.moves import together
from workflows.models import WorkflowExecution

_LOCK = """
SELECT max_concurrent_executions FROM workspaces_workspace WHERE id = %s FOR NO KEY UPDATE
"""
_HELD = """
SELECT count(*) FROM workflows_workflowexecution
 WHERE workspace_id = %s AND status = 'running' AND active_since IS NOT NULL
"""
_NEXT = """
SELECT id FROM workflows_workflowexecution WHERE workspace_id = %s AND status = 'pending'
 ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
"""
_ROOM = """
SELECT w.id FROM workspaces_workspace w
 WHERE EXISTS (SELECT 1 FROM workflows_workflowexecution p
                WHERE p.workspace_id = w.id AND p.status = 'pending')
   AND (SELECT count(*) FROM workflows_workflowexecution e
         WHERE e.workspace_id = w.id AND e.status = 'running' AND e.active_since IS NOT NULL)
       < coalesce(w.max_concurrent_executions, %s)
"""


def workspaces_with_room() -> list[int]:
    """Workspaces where a run waits although a slot seems free; nothing is locked."""
    with connection.cursor() as cursor:
        cursor.execute(_ROOM, [settings.WORKSPACE_LIMITS["max_concurrent_executions"]])
        return [row[0] for row in cursor.fetchall()]


def free(workspace_id: int) -> int:
    """How many slots are free; the caller's transaction holds the workspace's lock from here on."""
    workspace, held = together((_LOCK, [workspace_id]), (_HELD, [workspace_id]))
    limit = workspace.rows[0][0]
    if limit is None:
        limit = settings.WORKSPACE_LIMITS["max_concurrent_executions"]
    return max(0, int(limit) - int(held.rows[0][0]))


def line(workspace_id: int, room: int) -> list[int]:
    """The ``room`` runs that have waited longest, locked; one that somebody else holds is passed.

    The caller holds the workspace's lock. A run that is being paused or stopped at this moment
    is leaving the line anyway.
    """
    if room <= 0:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [workspace_id, room])
        return [row[0] for row in cursor.fetchall()]


def place_in_line(execution: WorkflowExecution) -> int | None:
    """1 for the run that is next, and so on; None for one that waits for no slot."""
    if execution.status != ExecutionStatus.PENDING:
        return None
    older = WorkflowExecution.objects.filter(
        workspace_id=execution.workspace_id, status=ExecutionStatus.PENDING, pk__lt=execution.pk
    )
    return older.count() + 1
