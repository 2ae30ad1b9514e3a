"""The failed steps of a run: finding those that a person names, and opening the run again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from workflows.engine.states import AgentStatus, Door, ExecutionStatus, NodeStatus, SkipReason
from workflows.executions.expire import TIME_LIMIT
from workflows.executions.moves import NoSuchStep, NotNow, open_door
from workflows.models import AgentJob, NodeRun, WorkflowExecution
from workflows.versions import graph_of

_KEPT = (
    "id", "key", "lane", "type", "label", "status", "attempt", "round",
    "output", "fresh_since",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Broken:
    """What a verb acts on."""

    steps: tuple[NodeRun, ...]
    """Failed steps."""
    containers: tuple[NodeRun, ...] = field(default=())
    """Failed containers around them, which wait on their lanes again."""


def find(execution: WorkflowExecution, key: str | None, lane: str | None) -> Broken:
    """The failed steps that are named; without a lane in all of them, without a key everywhere.

    A container's key names what failed inside it, or the container itself where it failed before
    it opened. Raises ``NoSuchStep``; ``NotNow`` where nothing that is named has failed, or where
    the run has long gone on without it.
    """
    rows = list(
        NodeRun.objects.filter(execution=execution).order_by("pk").only(*_KEPT, "fresh_since")
    )
    graph = graph_of(execution.version_id)
    named = _named(rows, key, lane, {child.key for child in graph.children.get(key or "", ())})
    by_key = {row.key: row for row in rows if not row.lane}
    around = {row.pk: by_key.get(graph.by_key[row.key].parent or "") for row in named}
    failed = [row for row in named if row.status == NodeStatus.FAILED and not _is_opened(row)]
    steps = [row for row in failed if _may_go_on(around[row.pk])]
    opened = [row for row in named if row.status == NodeStatus.FAILED and _is_opened(row)]
    if not steps and not opened:
        raise _refusal(execution, named, failed)
    outer = [one for row in steps if (one := around[row.pk]) is not None]
    containers = {row.pk: row for row in [*opened, *outer] if row.status == NodeStatus.FAILED}
    return Broken(tuple(steps), tuple(containers.values()))


def _named(
    rows: Sequence[NodeRun], key: str | None, lane: str | None, inside: set[str]
) -> list[NodeRun]:
    if key is None:
        return list(rows)
    found = [row for row in rows if row.key == key and lane in (None, row.lane)]
    if not found:
        where = f" in lane {lane}" if lane else ""
        raise NoSuchStep(f"The run has no step “{key}”{where}.")
    return [*found, *(row for row in rows if row.key in inside)]


def _is_opened(row: NodeRun) -> bool:
    """Whether the row is a container that failed over its lanes, not by itself."""
    return isinstance(row.output, dict) and "max_parallel" in row.output


def _may_go_on(container: NodeRun | None) -> bool:
    """Whether steps inside may run again: not once others have used what the container gave."""
    return container is None or container.status in (NodeStatus.FAILED, NodeStatus.WAITING)


def _refusal(
    execution: WorkflowExecution, named: Sequence[NodeRun], failed: Sequence[NodeRun]
) -> NotNow:
    if failed:
        row = failed[0]
        text = f"The run has gone on without {row.label or row.key}; launch it again instead."
        return NotNow(text, execution, row.status)
    if len({row.key for row in named}) != 1:
        return NotNow("No step of the run has failed.", execution)
    row = named[0]
    return NotNow(f"{row.label or row.key} is {row.status}, not failed.", execution, row.status)


def reopen(execution: WorkflowExecution, broken: Broken, door: Door) -> None:
    """Let an ended run go on: its containers wait again, its clock has time.

    After the time limit the run gets its whole limit once more, and steps that only the limit
    had skipped get their turn back. The caller holds the execution's lock.
    """
    open_door(door)
    NodeRun.objects.filter(pk__in=[row.pk for row in broken.containers]).update(
        status=NodeStatus.WAITING, wait_for="lanes", error=None, finished_at=None, handles=[]
    )
    if execution.status != ExecutionStatus.FAILED:
        return
    if (execution.error or {}).get("code") == TIME_LIMIT:
        limit = execution.workspace.limits.execution_time_limit
        execution.time_limit = math.ceil(execution.active_seconds) + limit
        NodeRun.objects.filter(
            execution=execution, status=NodeStatus.SKIPPED, skip_reason=SkipReason.TIME_LIMIT
        ).update(status=NodeStatus.PENDING, skip_reason="", finished_at=None)
    execution.status = ExecutionStatus.RUNNING
    # Written at once: the run may end again in this transaction, and only ``running`` may end.
    WorkflowExecution.objects.filter(pk=execution.pk).update(status=execution.status, told_at=None)
    execution.error = None
    execution.finished_at = None


def finished_of(row: NodeRun) -> list[dict[str, Any]]:
    """What the agents of a step have finished in this round, in the order of the agents."""
    jobs = AgentJob.objects.filter(
        node_run=row, round=row.round, status=AgentStatus.COMPLETED, output__isnull=False
    )
    if row.fresh_since is not None:
        jobs = jobs.filter(created_at__gte=row.fresh_since)
    latest = {job.index: job.output or {} for job in jobs.order_by("index", "attempt")}
    return list(latest.values())
