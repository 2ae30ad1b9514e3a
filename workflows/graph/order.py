"""What comes before what: order, cycles, ancestors, reachability.

Everything but ``topological_order`` takes any draft: cycles, edges to nowhere, parents that
do not exist. A container (Parallel) starts before the steps inside it, and what is below the
container waits for all of them::

    brief -> [ parallel: a -> b ] -> attach
             a may read brief; attach may read parallel, a and b
"""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from heapq import heapify, heappop, heappush

from workflows.graph.model import Graph

MAX_CYCLES = 20
"""Cycles that are named one by one; a tangle of more is not easier to read."""


def topological_order(graph: Graph) -> list[str]:
    """Every key, each after all that it waits for; where both may go first, as drawn.

    Raises ``graphlib.CycleError`` when steps wait for each other.
    """
    place = {key: index for index, key in enumerate(graph.by_key)}
    sorter: TopologicalSorter[str] = TopologicalSorter(_waits_for(graph))
    sorter.prepare()
    ready = [(place[key], key) for key in sorter.get_ready()]
    heapify(ready)
    order = []
    while ready:
        key = heappop(ready)[1]
        order.append(key)
        sorter.done(key)
        for free in sorter.get_ready():
            heappush(ready, (place[free], free))
    return order


def find_cycle(graph: Graph) -> list[str] | None:
    """The keys along one cycle of edges, or None; a step that leads to itself is one."""
    cycles = find_cycles(graph)
    if cycles:
        return cycles[0]
    return next(([edge.source] for edge in graph.edges if _is_loop(graph, edge.source)), None)


def find_cycles(graph: Graph) -> list[list[str]]:
    """Cycles of two steps or more, so many that cutting each once leaves none.

    At most ``MAX_CYCLES``. Each starts at its first step as drawn and runs along the edges.
    """
    place = {key: index for index, key in enumerate(graph.by_key)}
    sources = {key: set(_sources(graph, key)) - {key} for key in graph.by_key}
    cycles: list[list[str]] = []
    while len(cycles) < MAX_CYCLES:
        try:
            TopologicalSorter(sources).prepare()
        except CycleError as error:
            along = list(error.args[1])[:-1]
        else:
            break
        sources[along[0]].discard(along[-1])
        first = min(range(len(along)), key=lambda index: place[along[index]])
        cycles.append(along[first:] + along[:first])
    return cycles


def ancestors(graph: Graph) -> dict[str, frozenset[str]]:
    """For each key, the steps that have ended when it starts: those whose output it may read.

    A step in a container has its upstream siblings and the container's ancestors, not the
    container; a step below a container has the container and all steps inside it.
    """
    keys = list(graph.by_key)
    bit = {key: 1 << index for index, key in enumerate(keys)}
    direct = {key: _direct(graph, key) for key in keys}
    masks = dict.fromkeys(keys, 0)
    changed = True
    while changed:
        changed = False
        for key in keys:
            mask = masks[key]
            for source in direct[key]:
                mask |= bit[source] | masks[source]
            changed = changed or mask != masks[key]
            masks[key] = mask
    return {
        key: frozenset(other for other in keys if other != key and masks[key] & bit[other])
        for key in keys
    }


def reachable(graph: Graph, root: str) -> frozenset[str]:
    """The keys that edges lead to from ``root``, itself included.

    The steps inside a container are reachable when the container is.
    """
    found: set[str] = set()
    waiting = [root] if root in graph.by_key else []
    while waiting:
        key = waiting.pop()
        if key in found:
            continue
        found.add(key)
        waiting += [edge.target for edge in graph.outgoing[key] if edge.target in graph.by_key]
        waiting += [child.key for child in graph.children.get(key, ())]
    return frozenset(found)


def inside(graph: Graph, key: str) -> frozenset[str]:
    """The keys of the steps inside a container, at any depth."""
    found: set[str] = set()
    waiting = [key]
    while waiting:
        for child in graph.children.get(waiting.pop(), ()):
            if child.key not in found:
                found.add(child.key)
                waiting.append(child.key)
    return frozenset(found)


def _waits_for(graph: Graph) -> dict[str, set[str]]:
    waits = {key: set(_with_inside(graph, _sources(graph, key))) for key in graph.by_key}
    for node in graph.by_key.values():
        if node.parent in graph.by_key:
            waits[node.key].add(str(node.parent))
    return waits


def _direct(graph: Graph, key: str) -> set[str]:
    """What ends right before a step: its sources, and those of the containers around it."""
    found: set[str] = set()
    seen: set[str] = set()
    at: str | None = key
    while at in graph.by_key and at not in seen:
        seen.add(at)
        found |= _with_inside(graph, _sources(graph, at))
        at = graph.by_key[at].parent
    return found


def _with_inside(graph: Graph, keys: Iterable[str]) -> set[str]:
    found = set(keys)
    return found.union(*(inside(graph, key) for key in found if key in graph.children))


def _sources(graph: Graph, key: str) -> list[str]:
    """The known steps that lead to a step, as drawn."""
    known = graph.by_key
    return [edge.source for edge in graph.incoming[key] if edge.source in known]


def _is_loop(graph: Graph, key: str) -> bool:
    return key in graph.by_key and key in _sources(graph, key)
