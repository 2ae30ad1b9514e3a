"""What the steps of a run have made so far, in the order of the steps. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workflows.engine.states import AgentStatus, Look, NodeStatus
from workflows.graph.model import Graph, Node
from workflows.runs.rows import AgentRow, StepRow
from workflows.runs.steps import Step, item_name

MOST = 12
"""Pieces of a step that the monitor shows; the step's own page shows all."""
_LONG, _LINES = 400, 9
_OPEN = frozenset({AgentStatus.PENDING, AgentStatus.RUNNING})


@dataclass(frozen=True, slots=True)
class Piece:
    """One result of one agent, or the place where it will be."""

    id: str
    kind: str
    """``copy``, ``image``, ``text``, ``document``, ``open`` or ``failed``."""
    name: str
    lane: str = ""
    text: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    image: Mapping[str, Any] | None = None
    document_id: int | None = None

    @property
    def length(self) -> int:
        """Characters."""
        return len(self.text) or sum(len(value) for _, value in self.fields)

    @property
    def is_long(self) -> bool:
        """Whether it may be scrolled, and so must be reached by keyboard."""
        return self.length > _LONG or self.text.count("\n") + 2 * len(self.fields) > _LINES


@dataclass(frozen=True, slots=True)
class Section:
    """What one step has made."""

    key: str
    label: str
    type: str
    look: Look
    words: str
    pieces: tuple[Piece, ...]
    more: int
    """Pieces that are left out."""

    @property
    def total(self) -> int:
        """All pieces, those left out too."""
        return len(self.pieces) + self.more

    @property
    def kind(self) -> str:
        """``image`` where pictures stand side by side, else ``copy``."""
        return "image" if self.type == "generate_image" else "copy"


def wanted_jobs(steps: Sequence[Step], agents: Mapping[int, Sequence[AgentRow]]) -> list[int]:
    """The jobs whose outputs the sections show."""
    return [
        agent.pk
        for step in steps
        for _, agent in _agents(step, agents)[:MOST]
        if agent.status == AgentStatus.COMPLETED
    ]


def sections_of(
    graph: Graph,
    steps: Sequence[Step],
    agents: Mapping[int, Sequence[AgentRow]],
    made: Mapping[int, Any],
) -> tuple[Section, ...]:
    """A section for each step that has made, or is making, something to see."""
    found = []
    for step in steps:
        pieces = list(_pieces(graph.by_key[step.key], step, agents, made))
        if pieces:
            shown = tuple(pieces[:MOST])
            more = len(_agents(step, agents)) - MOST
            found.append(
                Section(step.key, step.label, step.type, step.look, step.words, shown, max(0, more))
            )
    return tuple(found)


def _agents(step: Step, agents: Mapping[int, Sequence[AgentRow]]) -> list[tuple[StepRow, AgentRow]]:
    return [(row, agent) for row in step.rows for agent in agents.get(row.pk, ())]


def _pieces(
    node: Node, step: Step, agents: Mapping[int, Sequence[AgentRow]], made: Mapping[int, Any]
) -> Iterable[Piece]:
    for row in step.rows:
        if row.status == NodeStatus.COMPLETED and row.facts.get("document_id"):
            yield _document(row)
        elif row.status == NodeStatus.COMPLETED and row.facts.get("text"):
            name, text = step.label, str(row.facts["text"])
            yield Piece(f"run-{row.pk}", "text", name, _lane(row), text)
    for row, agent in _agents(step, agents)[:MOST]:
        yield _piece(node, row, agent, made.get(agent.pk), len(agents.get(row.pk, ())))


def _document(row: StepRow) -> Piece:
    title = str(row.facts.get("title") or "Document")
    return Piece(
        f"run-{row.pk}",
        "document",
        title,
        _lane(row),
        document_id=int(row.facts["document_id"]),
    )


def _lane(row: StepRow) -> str:
    return item_name(row) if row.lane else ""


def _piece(node: Node, row: StepRow, agent: AgentRow, output: Any, total: int) -> Piece:
    what = "Image" if node.type == "generate_image" else "Variant"
    head, name, lane = f"agent-{row.pk}-{agent.index}", f"{what} {agent.index + 1}", _lane(row)
    if agent.status in _OPEN:
        doing = "Drawing" if node.type == "generate_image" else "Writing"
        place = f" {agent.index + 1} of {total}" if total > 1 else ""
        return Piece(head, "open", f"{doing}{place}", lane)
    if agent.status != AgentStatus.COMPLETED or not isinstance(output, Mapping):
        error = agent.error or {}
        return Piece(head, "failed", name, lane, text=str(error.get("message") or "It failed."))
    if "url" in output:
        return Piece(head, "image", name, lane, image=output)
    return Piece(
        head,
        "copy",
        name,
        lane,
        text=str(output.get("text") or ""),
        fields=named_fields(node, output.get("fields")),
    )


def named_fields(node: Node, fields: Any) -> tuple[tuple[str, str], ...]:
    """A structured variant's fields under their labels."""
    if not isinstance(fields, Mapping):
        return ()
    labels = {
        str(field.get("key")): str(field.get("label") or "")
        for field in node.config.get("fields", [])
        if isinstance(field, Mapping)
    }
    return tuple(
        (labels.get(str(key)) or str(key).replace("_", " ").capitalize(), str(value))
        for key, value in fields.items()
    )
