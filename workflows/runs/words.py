"""What happened to a step, in words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workflows.models import ExecutionEvent
from workflows.runs.looks import words_of

SKIPPED = {
    "branch": "Skipped: nothing led to it",
    "person": "Skipped by a person",
    "stopped": "Skipped: the run was stopped",
    "time_limit": "Skipped: the time of the run was over",
}
"""By the reason that a step or an event names."""
_TOLD: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "node.queued": lambda data: f"Queued, attempt {data.get('attempt', 1)}",
    "node.started": lambda data: f"Started, attempt {data.get('attempt', 1)}",
    "node.retried": lambda data: "Tried anew" if data.get("fresh") else "Tried again",
    "node.opened": lambda data: "Opened its lanes",
    "node.completed": lambda data: "Completed",
    "node.failed": lambda data: _because("Failed", data),
    "node.handed_back": lambda data: "Handed back by a worker that had to leave",
    "node.lost": lambda data: "Its worker was lost; queued again",
    "node.skipped": lambda data: SKIPPED.get(str(data.get("reason")), "Skipped"),
    "agent.completed": lambda data: f"Agent {int(data.get('index', 0)) + 1} finished",
    "review.requested": lambda data: "Asked for a review",
    "review.decided": lambda data: f"Decided: {words_of(str(data.get('decision', '')))}",
    "review.changes_requested": lambda data: "Changes were requested",
}


def told(event: ExecutionEvent) -> str:
    """One event in a few words; a kind that is not known here is spelled out."""
    tell = _TOLD.get(event.kind)
    return tell(event.data) if tell else words_of(event.kind.rpartition(".")[2])


def _because(what: str, data: Mapping[str, Any]) -> str:
    error = data.get("error")
    message = error.get("message") if isinstance(error, Mapping) else None
    return f"{what}: {message}" if message else what
