"""What a run will ask of its providers, as far as the brief tells. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError
from math import ceil
from typing import Any

from pydantic import ValidationError

from workflows.executions.branches import skipped_steps
from workflows.executions.lanes import has_items
from workflows.graph.bindings import MissingVariable, TemplateError, lookup, render
from workflows.graph.model import Graph, Node
from workflows.graph.order import topological_order
from workflows.nodes import registry
from workflows.nodes.base import Estimate as Ask
from workflows.nodes.base import NodeType
from workflows.nodes.fields import Hint, is_templated, map_config
from workflows.nodes.parallel import MAX_ITEMS, as_items, is_path, literal_items

Scope = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StepForecast:
    """One step with what it will ask, once a lane."""

    node: Node
    asks: tuple[Ask, ...] | None
    """None where it depends on what only the run can tell."""
    is_skipped: bool = False


def forecast(graph: Graph, scope: Scope) -> list[StepForecast]:
    """Every step as drawn; those that the brief's answers skip ask nothing."""
    skipped = skipped_steps(graph, scope)
    lanes: dict[str, Sequence[Scope] | None] = {
        node.key: _lanes(node, scope) for node in graph.nodes if node.key in graph.children
    }
    return [
        StepForecast(node, (), is_skipped=True)
        if node.key in skipped
        else _step(node, scope, lanes.get(node.parent or "", [{}]))
        for node in graph.nodes
    ]


def rounds_of(graph: Graph, node: Node, scope: Scope) -> int | None:
    """How often in a row a step runs: 1 outside containers; None where a step must tell first."""
    container = graph.by_key.get(node.parent or "")
    if container is None:
        return 1
    lanes, width = _lanes(container, scope), container.config.get("max_parallel", 20)
    if lanes is None or not isinstance(width, int) or width < 1:
        return None
    return ceil(len(lanes) / width)


def _lanes(container: Node, scope: Scope) -> Sequence[Scope] | None:
    """The variables of each lane beside the usual ones."""
    if not has_items(container):
        return [{}]
    items = container.config.get("items")
    try:
        if isinstance(items, str) and is_path(items):
            found = as_items(lookup(items.strip(), scope))
        elif is_templated(items):
            found = as_items(render(str(items), scope))
        else:
            found = literal_items(items) or []
    except (MissingVariable, TemplateError, ValueError):
        return None
    name = container.config.get("item_name")
    own = name if isinstance(name, str) else "item"
    return [
        {"item": item, "index": index, own: item} for index, item in enumerate(found[:MAX_ITEMS])
    ]


def _step(node: Node, scope: Scope, lanes: Sequence[Scope] | None) -> StepForecast:
    kind = registry.catalog.get(node.type)
    if kind is None:
        return StepForecast(node, None)
    if type(kind).estimate is NodeType.estimate:
        return StepForecast(node, ())
    if lanes is None:
        return StepForecast(node, None)
    found = [_ask(kind, node, {**scope, **lane}) for lane in lanes]
    asks = tuple(ask for ask in found if ask is not None)
    return StepForecast(node, asks if len(asks) == len(found) else None)


def _ask(kind: NodeType[Any], node: Node, scope: Scope) -> Ask | None:
    """What one run of the step asks; None while its config is broken or not yet known."""

    def fill(path: str, field_kind: str, text: str, hint: Hint) -> str:
        if field_kind != "template":
            return text
        try:
            return render(text, {**scope, "variant": 1})
        except TemplateError:
            return text

    try:
        config = kind.config_model.model_validate(map_config(kind.config_model, node.config, fill))
    except ValidationError:
        return None
    return kind.estimate(config)


def longest_way(graph: Graph, seconds: Mapping[str, float | None], scope: Scope) -> float | None:
    """Seconds from the first start to the last end; None where a step's time is unknown.

    ``seconds`` holds one run of each step. Steps side by side count once; lanes wait for each
    other where there are more of them than run at once.
    """
    try:
        order = topological_order(graph)
    except CycleError:
        return None
    if any(seconds[key] is None for key in order):
        return None
    ends: dict[str, float] = {}
    for key in reversed(order):
        own = seconds[key] or 0.0
        children = graph.children.get(key, ())
        if inner := max((ends[child.key] for child in children), default=0.0):
            rounds = rounds_of(graph, children[0], scope)
            if rounds is None:
                return None
            own += rounds * inner
        below = (ends[e.target] for e in graph.outgoing[key] if e.target in ends)
        ends[key] = own + max(below, default=0.0)
    return max((ends[key] for key in order if graph.by_key[key].parent is None), default=0.0)
