"""Keeps a run's agents within its limit, over all its steps and lanes.

A running step reserves as many of the run's agents as it needs and are free, under the
execution's lock. With none free it is parked: queued, with the reason ``agents``, holding no
worker; whatever frees agents sends it again. A step that got fewer than it needs asks for more
while it works, and gives back what its last agents leave idle.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from workflows.executions.apply import apply
from workflows.executions.claim import Claim
from workflows.executions.decision import one_decision
from workflows.executions.moves import event, lock

_RESERVE = """
UPDATE workflows_noderun n
   SET reserved_agents = least(%(wanted)s, greatest(0, %(limit)s - (
           SELECT coalesce(sum(o.reserved_agents), 0) FROM workflows_noderun o
            WHERE o.execution_id = n.execution_id AND o.status = 'running' AND o.id <> n.id)))
 WHERE n.id = %(id)s AND n.token = %(token)s AND n.status = 'running'
RETURNING n.reserved_agents
"""
_PARK = """
UPDATE workflows_noderun
   SET status = 'queued', wait_for = 'agents', wanted_agents = %(wanted)s, token = NULL,
       lease_until = NULL, dispatched_at = NULL, queued_at = clock_timestamp()
 WHERE id = %(id)s AND token = %(token)s AND status = 'running'
"""
_SHRINK = """
UPDATE workflows_noderun SET reserved_agents = least(reserved_agents, %(wanted)s)
 WHERE id = %(id)s AND token = %(token)s AND status = 'running'
"""
_OTHERS = """
SELECT 1 FROM workflows_noderun
 WHERE execution_id = %s AND id <> %s AND (
       (status = 'queued' AND wait_for = 'agents') OR (status = 'running' AND reserved_agents > 0))
 LIMIT 1
"""


class NoAgentFree(Exception):
    """The step holds no claim any more: none of the run's agents was free, or it was lost."""


def reserve(claim: Claim, wanted: int) -> int:
    """How many agents the step may have at work, from 1 to ``wanted``.

    Raises ``NoAgentFree`` when it was parked, or when the claim is lost.
    """
    granted = _reserve(claim, wanted, park=True)
    if not granted:
        raise NoAgentFree
    return granted


def grow(claim: Claim, wanted: int) -> int:
    """Ask for more while the step works; how many it may have at work now."""
    return _reserve(claim, wanted, park=False)


@one_decision
def _reserve(claim: Claim, wanted: int, *, park: bool) -> int:
    execution = lock(claim.execution_id)
    values: dict[str, Any] = {
        "id": claim.node_run_id,
        "token": claim.token,
        "wanted": wanted,
        "limit": execution.max_parallel_agents,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RESERVE, values)
        row = cursor.fetchone()
        granted = int(row[0]) if row else 0
        if granted or row is None or not park:
            return granted
        cursor.execute(_PARK, values)
    parked = event(execution.pk, "node.parked", node_run_id=claim.node_run_id, wanted=wanted)
    apply(execution, parked)
    return 0


def others_want(claim: Claim) -> bool:
    """Whether another step of the run could use an agent that this one leaves idle."""
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS, [claim.execution_id, claim.node_run_id])
        return cursor.fetchone() is not None


@one_decision
def give_back(claim: Claim, wanted: int) -> None:
    """Keep no more agents than ``wanted``; steps that are parked for want of one are woken."""
    execution = lock(claim.execution_id)
    with connection.cursor() as cursor:
        cursor.execute(_SHRINK, {"id": claim.node_run_id, "token": claim.token, "wanted": wanted})
    apply(execution)
