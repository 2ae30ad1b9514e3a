"""A graph as plain text, for people who want to see what a template does."""

from __future__ import annotations

from graphlib import CycleError

from workflows.graph.model import Graph, Node
from workflows.graph.order import topological_order


def outline(graph: Graph) -> str:
    """A line a step in the order of running, its connections below it::

    brief: Campaign brief (brief)
        -> copy
    check: Right tone? (conditional)
        yes -> attach
    """
    try:
        order = topological_order(graph)
    except CycleError:
        order = list(graph.by_key)
    return "\n".join(line for key in order for line in _lines(graph, graph.by_key[key]))


def _lines(graph: Graph, node: Node) -> list[str]:
    indent = "    " if node.parent else ""
    name = f"{node.label} ({node.type})" if node.label else node.type
    lines = [f"{indent}{node.key}: {name}"]
    for edge in graph.outgoing[node.key]:
        handle = "" if edge.source_handle == "out" else f"{edge.source_handle} "
        lines.append(f"{indent}    {handle}-> {edge.target}")
    return lines
