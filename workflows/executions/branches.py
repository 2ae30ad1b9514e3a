"""Which steps a run will skip, as far as the brief decides. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError
from typing import Any

from pydantic import ValidationError

from workflows.graph.bindings import MissingVariable, TemplateError, lookup, parse_path, render
from workflows.graph.model import Graph, Node
from workflows.graph.order import inside, topological_order
from workflows.nodes.conditional import Config, choose
from workflows.nodes.fields import Hint, map_config


def skipped_steps(graph: Graph, scope: Mapping[str, Any]) -> frozenset[str]:
    """Keys of the steps below branches that the brief leaves untaken.

    A condition on anything but the brief is open, and so are all its branches. Conditions
    inside a container are open too: they may differ by lane.
    """
    try:
        order = topological_order(graph)
    except CycleError:
        return frozenset()
    skipped: set[str] = set()
    taken = {
        node.key: handle
        for node in graph.nodes
        if node.type == "conditional" and (handle := _taken(node, scope)) is not None
    }
    for key in order:
        edges = graph.incoming[key]
        open_edges = [
            edge
            for edge in edges
            if edge.source not in skipped
            and taken.get(edge.source, edge.source_handle) == edge.source_handle
        ]
        if edges and not open_edges:
            skipped |= {key, *inside(graph, key)}
    return frozenset(skipped)


def _taken(node: Node, scope: Mapping[str, Any]) -> str | None:
    """The handle that a condition will take; None where that shows in the run."""
    if node.parent is not None:
        return None

    def fill(path: str, kind: str, text: str, hint: Hint) -> str:
        return render(text, scope) if kind == "template" else text

    def value(path: str) -> Any:
        if parse_path(path).root != "brief":
            raise MissingVariable(path)
        return lookup(path, scope)

    try:
        config = Config.model_validate(map_config(Config, node.config, fill))
        return choose(config, value)
    except (ValidationError, TemplateError):
        return None
