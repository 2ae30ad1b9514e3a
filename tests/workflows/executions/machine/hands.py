"""The workers: what they hold, and how they end it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.workflows.executions.machine.room import Room
from workflows.executions import finish
from workflows.executions.claim import Claim
from workflows.executions.inbox import Made
from workflows.executions.ledger import Ledger
from workflows.models import AgentJob, WorkflowExecution
from workflows.nodes.base import AgentCall, NodeResult
from workflows.nodes.effects import AskReview, Effect, OpenLanes, SaveDocument
from workflows.providers.base import ChatAnswer, ChatRequest, Usage

_CALLS = [AgentCall(ChatRequest(prompt="Write", model=""), "")] * 2
_ITEM = {"id": "copy-1", "kind": "copy", "node_key": "brief", "index": 0, "text": "x"}


@dataclass(eq=False)
class Held:
    """A claim in the hands of a worker, with the agents that are at work for it."""

    claim: Claim
    ledger: Ledger | None = None
    jobs: list[AgentJob] = field(default_factory=list)
    """Sent and not yet answered."""

    @property
    def kind(self) -> str:
        """The type of the step."""
        return self.claim.run.type


def send(held: Held, room: Room) -> bool:
    """Put the step's agents on the ledger and send their calls; False when the claim is lost.

    Raises ``NodeError`` when one of them was lost too often.
    """
    execution = WorkflowExecution.objects.get(pk=held.claim.execution_id)
    ledger = Ledger(held.claim, held.claim.run, execution)
    _, fresh = ledger.read(_CALLS, [room.provider] * 2)
    held.ledger, held.jobs = ledger, ledger.open_jobs(_CALLS, fresh)
    written = [ledger.write_call(job, 1, "text") for job in held.jobs]
    return all(written)


def answer(held: Held, room: Room) -> None:
    """Write the answer of one agent."""
    assert held.ledger is not None
    job = held.jobs.pop()
    held.ledger.close_call(job, 1, Usage(3, 5), "")
    made = Made(ChatAnswer("x", model="scripted-1", usage=Usage(3, 5)))
    held.ledger.complete(job, _CALLS[0], room.provider, made)


def complete(held: Held, room: Room, choice: int) -> None:
    """End the step well; ``choice`` says by which handle, or with how many items."""
    while held.jobs:
        answer(held, room)
    finish.complete(held.claim, {}, result_of(held.claim, room, choice))


def result_of(claim: Claim, room: Room, choice: int) -> NodeResult:
    """What the step gives back."""
    step = room.graph.by_key[claim.run.key]
    if step.type == "conditional":
        return NodeResult({}, ("yes", "else")[choice % 2 :][:1])
    return NodeResult({"text": "x"}, ("out",), _effect(step.type, step.config, room, choice))


def _effect(kind: str, config: Any, room: Room, choice: int) -> Effect | None:
    if kind == "parallel":
        items = None if config["items"] is None else tuple("abc"[: choice % 4])
        return OpenLanes(items, "item", config["max_parallel"], config["on_item_error"])
    if kind == "attach_to_document":
        images: Sequence[tuple[int, str]] = [(pk, "") for pk in room.images]
        return SaveDocument(None, "T", "B", tuple(images), "append", "first")
    if kind == "review":
        rules = {
            "pick_copy": "none",
            "pick_images": "none",
            "revise": config["revise"],
            "max_rounds": 3,
            "on_timeout": config.get("on_timeout", "wait"),
        }
        return AskReview("", (_ITEM,), (), "editor", config.get("due_in_hours"), rules)
    return None
