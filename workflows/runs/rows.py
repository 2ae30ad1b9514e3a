"""What a page reads of a run's steps and agents, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workflows.engine.states import AgentStatus, NodeStatus


@dataclass(frozen=True, slots=True)
class OpenReview:
    """A review that waits for a decision."""

    pk: int
    since: datetime
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody last asked of a run."""

    who: str
    """Empty where the person is not known any more."""
    at: datetime


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step in one lane."""

    pk: int
    key: str
    lane: str
    status: NodeStatus
    attempt: int = 0
    round: int = 1
    wait_for: str = ""
    skip_reason: str = ""
    handles: Sequence[str] = ()
    queued_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    error: Mapping[str, Any] | None = None
    item: Any = None
    """The lane's item, where there is one."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Short values of the output: branch, decision, document_id, title, text."""
    review: OpenReview | None = None


@dataclass(frozen=True, slots=True)
class AgentRow:
    """The latest job of one agent in the step's present round."""

    pk: int
    node_run_id: int
    index: int
    status: AgentStatus
    error: Mapping[str, Any] | None = None
    calls: Sequence[Mapping[str, Any]] = ()
    """Its provider calls, where the agent failed."""


@dataclass(frozen=True, slots=True)
class AgentCount:
    """The agents of a step, over all its lanes."""

    done: int = 0
    failed: int = 0
    running: int = 0
    total: int = 0

    @classmethod
    def of(cls, agents: Sequence[AgentRow], at_least: int = 0) -> AgentCount:
        """Count agents; ``at_least`` is how many are expected where not all have a job yet."""
        statuses = [agent.status for agent in agents]
        return cls(
            done=statuses.count(AgentStatus.COMPLETED),
            failed=statuses.count(AgentStatus.FAILED) + statuses.count(AgentStatus.UNKNOWN),
            running=statuses.count(AgentStatus.RUNNING),
            total=max(len(statuses), at_least),
        )
