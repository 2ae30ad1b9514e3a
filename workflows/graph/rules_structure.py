"""Rules about steps, connections and containers, one function a rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from workflows.graph.draft import Draft
from workflows.graph.model import Edge, Issue, Node
from workflows.graph.order import find_cycles


def one_brief(draft: Draft) -> Iterator[Issue]:
    """A workflow starts at exactly one brief, which stands in no container."""
    if not draft.roots:
        yield Issue("no_brief", "The workflow has no brief; add one as its first step.")
    for node, _ in draft.roots[1:]:
        first = draft.roots[0][0].name
        yield Issue(
            "many_briefs",
            f"“{node.name}” is a second brief beside “{first}”; keep one, with the fields of both.",
            node=node.key,
        )
    for node, _ in draft.roots:
        if node.parent is not None:
            home = draft.name(node.parent)
            yield Issue(
                "brief_in_container",
                f"The brief stands inside “{home}”; move it out, it comes first.",
                node=node.key,
            )


def known_types(draft: Draft) -> Iterator[Issue]:
    """Every step has a type that exists."""
    for node in draft.graph.nodes:
        if draft.catalog.get(node.type) is None:
            yield Issue(
                "unknown_type",
                f"There is no step type “{node.type}”; replace or remove “{node.name}”.",
                node=node.key,
            )


def step_count(draft: Draft) -> Iterator[Issue]:
    """There are not too many steps."""
    count, most = len(draft.graph.nodes), draft.limits.max_nodes
    if count > most:
        yield Issue(
            "too_many_nodes",
            f"There are {count} steps; a workflow may have at most {most}. Split it in two.",
        )


def unique_keys(draft: Draft) -> Iterator[Issue]:
    """No two steps share a key."""
    for key, count in Counter(node.key for node in draft.graph.nodes).items():
        if count > 1:
            yield Issue(
                "duplicate_key",
                f"{count} steps are called “{key}”; give each a name of its own.",
                node=key,
            )


def containers(draft: Draft) -> Iterator[Issue]:
    """A step's parent is a container that exists; containers do not stand in containers."""
    for node in draft.graph.nodes:
        if node.parent is None:
            continue
        home = draft.name(node.parent)
        if node.parent not in draft.graph.by_key:
            yield Issue(
                "unknown_parent",
                f"“{node.name}” stands in “{home}”, which does not exist; move it out.",
                node=node.key,
            )
        elif node.parent in draft.specs and not draft.specs[node.parent].is_container:
            yield Issue(
                "parent_not_container",
                f"“{home}” cannot hold other steps; move “{node.name}” out of it.",
                node=node.key,
            )
        if node.key in draft.specs and draft.specs[node.key].is_container:
            yield Issue(
                "nested_container",
                f"“{node.name}” stands inside “{home}”; a Parallel step cannot hold another.",
                node=node.key,
            )


def edges(draft: Draft) -> Iterator[Issue]:
    """Every connection joins two different steps that exist, by a handle that exists, once."""
    seen: set[Edge] = set()
    for index, edge in enumerate(draft.graph.edges):
        for code, message in _wrong_edge(draft, edge, seen):
            owner = next((k for k in (edge.source, edge.target) if k in draft.graph.by_key), None)
            if code == "edge_into_brief":
                owner = edge.target
            yield Issue(code, message, node=owner, field=f"edges.{index}")
        seen.add(edge)


def _wrong_edge(draft: Draft, edge: Edge, seen: set[Edge]) -> Iterator[tuple[str, str]]:
    by_key = draft.graph.by_key
    source = draft.name(edge.source)
    name = f"The connection from “{source}” to “{draft.name(edge.target)}”"
    for end in dict.fromkeys((edge.source, edge.target)):
        if end not in by_key:
            yield "missing_node", f"{name} ends at a step that does not exist: “{end}”; remove it."
    if edge in seen:
        yield "duplicate_edge", f"{name} is drawn twice; remove one."
    if edge.source == edge.target:
        yield "self_loop", f"“{source}” is connected to itself; remove that connection."
    spec = draft.specs.get(edge.source)
    if spec is not None:
        handles = spec.handles_out(by_key[edge.source].config)
        if edge.source_handle not in handles:
            offered = ", ".join(f"“{handle}”" for handle in handles) or "none"
            leaves = f"{name} leaves by “{edge.source_handle}”"
            yield "missing_handle", f"{leaves}, which is not there; the outlets are: {offered}."
    if edge.target in draft.specs and draft.specs[edge.target].is_root:
        yield "edge_into_brief", f"{name} leads into the brief, which comes first; remove it."
    if edge.source in by_key and edge.target in by_key:
        yield from _across(name, by_key[edge.source], by_key[edge.target])


def _across(name: str, source: Node, target: Node) -> Iterator[tuple[str, str]]:
    if source.parent != target.parent:
        yield (
            "edge_across_container",
            f"{name} crosses the wall of a Parallel step; connect the Parallel step itself.",
        )


def cycles(draft: Draft) -> Iterator[Issue]:
    """No step waits for itself."""
    for cycle in find_cycles(draft.graph):
        way = " → ".join(draft.name(key) for key in [*cycle, cycle[0]])
        yield Issue(
            "cycle", f"These steps wait for each other: {way}. Remove a connection.", node=cycle[0]
        )


def reached_steps(draft: Draft) -> Iterator[Issue]:
    """The brief leads to every step; what stands in a missing container is told there."""
    if not draft.roots:
        return
    for key, node in draft.graph.by_key.items():
        lost = node.parent is not None and node.parent not in draft.graph.by_key
        if key not in draft.reached and not lost:
            yield Issue(
                "unreachable_node",
                f"Nothing leads from the brief to “{node.name}”; connect it or remove it.",
                node=key,
            )
