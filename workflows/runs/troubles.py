"""What went wrong in a run: what happened, what is safe, what to do. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workflows.engine.states import NodeStatus
from workflows.runs.rows import AgentCount
from workflows.runs.steps import Lane, Step

MOST = 3
"""Failed steps that are told of one by one; the list of steps has the rest."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One failed step, or the failed run as a whole."""

    title: str
    message: str
    hint: str
    safe: str
    """What is kept."""
    code: str
    key: str = ""
    lane: str = ""
    type: str = ""


def troubles_of(steps: Sequence[Step], run_error: Mapping[str, Any] | None) -> list[Trouble]:
    """Every failed step in order, and what ended the run where no step did.

    A container that failed because of what is inside it is left to the steps inside.
    """
    broken = {step.parent for step in steps if step.status == NodeStatus.FAILED}
    found = [
        trouble
        for step in steps
        if step.status == NodeStatus.FAILED and step.key not in broken
        for trouble in _of_step(step)
    ]
    if run_error and run_error.get("code") != "node_failed":
        found.insert(0, _trouble("The run was ended", run_error, AgentCount()))
    return found


def _of_step(step: Step) -> list[Trouble]:
    if not step.lanes:
        return [_trouble(step.label, step.error or {}, step.agents, step)]
    return [
        _trouble(f"{step.label}, {lane.name}", lane.row.error or {}, lane.agents, step, lane)
        for lane in step.lanes
        if lane.row.status == NodeStatus.FAILED
    ]


def _trouble(
    name: str,
    error: Mapping[str, Any],
    agents: AgentCount,
    step: Step | None = None,
    lane: Lane | None = None,
) -> Trouble:
    some = step is not None and 0 < agents.done < agents.total
    title = f"{name} stopped at {agents.done} of {agents.total}" if some else name
    return Trouble(
        title=title if some or step is None else f"{name} stopped",
        message=str(error.get("message") or "It gave no reason."),
        hint=str(error.get("hint") or ""),
        safe=f"{agents.done} of {agents.total} finished and are kept." if some else "",
        code=str(error.get("code") or ""),
        key=step.key if step else "",
        lane=lane.row.lane if lane else "",
        type=step.type if step else "",
    )
