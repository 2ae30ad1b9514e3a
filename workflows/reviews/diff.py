"""What changed between two texts, word by word. Pure.

Words that both texts have exactly once anchor the comparison (patience diff), so that its time
grows little faster than the texts and what it shows reads well.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

Kind = Literal["same", "insert", "delete"]
Match = tuple[int, int]
"""Places in the old and the new text that hold the same word."""
Block = tuple[bool, int, int, int, int]
"""Whether it is kept, then its stretch of the old and of the new text."""

_WORD = re.compile(r"(?:\w+(?:['\u2019]\w+)*|[^\w\s])\s*|\s+")
_SMALL = 60
"""Stretches without anchors are compared to the last word up to this length."""
_DEPTH = 12
_ISLAND = 2
"""Kept words in a row that are too few to read between two longer changes."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that both texts have, or one of them alone."""

    kind: Kind
    text: str


def word_diff(old: str, new: str) -> list[Piece]:
    """The pieces in reading order; a replaced stretch is its deletion, then its insertion.

    Without the insertions the pieces are ``old``, without the deletions they are ``new``.
    """
    before, after = _WORD.findall(old), _WORD.findall(new)
    matches = list(_matches(before, after, (0, 0), _DEPTH))
    found: list[Piece] = []
    for kept, a, b, c, d in _without_islands(_blocks(matches, before, after)):
        if kept:
            found.append(Piece("same", "".join(before[a:b])))
            continue
        found += [Piece("delete", "".join(before[a:b]))] if b > a else []
        found += [Piece("insert", "".join(after[c:d]))] if d > c else []
    return found


def count_changes(pieces: Iterable[Piece]) -> int:
    """How many places differ: a deletion with the insertion in its stead is one."""
    return sum(changed for changed, _ in groupby(pieces, lambda piece: piece.kind != "same"))


def _matches(old: Sequence[str], new: Sequence[str], at: Match, depth: int) -> Iterator[Match]:
    """Pairs of equal words, both sides rising; ``at`` is where the two stretches begin."""
    shorter = min(len(old), len(new))
    head = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    yield from ((at[0] + i, at[1] + i) for i in range(head))
    left = shorter - head
    tail = next((i for i in range(left) if old[-1 - i] != new[-1 - i]), left)
    middle = (old[head : len(old) - tail], new[head : len(new) - tail])
    yield from _between(*middle, (at[0] + head, at[1] + head), depth)
    for i in range(tail, 0, -1):
        yield at[0] + len(old) - i, at[1] + len(new) - i


def _between(old: Sequence[str], new: Sequence[str], at: Match, depth: int) -> Iterator[Match]:
    anchors = _anchors(old, new) if depth else []
    if not anchors:
        if max(len(old), len(new)) <= _SMALL:
            for a, c, size in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
                yield from ((at[0] + a + i, at[1] + c + i) for i in range(size))
        return
    a = c = 0
    for b, d in [*anchors, (len(old), len(new))]:
        yield from _matches(old[a:b], new[c:d], (at[0] + a, at[1] + c), depth - 1)
        if b < len(old):
            yield at[0] + b, at[1] + d
        a, c = b + 1, d + 1


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[Match]:
    """The longest rising row of words that each text has exactly once."""
    counts = Counter(old), Counter(new)
    place = {word: i for i, word in enumerate(old) if counts[0][word] == 1}
    pairs = [(place[word], i) for i, word in enumerate(new) if word in place]
    pairs = [pair for pair in pairs if counts[1][new[pair[1]]] == 1]
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for index, (old_place, _) in enumerate(pairs):
        row = bisect_left(ends, old_place)
        ends[row : row + 1] = [old_place]
        last[row : row + 1] = [index]
        before.append(last[row - 1] if row else -1)
    found, index = [], last[-1] if last else -1
    while index >= 0:
        found.append(pairs[index])
        index = before[index]
    return found[::-1]


def _blocks(matches: Sequence[Match], old: Sequence[str], new: Sequence[str]) -> list[Block]:
    found: list[Block] = []
    a = c = 0
    for b, d in [*matches, (len(old), len(new))]:
        if b > a or d > c:
            found.append((False, a, b, c, d))
        if b < len(old) and d < len(new):
            if found and found[-1][0]:
                found[-1] = (True, found[-1][1], b + 1, found[-1][3], d + 1)
            else:
                found.append((True, b, b + 1, d, d + 1))
        a, c = b + 1, d + 1
    return found


def _without_islands(blocks: Sequence[Block]) -> list[Block]:
    """Blocks with the few kept words between longer changes counted as changed."""
    found: list[Block] = []
    for place, block in enumerate(blocks):
        kept, a, b, c, d = block
        if kept and b - a <= _ISLAND and 0 < place < len(blocks) - 1:
            kept = min(_size(found[-1]), _size(blocks[place + 1])) <= b - a
        if found and not kept and not found[-1][0]:
            found[-1] = (False, found[-1][1], b, found[-1][3], d)
        else:
            found.append((kept, a, b, c, d))
    return found


def _size(block: Block) -> int:
    return max(block[2] - block[1], block[4] - block[3])
