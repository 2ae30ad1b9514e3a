"""Statuses of every kind as badges, in the colours of ``engine/states.py``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin

from workflows.engine.states import (
    EXECUTION_LOOKS,
    NODE_LOOKS,
    AgentStatus,
    ExecutionStatus,
    NodeStatus,
    ReviewState,
)
from workflows.models import AgentJob, NodeRun, ReviewTask, WorkflowExecution
from workspaces.admin_tools import badge, duration, readable, when

_AGENT_TOKENS = {
    AgentStatus.PENDING: "pending",
    AgentStatus.RUNNING: "running",
    AgentStatus.COMPLETED: "completed",
    AgentStatus.FAILED: "failed",
    AgentStatus.UNKNOWN: "waiting",
}
_REVIEW_TOKENS = {
    ReviewState.WAITING: "waiting",
    ReviewState.APPROVED: "completed",
    ReviewState.CHANGES_REQUESTED: "paused",
    ReviewState.REJECTED: "failed",
    ReviewState.EXPIRED: "skipped",
}


def execution_badge(execution: WorkflowExecution) -> str:
    """Where a run stands."""
    look = EXECUTION_LOOKS[ExecutionStatus(execution.status)]
    return badge(look.label, look.token)


def node_badge(run: NodeRun) -> str:
    """Where a step stands; a container waits for its lanes, not for people."""
    look = NODE_LOOKS[NodeStatus(run.status)]
    waits_for_lanes = run.status == NodeStatus.WAITING and run.wait_for == "lanes"
    return badge("Waiting for lanes" if waits_for_lanes else look.label, look.token)


def agent_badge(job: AgentJob) -> str:
    """Where an agent's job stands."""
    return badge(job.get_status_display(), _AGENT_TOKENS[AgentStatus(job.status)])


def review_badge(task: ReviewTask) -> str:
    """Where a review stands."""
    return badge(task.get_state_display(), _REVIEW_TOKENS[ReviewState(task.state)])


def fault(error: Mapping[str, Any] | None) -> str:
    """What went wrong: first what people need, then the rest."""
    found = dict(error or {})
    first = {key: found.pop(key) for key in ("message", "hint", "code") if found.get(key)}
    return readable({**first, **found})


class Timed:
    """Columns of rows that have ``started_at`` and ``finished_at``."""

    @admin.display(description="started", ordering="started_at")
    def when(self, row: Any) -> str:
        """The moment, in short."""
        return when(row.started_at)

    @admin.display(description="took")
    def took(self, row: Any) -> str:
        """From start to end, or to now."""
        return duration(row.started_at, row.finished_at)
