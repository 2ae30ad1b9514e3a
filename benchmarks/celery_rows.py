"""What a durable engine on Celery writes of each step: two transactions, as ours has.

Each locks the run by updating it, moves the step by compare-and-set and tells the event. It is
written to the driver by hand, on one connection a process, and asks for less than ours: no
checked graph, no inputs, no next step to decide on, no message to send.
"""

from __future__ import annotations

import json
import os
import uuid
from functools import lru_cache

import psycopg

_STARTED = """
UPDATE workflows_noderun
   SET status = 'running', token = %s, started_at = clock_timestamp(),
       lease_until = clock_timestamp() + interval '45 s'
 WHERE id = %s AND status = 'queued'
"""
_ENDED = """
UPDATE workflows_noderun
   SET status = 'completed', input = %s::jsonb, output = %s::jsonb, handles = '{out}',
       token = NULL, lease_until = NULL, finished_at = clock_timestamp()
 WHERE id = %s AND status = 'running'
"""
_RUN_STARTED = """
UPDATE workflows_workflowexecution SET running = running + 1, revision = revision + 1
 WHERE id = %s AND status = 'running'
"""
_RUN_ENDED = """
UPDATE workflows_workflowexecution
   SET running = running - 1, completed = completed + 1, revision = revision + 1,
       status = CASE WHEN completed + 1 = total THEN 'completed' ELSE status END,
       finished_at = CASE WHEN completed + 1 = total THEN clock_timestamp() END
 WHERE id = %s AND status = 'running'
"""
_TOLD = """
INSERT INTO workflows_executionevent (execution_id, node_run_id, kind, data, at)
VALUES (%s, %s, %s, %s::jsonb, clock_timestamp())
"""
_USED = json.dumps({"template": "x"})
_MADE = json.dumps({"text": "x"})


def start(execution_id: int, node_run_id: int) -> None:
    """The step is being worked on."""
    with _link().transaction(), _link().cursor() as cursor:
        cursor.execute(_RUN_STARTED, [execution_id])
        cursor.execute(_STARTED, [uuid.uuid4(), node_run_id])
        assert cursor.rowcount == 1, "the step was not queued"
        cursor.execute(_TOLD, [execution_id, node_run_id, "node.started", '{"attempt": 1}'])


def finish(execution_id: int, node_run_id: int) -> None:
    """The step is done, and perhaps the run."""
    with _link().transaction(), _link().cursor() as cursor:
        cursor.execute(_RUN_ENDED, [execution_id])
        cursor.execute(_ENDED, [_USED, _MADE, node_run_id])
        assert cursor.rowcount == 1, "the step was not running"
        cursor.execute(_TOLD, [execution_id, node_run_id, "node.completed", "{}"])


@lru_cache(maxsize=1)
def _link() -> psycopg.Connection:
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
