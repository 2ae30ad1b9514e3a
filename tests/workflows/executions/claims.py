"""Claims as the tests of lost and doubled work need them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from documents.models import Document
from tests.engine import Drive
from tests.graphs import brief, graph, text
from workflows import queue
from workflows.executions import reconcile
from workflows.executions.claim import Claim, claim
from workflows.models import (
    AgentJob,
    ExecutionEvent,
    NodeRun,
    ReviewTask,
    WorkflowExecution,
)

SMALL = graph([brief("t"), text("a"), text("b")], "brief > a > b")


def held(drive: Drive) -> Claim:
    """A claim on the first step of a new run."""
    execution = drive.launch(SMALL, t="x")
    found = claim(execution.node_runs.get(key="brief").pk, 1)
    assert found is not None
    return found


def lapse(node_run_id: int, *, seconds: int = 60) -> None:
    """Let the lease of a running step run out."""
    past = timezone.now() - timedelta(seconds=seconds)
    NodeRun.objects.filter(pk=node_run_id).update(lease_until=past)


def taken(old: Claim) -> Claim:
    """The claim of the worker that takes over."""
    lapse(old.node_run_id)
    assert reconcile.take_over() == 1
    fresh = claim(old.node_run_id, old.attempt + 1)
    assert fresh is not None
    return fresh


def everything() -> list[Any]:
    """Every row that a step's end may write."""
    models = [WorkflowExecution, NodeRun, ExecutionEvent, ReviewTask, Document, AgentJob]
    return [list(model.objects.order_by("pk").values()) for model in models]


def messages() -> list[str]:
    """Ids of the messages on the queue, oldest first."""
    return [one.decode() for one in queue.connection().lrange("rq:queue:nodes", 0, -1)]


def sent(drive: Drive) -> NodeRun:
    """The queued first step of a run whose message has been sent."""
    execution = drive.launch(SMALL, t="x")
    drive.commit()
    return execution.node_runs.get(key="brief")


def age(**fields: int) -> None:
    """Set times so many seconds into the past."""
    now = timezone.now()
    NodeRun.objects.filter(status="queued").update(
        **{name: now - timedelta(seconds=seconds) for name, seconds in fields.items()}
    )
