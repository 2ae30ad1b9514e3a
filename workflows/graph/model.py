"""The shapes of a workflow graph: what every other graph module passes around.

Pure values, no Django. The JSON form of a node and an edge is
``{"key", "type", "label", "config", "position": {"x", "y"}, "parent"}`` and
``{"source", "source_handle", "target"}``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, Protocol

KEY = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
"""Node, brief field, copy field and item names."""

Severity = Literal["error", "warning"]
ReferenceKind = Literal["template", "variable", "node"]


@dataclass(frozen=True, slots=True)
class Node:
    """One step of a workflow."""

    key: str
    type: str
    label: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)
    position: tuple[float, float] = (0.0, 0.0)
    parent: str | None = None
    """The key of the Parallel container that holds this step, if any."""

    @property
    def name(self) -> str:
        """What people call it: its label, else its key."""
        return self.label.strip() or self.key


@dataclass(frozen=True, slots=True)
class Edge:
    """A connection from one handle of a step to another step."""

    source: str
    target: str
    source_handle: str = "out"


@dataclass(frozen=True)
class Graph:
    """All steps and connections of one workflow version.

    Duplicate keys may occur in a draft; lookups give the first holder of a key.
    """

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()

    @cached_property
    def by_key(self) -> dict[str, Node]:
        """Steps by key."""
        found: dict[str, Node] = {}
        for node in self.nodes:
            found.setdefault(node.key, node)
        return found

    @cached_property
    def incoming(self) -> dict[str, tuple[Edge, ...]]:
        """Edges by the key that they lead to; every step has an entry."""
        return self._edges_by(lambda edge: edge.target)

    @cached_property
    def outgoing(self) -> dict[str, tuple[Edge, ...]]:
        """Edges by the key that they leave; every step has an entry."""
        return self._edges_by(lambda edge: edge.source)

    @cached_property
    def children(self) -> dict[str, tuple[Node, ...]]:
        """Steps inside each Parallel container, in the order drawn; containers only."""
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            if node.parent is not None:
                found.setdefault(node.parent, []).append(node)
        return {key: tuple(nodes) for key, nodes in found.items()}

    def _edges_by(self, pick: Callable[[Edge], str]) -> dict[str, tuple[Edge, ...]]:
        found: dict[str, list[Edge]] = {node.key: [] for node in self.nodes}
        for edge in self.edges:
            found.setdefault(pick(edge), []).append(edge)
        return {key: tuple(edges) for key, edges in found.items()}


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing wrong with a graph, a config or a brief."""

    code: str
    message: str
    severity: Severity = "error"
    node: str | None = None
    field: str | None = None
    """Dotted path inside the node's config (``fields.0.key``), if the issue is about one.

    An issue about an edge has ``edges.<n>`` and an unparsable body the path in that body.
    """

    def as_json(self) -> dict[str, str | None]:
        """The form that the API answers."""
        return {
            "code": self.code,
            "severity": self.severity,
            "node": self.node,
            "field": self.field,
            "message": self.message,
        }


@dataclass(frozen=True, slots=True)
class Reference:
    """A place in a config that reads variables."""

    field: str
    """Dotted path inside the config."""
    kind: ReferenceKind
    """``template`` holds Liquid text, ``variable`` a bare path such as ``nodes.copy.variants``.

    ``node`` names a step that must be upstream, as ``copy`` or ``nodes.copy``.
    """
    text: str
    extra_roots: frozenset[str] = frozenset()
    """Roots known in this field alone, beside those every field has."""


class NodeSpec(Protocol):
    """What the graph needs to know of a node type; ``nodes/base.py`` implements it.

    Every method takes a config as it was drafted: it may be broken, and none may raise for it.
    """

    @property
    def type(self) -> str:
        """Its name, as nodes give it."""

    @property
    def is_container(self) -> bool:
        """Whether steps may be put inside it."""

    @property
    def is_root(self) -> bool:
        """Whether it is the one that a workflow begins with."""

    @property
    def is_sink(self) -> bool:
        """Whether the step's effect lasts without anyone reading its output."""

    def handles_out(self, config: Mapping[str, Any]) -> tuple[str, ...]:
        """Names of the handles that edges may leave by."""

    def check_config(self, config: Mapping[str, Any]) -> Iterable[Issue]:
        """Issues of the config alone, ``field`` set, ``node`` not: shape, bounds, own rules.

        A templated field holds text until run time, so its type is not checked here.
        """

    def references(self, config: Mapping[str, Any]) -> Iterable[Reference]:
        """Every place in the config that reads variables."""

    def output_names(self, config: Mapping[str, Any]) -> frozenset[str] | None:
        """Names that ``nodes.<key>.`` may be followed by; None when any may.

        For the root they are the brief's fields, which ``brief.`` may be followed by.
        """

    def child_roots(self, config: Mapping[str, Any]) -> frozenset[str]:
        """Variable roots known to the steps inside this container alone, such as ``item``."""


class NodeCatalog(Protocol):
    """Where node types are looked up."""

    def get(self, type: str) -> NodeSpec | None:
        """The node type, or None when there is none of that name."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Hard bounds on a graph."""

    max_nodes: int = 100
    max_edges: int = 1_000
    max_config_depth: int = 12
    """Objects and lists inside each other in one step's config."""
    max_config_bytes: int = 200_000
    """Of one step's config as JSON in UTF-8."""
