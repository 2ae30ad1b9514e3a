"""A graph as a small schematic, left to right by rank. Pure; sizes in CSS pixels.

Steps of one rank stand in a column; what is inside a container stands in a box::

                 +---+
                 | b |
    a --- c -----| b |--- d
                 | b |
                 +---+
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from workflows.graph.model import Graph, Node
from workflows.runs.ranks import Link, Ranked, arrange

TILE = 24.0
_COLUMN_GAP, _ROW_GAP = 22.0, 6.0
_INNER_GAP = 4.0
_PAD = 5.0
_MARGIN_X, _MARGIN_Y = 14.0, 5.0
_ROWS = 3
"""Steps inside a container that stand below each other before the next column begins."""
WIDTH, HEIGHT = 332.0, 100.0
"""The least that a schematic takes; longer graphs are drawn smaller."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A step."""

    type: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Group:
    """The box of a container."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Schematic:
    """All that is drawn."""

    width: float
    height: float
    tiles: tuple[Tile, ...]
    groups: tuple[Group, ...]
    lines: tuple[str, ...]
    """SVG paths."""


Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Placed:
    """Some steps in columns, with their own corner at 0, 0."""

    width: float
    height: float
    boxes: Mapping[str, tuple[float, float, float, float]]
    """x, y, width, height by key."""
    links: tuple[Link, ...]
    ways: tuple[tuple[Point, ...], ...]
    """The points that each link passes."""

    def ends(self, *, first: bool) -> list[Point]:
        """Where lines from outside arrive (or leave): at the steps that nothing leads to."""
        inner = {link.target if first else link.source for link in self.links}
        found = [
            (x if first else x + width, y + height / 2)
            for key, (x, y, width, height) in self.boxes.items()
            if key not in inner
        ]
        edge = min(x for x, _ in found) if first else max(x for x, _ in found)
        return [point for point in found if self.links or point[0] == edge]


def schematic(graph: Graph) -> Schematic:
    """Draw a graph; takes any draft."""
    insides = {key: _inside(graph, nodes) for key, nodes in graph.children.items()}
    top = [node for node in graph.nodes if node.parent is None]
    placed = _place(graph, top, insides, _ROW_GAP)
    width = max(WIDTH, placed.width + 2 * _MARGIN_X)
    # A line that passes steps by may run above or below all of them.
    passed = [y for way in placed.ways for _, y in way]
    highest, lowest = min([0.0, *passed]), max([placed.height, *passed])
    height = max(HEIGHT, lowest - highest + 2 * _MARGIN_Y)
    corner = ((width - placed.width) / 2, (height - lowest + highest) / 2 - highest)
    tiles, groups = [], []
    lines = [_curve(way, corner) for way in _outer_ways(placed, insides)]
    for key, (x, y, box_width, box_height) in placed.boxes.items():
        at = (x + corner[0], y + corner[1])
        inside = insides.get(key)
        if inside is None:
            tiles.append(Tile(graph.by_key[key].type, *at))
            continue
        groups.append(Group(*at, box_width, box_height))
        inner = (at[0] + _PAD, at[1] + _PAD)
        tiles += [
            Tile(graph.by_key[child].type, inner[0] + place[0], inner[1] + place[1])
            for child, place in inside.boxes.items()
        ]
        lines += [_curve(way, inner) for way in inside.ways]
    return Schematic(width, height, tuple(tiles), tuple(groups), tuple(lines))


def _outer_ways(placed: _Placed, insides: Mapping[str, _Placed]) -> Iterator[list[Point]]:
    """The ways between columns; one to each first step of a container, one from each last."""
    for link, way in zip(placed.links, placed.ways, strict=True):
        starts = _inner_ends(placed, insides, link.source, first=False) or [way[0]]
        stops = _inner_ends(placed, insides, link.target, first=True) or [way[-1]]
        yield from ([start, *way[1:-1], stop] for start in starts for stop in stops)


def _inner_ends(
    placed: _Placed, insides: Mapping[str, _Placed], key: str, *, first: bool
) -> list[Point]:
    if key not in insides:
        return []
    x, y = placed.boxes[key][0] + _PAD, placed.boxes[key][1] + _PAD
    return [(x + a, y + b) for a, b in insides[key].ends(first=first)]


def _inside(graph: Graph, nodes: Sequence[Node]) -> _Placed:
    """The steps of a container; without edges between them they fill column after column."""
    keys = {node.key for node in nodes}
    if any(edge.source in keys and edge.target in keys for edge in graph.edges):
        return _place(graph, nodes, {}, _INNER_GAP)
    step = TILE + _INNER_GAP
    boxes = {
        node.key: (step * (at // _ROWS), step * (at % _ROWS), TILE, TILE)
        for at, node in enumerate(nodes)
    }
    columns, rows = -(-len(nodes) // _ROWS), min(len(nodes), _ROWS)
    return _Placed(step * columns - _INNER_GAP, step * rows - _INNER_GAP, boxes, (), ())


def _place(
    graph: Graph, nodes: Sequence[Node], insides: Mapping[str, _Placed], gap: float
) -> _Placed:
    """Ranks become columns: ``arrange`` knows rows, so widths and heights change places."""
    sizes = {node.key: _size(insides.get(node.key)) for node in nodes}
    links = [
        Link(edge.source, edge.target)
        for edge in graph.edges
        if edge.source in sizes and edge.target in sizes and edge.source != edge.target
    ]
    ranked = arrange({key: (size[1], size[0]) for key, size in sizes.items()}, links, gap=gap)
    lefts, width = _columns(ranked, sizes)
    highest = min((ranked.middles[key] - size[1] / 2 for key, size in sizes.items()), default=0.0)
    lowest = max((ranked.middles[key] + size[1] / 2 for key, size in sizes.items()), default=0.0)
    column = {key: at for at, row in enumerate(ranked.ranks) for key in row}
    boxes = {
        key: (
            lefts[column[key]][0] + (lefts[column[key]][1] - size[0]) / 2,
            ranked.middles[key] - highest - size[1] / 2,
            *size,
        )
        for key, size in sizes.items()
    }
    ways = tuple(
        _way(ranked.ways[number], boxes, lefts, column, ranked, highest)
        for number in range(len(links))
    )
    return _Placed(width, lowest - highest, boxes, tuple(links), ways)


def _size(inside: _Placed | None) -> tuple[float, float]:
    if inside is None:
        return (TILE, TILE)
    return (inside.width + 2 * _PAD, inside.height + 2 * _PAD)


def _columns(
    ranked: Ranked, sizes: Mapping[str, tuple[float, float]]
) -> tuple[list[tuple[float, float]], float]:
    """Left edge and width of each column, and the width of all."""
    found, x = [], 0.0
    for row in ranked.ranks:
        width = max((sizes[key][0] for key in row if key in sizes), default=0.0)
        found.append((x, width))
        x += width + _COLUMN_GAP
    return found, max(0.0, x - _COLUMN_GAP)


def _way(
    way: Sequence[str],
    boxes: Mapping[str, tuple[float, float, float, float]],
    columns: Sequence[tuple[float, float]],
    column: Mapping[str, int],
    ranked: Ranked,
    highest: float,
) -> tuple[Point, ...]:
    """From the right side of the source, past the columns between, to the left of the target."""
    source, target = boxes[way[0]], boxes[way[-1]]
    points = [(source[0] + source[2], source[1] + source[3] / 2)]
    for key in way[1:-1]:
        left, width = columns[column[key]]
        y = ranked.middles[key] - highest
        points += [(left, y), (left + width, y)]
    points.append((target[0], target[1] + target[3] / 2))
    return tuple(points)


def _curve(points: Sequence[Point], corner: Point) -> str:
    """A path that leaves and enters level."""
    moved = [(x + corner[0], y + corner[1]) for x, y in points]
    parts = [f"M{_n(moved[0][0])} {_n(moved[0][1])}"]
    for (x1, y1), (x2, y2) in pairwise(moved):
        middle = _n((x1 + x2) / 2)
        parts.append(f"C{middle} {_n(y1)} {middle} {_n(y2)} {_n(x2)} {_n(y2)}")
    return "".join(parts)


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
