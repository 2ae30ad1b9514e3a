"""What must hold of every run at every moment; broken, it is an alarm (reliability.md, I1-I7).

Each query looks at rows that are under way, or that changed lately, through their indexes. What
a person sees of it is the rule's number and the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import connection

log = structlog.get_logger(__name__)
MOST = 20
"""Rows named of each kind."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that does not hold, and where."""

    rule: str
    detail: str


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    says: str
    sql: str


_RULES = (
    _Rule(
        "I1",
        "node run %s of execution %s runs without a lease",
        """
        SELECT id, execution_id FROM workflows_noderun
         WHERE status = 'running' AND (token IS NULL OR coalesce(lease_until, started_at)
               < clock_timestamp() - make_interval(secs => %(patience)s))
        """,
    ),
    _Rule(
        "I1",
        "node run %s of execution %s is queued and was never sent",
        """
        SELECT n.id, n.execution_id FROM workflows_noderun n
          JOIN workflows_workflowexecution e ON e.id = n.execution_id
         WHERE n.status = 'queued' AND n.dispatched_at IS NULL AND n.wait_for = ''
           AND e.status = 'running'
           AND n.queued_at < clock_timestamp() - make_interval(secs => %(patience)s)
        """,
    ),
    _Rule(
        "I1",
        "node run %s of execution %s waits for people and has no open review",
        """
        SELECT n.id, n.execution_id FROM workflows_workflowexecution e
          JOIN workflows_noderun n ON n.execution_id = e.id
         WHERE e.status IN ('running', 'paused') AND n.status = 'waiting'
           AND n.wait_for = 'people' AND NOT EXISTS (SELECT 1 FROM workflows_reviewtask t
               WHERE t.node_run_id = n.id AND t.state = 'waiting')
        """,
    ),
    _Rule(
        "I1",
        "node run %s of execution %s is %s though the run has ended",
        """
        SELECT n.id, n.execution_id, n.status FROM workflows_noderun n
          JOIN workflows_workflowexecution e ON e.id = n.execution_id
         WHERE n.status IN ('queued', 'running')
           AND e.status IN ('completed', 'failed', 'stopped')
        """,
    ),
    _Rule(
        "I4",
        "document %s has %s images",
        """
        SELECT a.document_id, count(*) FROM documents_documentattachment a
          JOIN documents_document d ON d.id = a.document_id
          JOIN workspaces_workspace w ON w.id = d.workspace_id
         WHERE a.document_id IN (SELECT b.document_id FROM documents_documentattachment b
               ORDER BY b.id DESC LIMIT 500)
         GROUP BY a.document_id, w.max_images_per_document
        HAVING count(*) > greatest(w.max_images_per_document, %(images)s)
        """,
    ),
    _Rule(
        "I5",
        "agent %s of node run %s was lost %s times and is asked again",
        """
        SELECT j.index, j.node_run_id, count(*) FILTER (WHERE j.status = 'unknown')
          FROM workflows_agentjob j JOIN workflows_noderun n ON n.id = j.node_run_id
         WHERE n.status = 'running' AND j.round = n.round
           AND (n.retried_at IS NULL OR j.created_at >= n.retried_at)
         GROUP BY j.index, j.node_run_id
        HAVING count(*) FILTER (WHERE j.status = 'unknown') > 1
           AND bool_or(j.status IN ('pending', 'running'))
        """,
    ),
    _Rule(
        "I6",
        "execution %s has %s agents reserved of %s",
        """
        SELECT e.id, sum(n.reserved_agents), e.max_parallel_agents
          FROM workflows_noderun n JOIN workflows_workflowexecution e ON e.id = n.execution_id
         WHERE n.status = 'running' GROUP BY e.id, e.max_parallel_agents
        HAVING sum(n.reserved_agents) > e.max_parallel_agents
        """,
    ),
)


def check() -> list[Violation]:
    """Every invariant that does not hold now, at most ``MOST`` rows of each kind."""
    engine = settings.ENGINE
    values = {
        "patience": 2 * engine.lease_seconds + engine.unknown_seconds + engine.reconcile_seconds,
        "images": settings.WORKSPACE_LIMITS["max_images_per_document"],
    }
    found: list[Violation] = []
    with connection.cursor() as cursor:
        for rule in _RULES:
            cursor.execute(f"{rule.sql} LIMIT {MOST}", values)
            found += [Violation(rule.name, rule.says % row) for row in cursor.fetchall()]
    return found


def alarm(violations: Sequence[Violation]) -> None:
    """Tell the log of each; the metrics and ``/readyz`` read what reconcile keeps of them."""
    for one in violations:
        log.error("invariant broken", rule=one.rule, detail=one.detail)
