"""Short ways to write graphs in tests."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from workflows.graph.model import Graph
from workflows.graph.parse import parse


def brief(*keys: str, **kinds: str) -> dict[str, Any]:
    """A brief node: text fields by name, others as ``name="kind"``."""
    fields = [{"key": key} for key in keys]
    fields += [{"key": key, "kind": kind} for key, kind in kinds.items()]
    return node("brief", "brief", fields=fields)


def node(key: str, type: str, parent: str | None = None, **config: Any) -> dict[str, Any]:
    """A node in JSON form."""
    return {"key": key, "type": type, "label": key.title(), "config": config, "parent": parent}


def text(key: str, template: str = "x", parent: str | None = None) -> dict[str, Any]:
    """A compose_text node."""
    return node(key, "compose_text", parent, template=template)


def copy(
    key: str, prompt: str = "Write", parent: str | None = None, **config: Any
) -> dict[str, Any]:
    """A generate_copy node that does not wait between tries."""
    retry = {"max_attempts": 2, "backoff_seconds": 0}
    return node(key, "generate_copy", parent, **{"prompt": prompt, "retry": retry, **config})


def edges(*chains: str) -> list[dict[str, str]]:
    """Edges from drawings such as ``"brief > check.yes > long > join"``."""
    found = []
    for chain in chains:
        steps = [step.strip() for step in chain.split(">")]
        for left, right in pairwise(steps):
            source, _, handle = left.partition(".")
            target = right.partition(".")[0]
            found.append({"source": source, "source_handle": handle or "out", "target": target})
    return found


def graph(nodes: list[dict[str, Any]], *chains: str) -> Graph:
    """A parsed graph."""
    return parse({"nodes": nodes, "edges": edges(*chains)})
