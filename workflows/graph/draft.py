"""A graph beside what its node types say of it: what every rule looks at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from workflows.graph.bindings import TemplateError, VariablePath, parse_path, references
from workflows.graph.model import Graph, Limits, Node, NodeCatalog, NodeSpec, Reference
from workflows.graph.order import ancestors, reachable


@dataclass(frozen=True)
class Draft:
    """One graph under validation."""

    graph: Graph
    catalog: NodeCatalog
    limits: Limits = field(default_factory=Limits)

    def name(self, key: str) -> str:
        """What people call the step of a key; the key itself where there is none."""
        node = self.graph.by_key.get(key)
        return node.name if node else key

    @cached_property
    def known(self) -> tuple[tuple[Node, NodeSpec], ...]:
        """The steps of a known type, as drawn, with it."""
        found = ((node, self.catalog.get(node.type)) for node in self.graph.nodes)
        return tuple((node, spec) for node, spec in found if spec is not None)

    @cached_property
    def specs(self) -> dict[str, NodeSpec]:
        """Node types by step key, as far as they are known."""
        return {
            key: spec
            for key, node in self.graph.by_key.items()
            if (spec := self.catalog.get(node.type)) is not None
        }

    @cached_property
    def roots(self) -> tuple[tuple[Node, NodeSpec], ...]:
        """The briefs; there should be one."""
        return tuple((node, spec) for node, spec in self.known if spec.is_root)

    @cached_property
    def reached(self) -> frozenset[str]:
        """The keys that a brief leads to."""
        return frozenset().union(*(reachable(self.graph, node.key) for node, _ in self.roots))

    @cached_property
    def upstream(self) -> dict[str, frozenset[str]]:
        """See ``order.ancestors``."""
        return ancestors(self.graph)

    @cached_property
    def read(self) -> frozenset[str]:
        """The keys of the steps whose output some config reads."""
        found: set[str] = set()
        for node, spec in self.known:
            for reference in spec.references(node.config):
                found |= {
                    str(path.segments[1])
                    for path in paths_of(reference, quiet=True)
                    if path.root == "nodes" and len(path.segments) > 1
                }
        return frozenset(found)

    def container_of(self, node: Node) -> tuple[Node, NodeSpec] | None:
        """The container that a step stands in, if there is such a one."""
        if node.parent is None or node.parent not in self.specs:
            return None
        spec = self.specs[node.parent]
        return (self.graph.by_key[node.parent], spec) if spec.is_container else None


def paths_of(reference: Reference, *, quiet: bool = False) -> Iterator[VariablePath]:
    """The variables that a reference reads; an unset one reads none.

    Raises ``TemplateError`` for one that cannot be read, unless ``quiet``.
    """
    if not reference.text.strip():
        return
    try:
        if reference.kind == "template":
            yield from references(reference.text)
        elif reference.kind == "variable":
            yield parse_path(reference.text)
        else:
            yield VariablePath(("nodes", step_key(reference.text)))
    except TemplateError:
        if not quiet:
            raise


def step_key(text: str) -> str:
    """The key in a reference of kind ``node``: ``copy`` and ``nodes.copy`` are the same step."""
    return text.strip().removeprefix("nodes.")
