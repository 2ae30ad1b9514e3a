"""Takes one queued step for a worker, and hands it back."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from config.conflict import again_on_conflict
from config.crash import crash_point
from config.postgresql.base import prepared
from workflows.engine.states import NodeStatus
from workflows.executions.advance import advance
from workflows.executions.decision import one_decision
from workflows.executions.dispatch import dispatch_on_commit
from workflows.executions.moves import event, lock, move
from workflows.models import NodeRun

_UNREAD = frozenset({"input", "output", "history"})
"""Large, and written before anything of this attempt reads them."""
_READ = [field.attname for field in NodeRun._meta.fields if field.name not in _UNREAD]
_JSON = ("item", "error")
_COLUMNS = ", ".join(f"n.{name}" for name in _READ)
_CLAIM = f"""
WITH held AS MATERIALIZED (
    SELECT e.id, e.deadline_at, e.version_id FROM workflows_workflowexecution e
      JOIN workflows_noderun n ON n.execution_id = e.id
     WHERE n.id = %(id)s AND e.status = 'running' FOR UPDATE OF e
), claimed AS (
    UPDATE workflows_noderun n
       SET status = 'running', token = %(token)s, started_at = clock_timestamp(),
           finished_at = NULL, error = NULL, wait_for = '',
           lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
      FROM held
     WHERE n.id = %(id)s AND n.attempt = %(attempt)s AND n.status = 'queued'
    RETURNING {_COLUMNS}
), counted AS (
    UPDATE workflows_workflowexecution e SET running = running + 1, revision = revision + 1
      FROM claimed WHERE e.id = claimed.execution_id
), told AS (
    INSERT INTO workflows_executionevent (execution_id, node_run_id, kind, data, at)
    SELECT execution_id, id, 'node.started', jsonb_build_object('attempt', attempt),
           clock_timestamp()
      FROM claimed
)
SELECT claimed.*, coalesce(extract(epoch FROM held.deadline_at - clock_timestamp()), 0)::float8,
       held.version_id
  FROM claimed, held
"""  # noqa: S608 - names of columns


@dataclass(frozen=True, slots=True)
class Claim:
    """One worker's hold on one attempt of one step."""

    run: NodeRun
    """The step as it was claimed."""
    token: uuid.UUID
    seconds_left: float
    """Active time that the run has left."""
    version_id: int
    """The version that the run pins."""

    @property
    def node_run_id(self) -> int:
        """The step."""
        return int(self.run.pk)

    @property
    def execution_id(self) -> int:
        """The run that the step belongs to."""
        return self.run.execution_id

    @property
    def attempt(self) -> int:
        """Which attempt of the step is held."""
        return self.run.attempt


def claim(node_run_id: int, attempt: int) -> Claim | None:
    """Take the step if it still waits for this attempt; None when the message is stale.

    One statement, one transaction: the execution's lock, the compare-and-set, the counters and
    the event. A doubled, late or replayed message finds another status or attempt and changes
    nothing.
    """
    token = uuid.uuid4()
    values = {
        "id": node_run_id,
        "attempt": attempt,
        "token": token,
        "lease": settings.ENGINE.lease_seconds,
    }
    run = _taken(values)
    crash_point("claim.after_commit")
    return None if run is None else Claim(run[0], token, *run[1:])


@again_on_conflict
def _taken(values: dict[str, Any]) -> tuple[NodeRun, float, int] | None:
    with prepared() as cursor:
        cursor.execute(_CLAIM, values)
        row = cursor.fetchone()
    if row is None:
        return None
    run = NodeRun.from_db("default", _READ, row[:-2])
    for name in _JSON:
        text = getattr(run, name)
        setattr(run, name, None if text is None else json.loads(text))
    return run, max(0.0, row[-2]), row[-1]


@one_decision
def hand_back(claim: Claim) -> bool:
    """Queue a step again that its worker must leave, as the next attempt; False if it was lost."""
    execution = lock(claim.execution_id)
    moved = move(
        claim.node_run_id,
        NodeStatus.RUNNING,
        NodeStatus.QUEUED,
        expect={"token": claim.token},
        attempt=claim.attempt + 1,
        token=None,
        lease_until=None,
        reserved_agents=0,
        queued_at=Now(),
        dispatched_at=Now(),
    )
    if moved:
        advance(execution, event(execution.pk, "node.handed_back", node_run_id=claim.node_run_id))
        dispatch_on_commit([(claim.node_run_id, claim.attempt + 1)])
    return moved


def still_held(claim: Claim) -> bool:
    """Whether the claim is still ours; a stop, a pause that ended it or a takeover revokes it."""
    rows = NodeRun.objects.filter(pk=claim.node_run_id, token=claim.token)
    return rows.filter(status=NodeStatus.RUNNING).exists()


def renew(claim: Claim) -> bool | None:
    """Extend the lease; True while the claim is ours and the run goes on.

    False: the run was stopped or has failed, or its time is over: finish nothing new. None: the
    claim is lost, write nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE workflows_noderun n
               SET lease_until = clock_timestamp() + make_interval(secs => %s)
              FROM workflows_workflowexecution e
             WHERE n.id = %s AND n.token = %s AND n.status = 'running' AND e.id = n.execution_id
            RETURNING e.status IN ('running', 'paused') AND e.control <> 'stop'
                      AND coalesce(e.deadline_at > clock_timestamp(), true)
            """,
            [settings.ENGINE.lease_seconds, claim.node_run_id, claim.token],
        )
        row = cursor.fetchone()
    return None if row is None else bool(row[0])
