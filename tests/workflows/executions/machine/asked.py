"""Agents that were asked more often than the losses allow, or again though they had finished."""

from __future__ import annotations

from django.db import connection

_ASKED = """
SELECT 'asked too often', j.node_run_id, j.round, j.index, count(*) FROM workflows_agentjob j
  JOIN workflows_noderun n ON n.id = j.node_run_id
 WHERE j.calls <> '[]'::jsonb AND j.round = n.round
   AND (n.retried_at IS NULL OR j.created_at >= n.retried_at)
 GROUP BY 2, 3, 4 HAVING count(*) > 2
UNION ALL
SELECT 'finished twice', j.node_run_id, j.round, j.index, count(*) FROM workflows_agentjob j
  JOIN workflows_noderun n ON n.id = j.node_run_id
 WHERE j.status = 'completed' AND (n.fresh_since IS NULL OR j.created_at >= n.fresh_since)
 GROUP BY 2, 3, 4 HAVING count(*) > 1
"""


def asked_too_often() -> list[str]:
    """Each with its step, round and index (I5)."""
    with connection.cursor() as cursor:
        cursor.execute(_ASKED)
        return [str(row) for row in cursor.fetchall()]
