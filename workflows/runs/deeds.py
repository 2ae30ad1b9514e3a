"""What people do to a run, in words, and who was faster."""

from __future__ import annotations

from enum import Enum

from workflows.engine.states import ExecutionStatus, NodeStatus
from workflows.executions.moves import NotNow
from workflows.models import ExecutionEvent
from workspaces.models import User


class Deed(Enum):
    """A verb as people speak of it: ``(event, past tense, what is done, statuses it leads to)``."""

    PAUSE = (
        "run.paused", "paused", "Paused. What runs now still finishes.", {ExecutionStatus.PAUSED},
    )  # fmt: skip
    RESUME = ("run.resumed", "resumed", "The run goes on.", {ExecutionStatus.RUNNING})
    STOP = (
        "run.stopped", "stopped", "Stopped. What had finished is kept.", {ExecutionStatus.STOPPED},
    )  # fmt: skip
    RETRY = (
        "node.retried", "retried", "Trying again.", {NodeStatus.QUEUED, NodeStatus.RUNNING},
    )  # fmt: skip
    SKIP = ("node.skipped", "skipped", "Skipped. The run goes on.", {NodeStatus.SKIPPED})

    def __init__(self, kind: str, past: str, done: str, leads_to: set[str]) -> None:
        self.kind = kind
        self.past = past
        self.done = done
        self.leads_to = frozenset(leads_to)

    def told(self, status: str) -> str:
        """What was done, in a run of this status: a paused one goes on once it is resumed."""
        if status == ExecutionStatus.PAUSED and self in (Deed.RETRY, Deed.SKIP):
            return f"{self.past.capitalize()}. It goes on once the run is resumed."
        return self.done


def late_words(
    execution_id: int, deed: Deed, error: NotNow, user: User, key: str | None = None
) -> str:
    """Why a deed was refused: who did the same before, where somebody did, else how it stands.

    Empty where the person did it already: a button pressed twice has done its work. ``key`` is
    the step's, where the deed names one.
    """
    if (error.node_status or error.status) not in deed.leads_to:
        return str(error)
    rows = ExecutionEvent.objects.filter(execution=execution_id, kind=deed.kind)
    rows = rows.filter(node_run__key=key) if key else rows
    last = rows.select_related("actor").order_by("-pk").first()
    if last is None or last.actor is None:
        return str(error)
    return "" if last.actor == user else f"{last.actor} has already {deed.past} it."
