"""Walks a template with the real node types, without database, queue or provider.

It keeps everything that an agent would have been sent, so that tests can read the prompts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import Any

from workflows.graph import bindings
from workflows.graph.bindings import MissingVariable
from workflows.graph.model import Graph, Node
from workflows.nodes import registry
from workflows.nodes.base import AgentCall, AgentOutcome, NodeResult, Retry
from workflows.nodes.brief import Config as BriefConfig
from workflows.nodes.brief import check_inputs
from workflows.nodes.effects import AskReview, OpenLanes, SaveDocument
from workflows.nodes.fields import map_config
from workflows.providers.base import ChatRequest, ImageRequest
from workflows.reviews.picks import default_choices, outcome

Answer = Callable[[str, int, ChatRequest | ImageRequest], Mapping[str, Any] | None]
"""What an agent of a step gives back; None when it fails."""


@dataclass
class Sent:
    """One call that an agent would have made."""

    key: str
    lane: str
    request: ChatRequest | ImageRequest
    alt_text: str


@dataclass
class Rehearsal:
    """What a run would have asked, made and written."""

    sent: list[Sent] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    documents: list[SaveDocument] = field(default_factory=list)
    reviews: list[AskReview] = field(default_factory=list)
    skipped: set[str] = field(default_factory=set)


class LaneFailed(Exception):
    """An agent of a lane failed."""


class Stage:
    """Implements ``nodes.base.NodeContext``."""

    def __init__(self, key: str, lane: str, scope: dict[str, Any], play: Play) -> None:
        self.key, self.lane, self.scope, self.play = key, lane, scope, play
        self.round, self.feedback = 1, str(scope["feedback"])

    def value(self, path: str) -> Any:
        return bindings.lookup(path, self.scope)

    def value_or_none(self, path: str) -> Any:
        try:
            return self.value(path)
        except MissingVariable:
            return None

    def render(self, text: str, **extra: Any) -> str:
        return bindings.render(text, {**self.scope, **extra})

    def image_bytes(self, image_id: int) -> bytes:
        return b"picture"

    def run_agents(self, calls: Sequence[AgentCall], retry: Retry) -> list[AgentOutcome]:
        return self.play.run_agents(self, calls)


class Play:
    """One rehearsal of one graph."""

    def __init__(self, graph: Graph, inputs: Mapping[str, Any], answer: Answer) -> None:
        self.graph, self.answer, self.seen = graph, answer, Rehearsal()
        brief = next(node for node in graph.nodes if node.type == "brief")
        values, issues = check_inputs(BriefConfig.model_validate(brief.config), inputs)
        assert not issues, issues
        self.values = values
        self.pictures = 0

    def run(self, feedback: str = "") -> Rehearsal:
        """Every step in order; reviews approve with the default picks."""
        self.feedback = feedback
        handles: dict[str, tuple[str, ...]] = {}
        top = {node.key: node for node in self.graph.nodes if node.parent is None}
        for key in self._order(top):
            edges = self.graph.incoming[key]
            if edges and not any(e.source_handle in handles.get(e.source, ()) for e in edges):
                self.seen.skipped.add(key)
                continue
            handles[key] = self._step(top[key])
        return self.seen

    def _order(self, nodes: Mapping[str, Node]) -> list[str]:
        wanted = {key: {e.source for e in self.graph.incoming[key]} for key in nodes}
        return list(TopologicalSorter(wanted).static_order())

    def _step(self, node: Node) -> tuple[str, ...]:
        result = self._play(node, "", self._scope(self.seen.outputs))
        effect = result.effect
        if isinstance(effect, OpenLanes):
            self._lanes(node, effect)
        elif isinstance(effect, AskReview):
            self.seen.reviews.append(effect)
            picks = outcome(effect.items, effect.rules, default_choices(effect.items, effect.rules))
            self.seen.outputs[node.key] = {**picks, "decision": "approved", "comment": ""}
            return ("approved",)
        else:
            if isinstance(effect, SaveDocument):
                self.seen.documents.append(effect)
            self.seen.outputs[node.key] = dict(result.output)
        return result.handles

    def _lanes(self, container: Node, effect: OpenLanes) -> None:
        items = effect.items if effect.items is not None else (None,)
        children = {child.key: child for child in self.graph.children[container.key]}
        lanes = []
        for index, item in enumerate(items):
            outputs: dict[str, Any] = {}
            status = "completed"
            for key in self._order(children):
                scope = self._scope({**self.seen.outputs, **outputs})
                scope |= {"item": item, "index": index, effect.item_name: item}
                try:
                    result = self._play(children[key], str(index), scope)
                except LaneFailed:
                    status = "failed"
                    outputs[key] = None
                    continue
                outputs[key] = dict(result.output)
            lanes.append({"index": index, "item": item, "status": status, "outputs": outputs})
        self.seen.outputs[container.key] = {"items": list(items), "lanes": lanes}
        for key, child in children.items():
            names = registry.get(child.type).output_names(child.config) or ()
            made = [one["outputs"][key] if one["status"] == "completed" else None for one in lanes]
            self.seen.outputs[key] = {name: [m and m[name] for m in made] for name in names}

    def _play(self, node: Node, lane: str, scope: dict[str, Any]) -> NodeResult:
        kind = registry.get(node.type)

        def fill(path: str, field_kind: str, text: str, hint: Any) -> str:
            plain = field_kind != "template" or hint.extra_roots
            return text if plain else bindings.render(text, scope)

        config = kind.config_model.model_validate(map_config(kind.config_model, node.config, fill))
        return kind.run(config, Stage(node.key, lane, scope, self))

    def _scope(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "brief": self.values,
            "nodes": dict(outputs),
            "workspace": {"name": "Atelier"},
            "project": {"name": ""},
            "today": "2025-03-14",
            "feedback": self.feedback,
        }

    def run_agents(self, stage: Stage, calls: Sequence[AgentCall]) -> list[AgentOutcome]:
        outcomes = []
        for index, call in enumerate(calls):
            self.seen.sent.append(Sent(stage.key, stage.lane, call.request, call.alt_text))
            made = self.answer(stage.key, index, call.request)
            if made is None:
                raise LaneFailed(stage.key)
            if isinstance(call.request, ImageRequest):
                self.pictures += 1
                size = {"width": call.request.width, "height": call.request.height}
                made = {"id": self.pictures, "url": "", "alt_text": call.alt_text, **size, **made}
            outcomes.append(AgentOutcome(index, output=made))
        return outcomes


def rehearse(
    graph: Graph, inputs: Mapping[str, Any], answer: Answer, *, feedback: str = ""
) -> Rehearsal:
    """Run a graph from its brief to its documents; see ``Rehearsal``."""
    return Play(graph, inputs, answer).run(feedback)
