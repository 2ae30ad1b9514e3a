"""A run at one moment, as a terminal or a program is told of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from workflows.engine.states import EXECUTION_TERMINAL, AgentStatus, NodeStatus
from workflows.executions.progress import percent
from workflows.executions.slots import place_in_line
from workflows.models import AgentJob, NodeRun, WorkflowExecution

Agent = tuple[int, int]
"""(node run id, index): however often it was called, it is one agent."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step, with all its lanes."""

    key: str
    label: str
    type: str
    statuses: Counter[str]
    """How many lanes stand at each status; one entry outside a container."""
    agents_done: int
    agents: int
    error: dict[str, Any] | None
    """Of the first lane that failed."""
    seconds: float | None
    """From the first start to the last end; None while it has not ended."""
    wait_for: str = ""
    """``agents`` where a queued lane waits until some of the run's are free."""

    @property
    def status(self) -> str:
        """One word for all lanes: what needs attention first."""
        order = ("failed", "running", "waiting", "queued", "pending", "completed", "skipped")
        return next(status for status in order if self.statuses[status])


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A run and its steps in the order drawn."""

    execution: WorkflowExecution
    steps: tuple[Step, ...]
    percent: int
    place: int | None = None
    """Where a pending run stands in line: 1 is next."""

    @property
    def has_ended(self) -> bool:
        """Whether nothing more happens by itself or by a decision."""
        return self.execution.status in EXECUTION_TERMINAL


def take(execution_id: int) -> Snapshot:
    """Read a run in three queries, and its place in line in one more while it is pending."""
    execution = WorkflowExecution.objects.get(pk=execution_id)
    runs: dict[str, list[NodeRun]] = {}
    rows = NodeRun.objects.filter(execution_id=execution_id).defer("input", "output", "history")
    for run in rows.order_by("pk"):
        runs.setdefault(run.key, []).append(run)
    agents: dict[str, dict[Agent, bool]] = {}
    jobs = AgentJob.objects.filter(
        node_run__execution_id=execution_id, round=F("node_run__round")
    ).values_list("node_run__key", "node_run_id", "index", "status")
    for key, run_id, index, status in jobs:
        known = agents.setdefault(key, {})
        done = known.get((run_id, index), False)
        known[run_id, index] = done or status == AgentStatus.COMPLETED
    steps = tuple(_step(key, lanes, agents.get(key, {})) for key, lanes in runs.items())
    return Snapshot(execution, steps, percent(execution), place_in_line(execution))


def _step(key: str, lanes: list[NodeRun], agents: dict[Agent, bool]) -> Step:
    started = [run.started_at for run in lanes if run.started_at]
    ended = [run.finished_at for run in lanes if run.finished_at]
    over = len(ended) == len(lanes) and started
    return Step(
        key=key,
        label=lanes[0].label or key,
        type=lanes[0].type,
        statuses=Counter(run.status for run in lanes),
        agents_done=sum(agents.values()),
        agents=len(agents),
        error=next((run.error for run in lanes if run.error), None),
        seconds=(max(ended) - min(started)).total_seconds() if over else None,
        wait_for=next((run.wait_for for run in lanes if run.status == NodeStatus.QUEUED), ""),
    )
