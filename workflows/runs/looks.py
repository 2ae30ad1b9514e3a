"""How a run and its steps are worded: a look and a few words, never colour alone. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from workflows.engine.states import EXECUTION_LOOKS, NODE_LOOKS, ExecutionStatus, Look, NodeStatus
from workflows.runs.rows import AgentCount, StepRow
from workspaces.templatetags.interface import ordinal
from workspaces.templatetags.interface import seconds as duration

_ATTENTION = (
    NodeStatus.FAILED,
    NodeStatus.RUNNING,
    NodeStatus.WAITING,
    NodeStatus.QUEUED,
    NodeStatus.PENDING,
    NodeStatus.COMPLETED,
    NodeStatus.SKIPPED,
)
_WAITS_FOR_PEOPLE = NODE_LOOKS[NodeStatus.WAITING]


def run_look(
    status: str, *, waiting: int, active_since: datetime | None, place: int | None = None
) -> Look:
    """A run's look: one that only waits for people says so, one that waits for its turn too.

    ``place`` is where a pending one stands in line, where that is known.
    """
    if status == ExecutionStatus.RUNNING and waiting and active_since is None:
        return _WAITS_FOR_PEOPLE
    if status == ExecutionStatus.PENDING:
        words = f"Queued, {ordinal(place)} in line" if place else "Queued"
        return Look(words, "queued", "clock-3")
    return EXECUTION_LOOKS[ExecutionStatus(status)]


def foremost(statuses: Iterable[NodeStatus]) -> NodeStatus:
    """One status for many lanes: what needs attention first; pending for none."""
    found = set(statuses)
    return next((status for status in _ATTENTION if status in found), NodeStatus.PENDING)


def step_words(row: StepRow, agents: AgentCount, took: float | None) -> str:
    """A step outside lanes: ``Done, 22 s``, ``Running 1/2``, ``Failed, 2 of 4``, ``True``."""
    match row.status:
        case NodeStatus.COMPLETED:
            return _done(row, took)
        case NodeStatus.RUNNING:
            return f"Running {agents.done}/{agents.total}" if agents.total > 1 else "Running"
        case NodeStatus.FAILED:
            return f"Failed, {agents.done} of {agents.total}" if agents.total > 1 else "Failed"
        case _:
            return _quiet(row, agents)


def _quiet(row: StepRow, agents: AgentCount) -> str:
    """A step that is not at work."""
    if row.status == NodeStatus.SKIPPED and row.skip_reason == "person" and agents.done:
        return f"Skipped, kept {agents.done}"
    if row.status == NodeStatus.QUEUED and row.wait_for == "agents":
        return "Waits for agents"
    return NODE_LOOKS[row.status].label


def _done(row: StepRow, took: float | None) -> str:
    if row.facts.get("branch"):
        return words_of(str(row.facts["branch"]))
    if row.facts.get("decision"):
        return words_of(str(row.facts["decision"]))
    return "Done" if took is None or took < 1 else f"Done, {duration(took)}"


def lane_words(statuses: Counter[NodeStatus]) -> str:
    """A step or container with many parts: ``3 of 5 done``, ``Failed, 1 of 5``, ``Pending``."""
    total = statuses.total()
    done = statuses[NodeStatus.COMPLETED] + statuses[NodeStatus.SKIPPED]
    if statuses[NodeStatus.FAILED]:
        return f"Failed, {statuses[NodeStatus.FAILED]} of {total}"
    if not total or statuses[NodeStatus.PENDING] == total:
        return "Pending"
    if statuses[NodeStatus.SKIPPED] == total:
        return "Skipped"
    return f"{done} of {total} done"


def words_of(name: str) -> str:
    """A handle's or a status's name in words: ``request_changes`` is ``Request changes``."""
    return name.replace("_", " ").strip().capitalize()
