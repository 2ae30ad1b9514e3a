"""Reads how a run stands and follows it to its end; writes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q
from django.utils import timezone

from workflows.engine.states import (
    EXECUTION_TERMINAL,
    AgentStatus,
    NodeStatus,
    ReviewState,
)
from workflows.executions.progress import percent
from workflows.models import AgentJob, NodeRun, ReviewTask, WorkflowExecution
from workflows.versions import graph_of

INTERVAL = 0.4
"""Seconds between two looks."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step in one lane, as it stands."""

    key: str
    lane: str
    label: str
    status: NodeStatus
    waits_for_lanes: bool = False
    round: int = 1
    agents: int = 0
    agents_done: int = 0
    seconds: float | None = None
    """How long it has run; None before it starts."""
    error: dict[str, Any] | None = None
    document_id: int | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A run at one moment."""

    id: int
    title: str
    status: str
    percent: int
    seconds: float
    tokens: int
    cost: Decimal
    unpriced_calls: int
    error: dict[str, Any] | None
    steps: tuple[Step, ...]
    reviews: tuple[int, ...] = field(default=())
    """Ids of the review tasks that wait."""

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.status in EXECUTION_TERMINAL

    @property
    def documents(self) -> list[int]:
        """Ids of the documents that the run wrote, in the order of its steps."""
        return list(dict.fromkeys(s.document_id for s in self.steps if s.document_id is not None))

    @property
    def failures(self) -> list[Step]:
        """The steps that failed."""
        return [step for step in self.steps if step.status == NodeStatus.FAILED]


def snapshot(execution_id: int) -> Snapshot:
    """How a run stands now. Raises ``WorkflowExecution.DoesNotExist``."""
    execution = WorkflowExecution.objects.get(pk=execution_id)
    agents = _agents(execution_id)
    order = {node.key: place for place, node in enumerate(graph_of(execution.version_id).nodes)}
    runs = NodeRun.objects.filter(execution_id=execution_id).defer("input", "history", "item")
    steps = [_step(run, *agents.get((run.pk, run.round), (0, 0))) for run in runs]
    steps.sort(key=lambda step: (order.get(step.key, 0), int(step.lane or -1)))
    ended = execution.finished_at or timezone.now()
    return Snapshot(
        id=execution.pk,
        title=execution.title,
        status=execution.status,
        percent=percent(execution),
        seconds=(ended - execution.created_at).total_seconds(),
        tokens=execution.prompt_tokens + execution.completion_tokens,
        cost=execution.cost,
        unpriced_calls=execution.unpriced_calls,
        error=execution.error,
        steps=tuple(steps),
        reviews=tuple(
            ReviewTask.objects.filter(
                node_run__execution_id=execution_id, state=ReviewState.WAITING
            ).values_list("pk", flat=True)
        ),
    )


def _agents(execution_id: int) -> dict[tuple[int, int], tuple[int, int]]:
    """Agents of each step and round: how many, and how many are done."""
    rows = (
        AgentJob.objects.filter(node_run__execution_id=execution_id)
        .order_by()
        .values("node_run_id", "round")
        .annotate(
            last=Max("index"),
            done=Count("index", filter=Q(status=AgentStatus.COMPLETED), distinct=True),
        )
    )
    return {(row["node_run_id"], row["round"]): (row["last"] + 1, row["done"]) for row in rows}


def _step(run: NodeRun, agents: int, done: int) -> Step:
    document = (run.output or {}).get("document_id") if run.type == "attach_to_document" else None
    return Step(
        key=run.key,
        lane=run.lane,
        label=run.label or run.key,
        status=NodeStatus(run.status),
        waits_for_lanes=run.wait_for == "lanes",
        round=run.round,
        agents=agents,
        agents_done=done,
        seconds=_seconds(run.started_at, run.finished_at),
        error=run.error,
        document_id=document,
    )


def _seconds(started: datetime | None, finished: datetime | None) -> float | None:
    if started is None:
        return None
    return max(0.0, ((finished or timezone.now()) - started).total_seconds())


def follow(
    execution_id: int,
    *,
    show: Callable[[Snapshot], None],
    on_review: Callable[[int], None],
    timeout: float | None = None,
) -> Snapshot:
    """Look until the run is over or ``timeout`` seconds have passed; the last snapshot.

    ``show`` gets every snapshot, ``on_review`` each waiting review task once.
    """
    ends = time.monotonic() + timeout if timeout is not None else None
    told: set[int] = set()
    while True:
        now = snapshot(execution_id)
        show(now)
        if now.is_over or (ends is not None and time.monotonic() >= ends):
            return now
        for task_id in now.reviews:
            if task_id not in told:
                told.add(task_id)
                on_review(task_id)
        left = INTERVAL if ends is None else min(INTERVAL, max(0.0, ends - time.monotonic()))
        time.sleep(left)
