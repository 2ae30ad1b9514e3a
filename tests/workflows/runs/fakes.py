"""Rows of runs that no database has seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from workflows.engine.states import AgentStatus, NodeStatus
from workflows.runs.rows import AgentRow, StepRow

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def at(seconds: float | None) -> datetime | None:
    """A moment by its seconds since the run began."""
    return None if seconds is None else START + timedelta(seconds=seconds)


def moment(seconds: float) -> datetime:
    """The same, never None."""
    return START + timedelta(seconds=seconds)


def row(
    key: str,
    status: NodeStatus = NodeStatus.COMPLETED,
    *times: float | None,
    lane: str = "",
    **fields: Any,
) -> StepRow:
    """A step that was queued, started and ended at these seconds."""
    queued, started, finished = (*times, None, None, None)[:3]
    return StepRow(
        pk=abs(hash((key, lane))) % 10_000_000,
        key=key,
        lane=lane,
        status=status,
        queued_at=at(queued),
        started_at=at(started),
        finished_at=at(finished),
        **fields,
    )


def agents(step: StepRow, *statuses: AgentStatus, **fields: Any) -> list[AgentRow]:
    """Agents of a step, in order."""
    return [
        AgentRow(
            pk=step.pk * 100 + index, node_run_id=step.pk, index=index, status=status, **fields
        )
        for index, status in enumerate(statuses)
    ]
