"""Parts of a run's page that are drawn once for as long as what they show stays the same.

A page that follows a large run is drawn again for every step that ends, and nearly all of it is
as it was a second ago. The key of a part holds all that its template reads; a part in which a
clock runs is drawn each time.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString

from workflows.runs.outputs import Piece
from workflows.runs.picture import DrawnStep
from workflows.runs.steps import Step

register = template.Library()
KEPT = 4096
"""Parts of a kilobyte or two, in each process."""


class _Keyed:
    """A value that counts as another while its key is the same."""

    __slots__ = ("key", "value")

    def __init__(self, key: object, value: object) -> None:
        self.key, self.value = key, value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Keyed) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@register.simple_tag(takes_context=True)
def step_line(context: dict[str, Any], step: Step) -> SafeString:
    """A step in the list of steps, with its lanes."""
    address = str(context["steps_url"])
    if step.since is not None:
        return _draw("line", "step", step, address)
    key = (step.key, step.mark, step.words, step.look, step.took)
    return _drawn("line", "step", _Keyed(key, step), address)


@register.simple_tag(takes_context=True)
def step_node(context: dict[str, Any], one: DrawnStep) -> SafeString:
    """A step in the graph; its clock is not shown there."""
    step = one.step
    key = (step.key, step.mark, step.status, step.words, step.short, step.look)
    return _drawn("graph_node", "one", _Keyed(key, one), str(context["steps_url"]))


@register.simple_tag(takes_context=True)
def made_piece(context: dict[str, Any], piece: Piece) -> SafeString:
    """What an agent has made."""
    address = str(context["workspace"].slug)
    if piece.image is not None:
        return _draw("piece", "piece", piece, address)
    return _drawn("piece", "piece", _Keyed(piece, piece), address)


@lru_cache(maxsize=KEPT)
def _drawn(name: str, word: str, one: _Keyed, address: str) -> SafeString:
    return _draw(name, word, one.value, address)


def _draw(name: str, word: str, one: object, address: str) -> SafeString:
    found = get_template(f"workflows/_{name}.html")
    return SafeString(found.render({word: one, "steps_url": address, "slug": address}))
