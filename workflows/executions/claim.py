"""Takes one queued step for a worker, and hands it back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from workflows.engine.states import ExecutionStatus, NodeStatus
from workflows.executions.dispatch import dispatch_on_commit
from workflows.executions.moves import event, lock, move
from workflows.models import NodeRun, WorkflowExecution

_CLAIM = """
UPDATE workflows_noderun
   SET status = 'running', token = %s, started_at = clock_timestamp(), finished_at = NULL,
       lease_until = clock_timestamp() + make_interval(secs => %s), error = NULL, wait_for = ''
 WHERE id = %s AND attempt = %s AND status = 'queued'
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """One worker's hold on one attempt of one step."""

    node_run_id: int
    execution_id: int
    attempt: int
    token: uuid.UUID
    seconds_left: float
    """Active time that the run has left."""


@transaction.atomic
def claim(node_run_id: int, attempt: int) -> Claim | None:
    """Take the step if it still waits for this attempt; None when the message is stale.

    A doubled, late or replayed message finds another status or attempt and changes nothing.
    """
    execution_id = (
        NodeRun.objects.filter(pk=node_run_id).values_list("execution_id", flat=True).first()
    )
    if execution_id is None:
        return None
    execution = lock(execution_id)
    if execution.status != ExecutionStatus.RUNNING:
        return None
    token = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [token, settings.ENGINE.lease_seconds, node_run_id, attempt])
        if cursor.rowcount == 0:
            return None
        cursor.execute("SELECT extract(epoch FROM %s - clock_timestamp())", [execution.deadline_at])
        (left,) = cursor.fetchone()
    WorkflowExecution.objects.filter(pk=execution_id).update(
        running=F("running") + 1, revision=F("revision") + 1
    )
    event(execution_id, "node.started", node_run_id=node_run_id, attempt=attempt).save(
        force_insert=True
    )
    return Claim(node_run_id, execution_id, attempt, token, max(0.0, float(left or 0)))


@transaction.atomic
def hand_back(claim: Claim) -> bool:
    """Queue a step again that its worker must leave, as the next attempt; False if it was lost."""
    lock(claim.execution_id)
    moved = move(
        claim.node_run_id,
        NodeStatus.RUNNING,
        NodeStatus.QUEUED,
        expect={"token": claim.token},
        attempt=claim.attempt + 1,
        token=None,
        lease_until=None,
        queued_at=Now(),
        dispatched_at=None,
    )
    if moved:
        event(claim.execution_id, "node.handed_back", node_run_id=claim.node_run_id).save()
        dispatch_on_commit([(claim.node_run_id, claim.attempt + 1)])
    return moved


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
