"""Places boxes in ranks, top to bottom, so that edges run down and seldom cross. Pure.

An edge over several ranks gets a thin stand-in in each rank that it passes, so that it runs
beside the boxes there and not through them::

    brief          brief
      |   \\          |   \\
    check  |   =>  check  .
      |   /          |   /
    join           join
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

Key = str
Size = tuple[float, float]
THIN = 12.0
_SWEEPS = 7
"""An odd number: the last one runs down, so that chains hang straight."""
_LIGHT = 0.1
"""How much a stand-in pulls at a box, beside a box that pulls at a box."""


@dataclass(frozen=True, slots=True)
class Link:
    """An edge between two boxes; ``port`` is how far right of the source's middle it leaves."""

    source: Key
    target: Key
    port: float = 0.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """Boxes in ranks."""

    ranks: tuple[tuple[Key, ...], ...]
    middles: Mapping[Key, float]
    """The horizontal middle of every box and stand-in."""
    ways: Mapping[int, tuple[Key, ...]]
    """By the link's place: its source, the stand-ins that it passes, its target."""


def arrange(sizes: Mapping[Key, Size], links: Sequence[Link], *, gap: float) -> Ranked:
    """Rank, order and place the boxes; ``sizes`` is in the order in which they are drawn."""
    rank = _rank(list(sizes), links)
    ways, widths = _ways(sizes, links, rank)
    rows: list[list[Key]] = [[] for _ in range(max(rank.values(), default=-1) + 1)]
    for key in widths:
        rows[rank[key]].append(key)
    hops = [
        (*hop, link.port if number == 0 else 0.0)
        for link, way in zip(links, ways, strict=True)
        for number, hop in enumerate(pairwise(way))
    ]
    above: dict[Key, list[tuple[Key, float]]] = {key: [] for key in widths}
    below: dict[Key, list[tuple[Key, float]]] = {key: [] for key in widths}
    for upper, lower, port in hops:
        above[lower].append((upper, port))
        below[upper].append((lower, -port))
    middles = _place(rows, widths, above, below, gap)
    return Ranked(tuple(map(tuple, rows)), middles, dict(enumerate(ways)))


def _rank(keys: Sequence[Key], links: Sequence[Link]) -> dict[Key, int]:
    """The longest way from a box without a source; a loop ends where it was entered."""
    rank = dict.fromkeys(keys, 0)
    for _ in keys:
        moved = False
        for link in links:
            if rank[link.target] < rank[link.source] + 1 < len(keys):
                rank[link.target] = rank[link.source] + 1
                moved = True
        if not moved:
            break
    return rank


def _ways(
    sizes: Mapping[Key, Size], links: Sequence[Link], rank: dict[Key, int]
) -> tuple[list[tuple[Key, ...]], dict[Key, float]]:
    widths = {key: width for key, (width, _) in sizes.items()}
    ways = []
    for number, link in enumerate(links):
        passed = []
        for at in range(rank[link.source] + 1, rank[link.target]):
            stand_in = f"~{number}.{at}"
            rank[stand_in], widths[stand_in] = at, THIN
            passed.append(stand_in)
        ways.append((link.source, *passed, link.target))
    return ways, widths


def _place(
    rows: list[list[Key]],
    widths: Mapping[Key, float],
    above: Mapping[Key, list[tuple[Key, float]]],
    below: Mapping[Key, list[tuple[Key, float]]],
    gap: float,
) -> dict[Key, float]:
    """Orders each rank by what it hangs on, then pulls boxes towards it, sweep by sweep."""
    middles: dict[Key, float] = {}
    for row in rows:
        wanted = [_wanted(key, above, middles, number) for number, key in enumerate(row)]
        row[:] = [row[at] for at in sorted(range(len(row)), key=lambda at: (wanted[at], at))]
        middles.update(_spread(row, [0.0] * len(row), widths, gap))
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        for row in rows if down else reversed(rows):
            hangs_on = above if down else below
            goals = [_wanted(key, hangs_on, middles, middles[key]) for key in row]
            middles.update(_spread(row, goals, widths, gap))
    return middles


def _wanted(
    key: Key,
    hangs_on: Mapping[Key, list[tuple[Key, float]]],
    middles: Mapping[Key, float],
    otherwise: float,
) -> float:
    found = [
        (middles[other] + port, 1.0 if _is_stand_in(key) == _is_stand_in(other) else _LIGHT)
        for other, port in hangs_on[key]
        if other in middles
    ]
    weight = sum(weight for _, weight in found)
    return sum(place * weight for place, weight in found) / weight if found else otherwise


def _is_stand_in(key: Key) -> bool:
    return key.startswith("~")


def _spread(
    row: Sequence[Key], goals: Sequence[float], widths: Mapping[Key, float], gap: float
) -> dict[Key, float]:
    """The places nearest to the goals that keep the order and the gaps (least squares)."""
    offsets = [0.0]
    for left, right in pairwise(row):
        offsets.append(offsets[-1] + (widths[left] + widths[right]) / 2 + gap)
    blocks: list[tuple[float, int]] = []
    for goal, offset in zip(goals, offsets, strict=False):
        mean, size = goal - offset, 1
        while blocks and blocks[-1][0] > mean:
            before, held = blocks.pop()
            mean = (mean * size + before * held) / (size + held)
            size += held
        blocks.append((mean, size))
    starts = [mean for mean, size in blocks for _ in range(size)]
    return {key: start + offset for key, start, offset in zip(row, starts, offsets, strict=False)}
