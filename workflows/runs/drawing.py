"""Where each step and edge of a graph is drawn, top to bottom. Pure; sizes in CSS pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from workflows.graph.model import Edge, Graph, Node
from workflows.nodes import registry
from workflows.runs.paths import legs, rounded
from workflows.runs.ranks import Link, Ranked, Size, arrange
from workflows.versions import graph_of

NODE: Size = (162.0, 46.0)
CHILD: Size = (138.0, 46.0)
_GAP, _RANK_GAP, _LABEL_GAP = 18.0, 18.0, 34.0
_CHILD_GAP, _CHILD_RANK_GAP = 10.0, 16.0
_PAD, _HEAD, _MARGIN = 11.0, 34.0, 16.0
_PORT = 36.0
_SLACK, _JOG = 30.0, 6.0
"""How far from its middle a step may be entered by its only edge, or by one of several."""
_ROW = 4
"""Steps inside a container that stand side by side before the next row begins."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where a step stands."""

    key: str
    x: float
    y: float
    width: float
    height: float
    is_container: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """How an edge runs."""

    edge: Edge
    d: str
    label: str
    """The handle's name, where the source has several."""
    label_x: float
    label_y: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """A whole graph; containers come before what stands in them."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    routes: tuple[Route, ...]


@lru_cache(maxsize=256)
def drawing_of(version_id: int) -> Drawing:
    """The drawing of a version; kept in the process, for a version never changes."""
    return draw(graph_of(version_id))


def draw(graph: Graph) -> Drawing:
    """Lay a graph out: the steps outside containers in ranks, each container around its own."""
    insides = {key: _Part(graph, nodes, inside=True) for key, nodes in graph.children.items()}
    top = [node for node in graph.nodes if node.parent is None]
    outer = _Part(graph, top, inside=False, insides=insides)
    boxes, routes = outer.placed(_MARGIN, _MARGIN)
    for box in tuple(boxes):
        if box.is_container:
            inner, inner_routes = insides[box.key].placed(box.x + _PAD, box.y + _HEAD)
            boxes += inner
            routes += inner_routes
    return Drawing(
        outer.width + 2 * _MARGIN, outer.height + 2 * _MARGIN, tuple(boxes), tuple(routes)
    )


class _Part:
    """The steps of one level: the whole graph, or the inside of one container."""

    def __init__(
        self,
        graph: Graph,
        nodes: Sequence[Node],
        *,
        inside: bool,
        insides: Mapping[str, _Part] | None = None,
    ) -> None:
        self.graph = graph
        self.insides = insides or {}
        self.gap, self.rank_gap = (_CHILD_GAP, _CHILD_RANK_GAP) if inside else (_GAP, _RANK_GAP)
        ordered = sorted(nodes, key=lambda node: node.position[0])
        self.sizes = {node.key: self._size(node, CHILD if inside else NODE) for node in ordered}
        self.edges = [
            edge for edge in graph.edges if edge.source in self.sizes and edge.target in self.sizes
        ]
        links = [Link(edge.source, edge.target, self._port(edge)) for edge in self.edges]
        if inside and not links:
            keys = list(self.sizes)
            rows = [keys[at : at + _ROW] for at in range(0, len(keys), _ROW)]
            self.ranked = _grid(rows, self.sizes, self.gap)
        else:
            self.ranked = arrange(self.sizes, links, gap=self.gap)
        self._measure()

    def _size(self, node: Node, usual: Size) -> Size:
        inside = self.insides.get(node.key)
        if inside is None:
            return usual
        return max(inside.width + 2 * _PAD, NODE[0]), inside.height + _HEAD + _PAD

    def _port(self, edge: Edge) -> float:
        """How far right of the middle an edge leaves a step with several handles in use."""
        used = self._handles(edge.source)
        if len(used) < 2:
            return 0.0
        width = min(2 * _PORT, (len(used) - 1) * 2 * _PORT)
        return width * used.index(edge.source_handle) / (len(used) - 1) - width / 2

    def _handles(self, key: str) -> list[str]:
        """The handles of a step that edges leave by, in the type's order."""
        used = {edge.source_handle for edge in self.graph.outgoing[key]}
        kind = registry.catalog.get(self.graph.by_key[key].type)
        known = kind.handles_out(self.graph.by_key[key].config) if kind else ()
        return [handle for handle in known if handle in used] + sorted(used - set(known))

    def _label(self, edge: Edge) -> str:
        kind = self.graph.by_key[edge.source].type
        if kind != "conditional" and len(self._handles(edge.source)) < 2:
            return ""
        return edge.source_handle.replace("_", " ").capitalize()

    def _measure(self) -> None:
        """The height of each rank, where it begins, and how wide all is."""
        middles = self.ranked.middles
        lefts = [middles[key] - width / 2 for key, (width, _) in self.sizes.items()]
        rights = [middles[key] + width / 2 for key, (width, _) in self.sizes.items()]
        passing = [middles[key] for row in self.ranked.ranks for key in row]
        self.left = min([*lefts, *passing], default=0.0)
        self.width = max([*rights, *passing], default=0.0) - self.left
        self.tops: list[float] = []
        self.heights = [
            max((self.sizes[key][1] for key in row if key in self.sizes), default=0.0)
            for row in self.ranked.ranks
        ]
        y = 0.0
        for number, height in enumerate(self.heights):
            self.tops.append(y)
            y += height + self._gap_below(number)
        self.height = max(0.0, y - self._gap_below(len(self.heights) - 1))

    def _gap_below(self, rank: int) -> float:
        row = self.ranked.ranks[rank] if 0 <= rank < len(self.ranked.ranks) else ()
        named = any(edge.source in row and self._label(edge) for edge in self.edges)
        bent = any(
            abs(self.ranked.middles[a] - self.ranked.middles[b]) > 1
            for way in self.ranked.ways.values()
            for a, b in pairwise(way)
            if a in row
        )
        return _LABEL_GAP if named else self.rank_gap + (8.0 if bent else 0.0)

    def placed(self, x: float, y: float) -> tuple[list[Box], list[Route]]:
        """Boxes and routes with the part's top left corner at a point."""
        rank_of = {key: at for at, row in enumerate(self.ranked.ranks) for key in row}
        boxes = []
        for key, (width, height) in self.sizes.items():
            at = rank_of[key]
            left = x + self.ranked.middles[key] - self.left - width / 2
            top = y + self.tops[at] + (self.heights[at] - height) / 2
            boxes.append(Box(key, left, top, width, height, key in self.graph.children))
        by_key = {box.key: box for box in boxes}
        routes = [
            self._route(edge, self.ranked.ways[number], by_key, rank_of, x, y)
            for number, edge in enumerate(self.edges)
        ]
        return boxes, routes

    def _route(
        self,
        edge: Edge,
        way: Sequence[str],
        boxes: Mapping[str, Box],
        rank_of: Mapping[str, int],
        x: float,
        y: float,
    ) -> Route:
        source, target = boxes[edge.source], boxes[edge.target]
        start = (source.x + source.width / 2 + self._port(edge), source.y + source.height)
        stops = [start]
        turns = []
        for key in way[1:]:
            at = rank_of[key]
            top = y + self.tops[at]
            turns.append(top - (11.0 if self._label(edge) else self._gap_below(at - 1) / 2))
            if key in boxes:
                middle = target.x + target.width / 2
                alone = len(self.graph.incoming[edge.target]) == 1
                straight = abs(stops[-1][0] - middle) <= (_SLACK if alone else _JOG)
                stops.append((stops[-1][0] if straight else middle, target.y))
            else:
                stops.append((x + self.ranked.middles[key] - self.left, top + self.heights[at]))
        d = rounded(legs(stops, turns))
        return Route(edge, d, self._label(edge), start[0], start[1] + 13)


def _grid(rows: Sequence[Sequence[str]], sizes: Mapping[str, Size], gap: float) -> Ranked:
    """Rows of boxes, each from the left."""
    middles: dict[str, float] = {}
    for row in rows:
        x = 0.0
        for key in row:
            middles[key] = x + sizes[key][0] / 2
            x += sizes[key][0] + gap
    return Ranked(tuple(map(tuple, rows)), middles, {})
