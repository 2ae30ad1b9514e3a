"""SVG paths of edges: straight legs with round corners. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

Point = tuple[float, float]
RADIUS = 12.0


def legs(stops: Sequence[Point], turns: Sequence[float]) -> list[Point]:
    """Corners of an edge through ``stops``, down and across; it turns at the heights given.

    There is one turn between each two stops.
    """
    points = [stops[0]]
    for (x, _), (to_x, to_y), turn in zip(stops, stops[1:], turns, strict=False):
        if abs(x - to_x) > 0.5:
            points += [(x, turn), (to_x, turn)]
        points.append((to_x, to_y))
    return points


def rounded(points: Sequence[Point]) -> str:
    """The ``d`` of a path along the points, every corner rounded as far as its legs allow."""
    start, *rest = points
    d = f"M{_n(start[0])} {_n(start[1])}"
    before = start
    for at, after in pairwise(rest):
        radius = min(RADIUS, _length(before, at) / 2, _length(at, after) / 2)
        if radius < 0.5 or _is_straight(before, at, after):
            d += f"L{_n(at[0])} {_n(at[1])}"
        else:
            enter, leave = _towards(at, before, radius), _towards(at, after, radius)
            d += f"L{_n(enter[0])} {_n(enter[1])}Q{_n(at[0])} {_n(at[1])} "
            d += f"{_n(leave[0])} {_n(leave[1])}"
        before = at
    return d + f"L{_n(rest[-1][0])} {_n(rest[-1][1])}"


def _length(a: Point, b: Point) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _is_straight(a: Point, b: Point, c: Point) -> bool:
    return a[0] == b[0] == c[0] or a[1] == b[1] == c[1]


def _towards(start: Point, end: Point, by: float) -> Point:
    length = _length(start, end)
    return (
        start[0] + (end[0] - start[0]) * by / length,
        start[1] + (end[1] - start[1]) * by / length,
    )


def _n(number: float) -> str:
    return f"{number:.1f}".rstrip("0").rstrip(".")
