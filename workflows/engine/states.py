"""Every status, its label and colour, and the table of legal moves. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ExecutionStatus(StrEnum):
    """Life of a run."""

    PENDING = "pending"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    STOPPED = "stopped"


class NodeStatus(StrEnum):
    """Life of one step in one lane of a run."""

    PENDING = "pending"
    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"


class AgentStatus(StrEnum):
    """Life of one agent's job; UNKNOWN means that its worker died before the answer."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class ReviewState(StrEnum):
    """Life of a review task."""

    WAITING = "waiting"
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    REJECTED = "rejected"
    EXPIRED = "expired"


class Verdict(StrEnum):
    """What a reviewer may decide."""

    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    REJECT = "reject"


class Door(StrEnum):
    """The named ways out of a terminal state; the database lets nothing else through."""

    RETRY = "retry"
    SKIP = "skip"
    NEXT_ROUND = "next_round"


class Control(StrEnum):
    """What a person may ask of a run."""

    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    RETRY = "retry"
    SKIP = "skip"


class SkipReason(StrEnum):
    """Why a step was skipped."""

    BRANCH = "branch"
    """The way that leads to it was not taken."""
    PERSON = "person"
    STOPPED = "stopped"
    TIME_LIMIT = "time_limit"


EXECUTION_TERMINAL = frozenset(
    {ExecutionStatus.COMPLETED, ExecutionStatus.FAILED, ExecutionStatus.STOPPED}
)
NODE_TERMINAL = frozenset({NodeStatus.COMPLETED, NodeStatus.FAILED, NodeStatus.SKIPPED})
NODE_ACTIVE = frozenset({NodeStatus.QUEUED, NodeStatus.RUNNING})
"""States in which a worker holds the step or is about to."""

EXECUTION_MOVES: dict[ExecutionStatus, frozenset[ExecutionStatus]] = {
    ExecutionStatus.PENDING: frozenset(
        {
            ExecutionStatus.RUNNING,
            ExecutionStatus.PAUSED,
            ExecutionStatus.FAILED,
            ExecutionStatus.STOPPED,
        }
    ),
    ExecutionStatus.RUNNING: frozenset(
        {
            ExecutionStatus.PAUSED,
            ExecutionStatus.COMPLETED,
            ExecutionStatus.FAILED,
            ExecutionStatus.STOPPED,
        }
    ),
    ExecutionStatus.PAUSED: frozenset(
        {ExecutionStatus.RUNNING, ExecutionStatus.FAILED, ExecutionStatus.STOPPED}
    ),
    ExecutionStatus.COMPLETED: frozenset(),
    ExecutionStatus.FAILED: frozenset({ExecutionStatus.RUNNING}),
    ExecutionStatus.STOPPED: frozenset(),
}

LEGAL: dict[Control, frozenset[ExecutionStatus]] = {
    Control.PAUSE: frozenset({ExecutionStatus.PENDING, ExecutionStatus.RUNNING}),
    Control.RESUME: frozenset({ExecutionStatus.PAUSED}),
    Control.STOP: frozenset(
        {ExecutionStatus.PENDING, ExecutionStatus.RUNNING, ExecutionStatus.PAUSED}
    ),
    Control.RETRY: frozenset(
        {ExecutionStatus.RUNNING, ExecutionStatus.PAUSED, ExecutionStatus.FAILED}
    ),
    Control.SKIP: frozenset(
        {ExecutionStatus.RUNNING, ExecutionStatus.PAUSED, ExecutionStatus.FAILED}
    ),
}
"""When each verb is legal; retry and skip need a failed step besides."""

_P, _Q, _R, _W = NodeStatus.PENDING, NodeStatus.QUEUED, NodeStatus.RUNNING, NodeStatus.WAITING
_C, _F, _S = NodeStatus.COMPLETED, NodeStatus.FAILED, NodeStatus.SKIPPED

NODE_MOVES: dict[NodeStatus, frozenset[NodeStatus]] = {
    _P: frozenset({_Q, _S}),
    _Q: frozenset({_R, _F, _S}),
    _R: frozenset({_Q, _W, _C, _F, _S}),
    _W: frozenset({_C, _F, _S}),
    _C: frozenset(),
    _F: frozenset(),
    _S: frozenset(),
}
"""Moves that need no door. ``running -> queued`` hands a lost claim to the next attempt."""

DOOR_MOVES: dict[Door, frozenset[tuple[NodeStatus, NodeStatus]]] = {
    Door.RETRY: frozenset({(_F, _Q), (_F, _W), (_S, _P)}),
    Door.SKIP: frozenset({(_F, _S), (_F, _W), (_S, _P)}),
    Door.NEXT_ROUND: frozenset(
        {(_C, _Q), (_W, _Q), (_S, _Q), (_F, _Q), (_C, _P), (_W, _P), (_S, _P), (_F, _P)}
    ),
}
"""What each door lets through. Retry and skip inside a container open it again (to waiting), and
give back their turn to steps that only the time limit had skipped. In a next round the named step
is queued and the steps between it and the review go back to pending until their turn comes."""


def may_move(frm: NodeStatus, to: NodeStatus, door: Door | None = None) -> bool:
    """Whether a step may go from one status to another, by a door if one is named."""
    if to in NODE_MOVES[frm]:
        return True
    return door is not None and (frm, to) in DOOR_MOVES[door]


@dataclass(frozen=True, slots=True)
class Look:
    """How a status is shown; colours are names of tokens, icons are lucide names."""

    label: str
    token: str
    icon: str


NODE_LOOKS: dict[NodeStatus, Look] = {
    _P: Look("Pending", "pending", "circle-dashed"),
    _Q: Look("Queued", "queued", "clock-3"),
    _R: Look("Running", "running", "pulse"),
    _W: Look("Waiting for review", "waiting", "user-check"),
    _C: Look("Completed", "completed", "circle-check"),
    _F: Look("Failed", "failed", "circle-x"),
    _S: Look("Skipped", "skipped", "circle-slash-2"),
}
EXECUTION_LOOKS: dict[ExecutionStatus, Look] = {
    ExecutionStatus.PENDING: NODE_LOOKS[_P],
    ExecutionStatus.RUNNING: NODE_LOOKS[_R],
    ExecutionStatus.PAUSED: Look("Paused", "paused", "circle-pause"),
    ExecutionStatus.COMPLETED: NODE_LOOKS[_C],
    ExecutionStatus.FAILED: NODE_LOOKS[_F],
    ExecutionStatus.STOPPED: Look("Stopped", "skipped", "circle-stop"),
}
