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
from django.utils.html import escape
from django.utils.safestring import SafeString

from workflows.runs.bars import Bar
from workflows.runs.chart import ChartRow
from workflows.runs.outputs import Piece
from workflows.runs.picture import DrawnEdge, DrawnStep
from workflows.runs.steps import Step
from workflows.templatetags.steps import step_icon, took

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
def graph_edge(context: dict[str, Any], edge: DrawnEdge) -> SafeString:
    """A connection in the graph."""
    key = (edge.id, edge.state)
    return _drawn("graph_edge", "edge", _Keyed(key, edge), str(context["steps_url"]))


@register.simple_tag(takes_context=True)
def made_piece(context: dict[str, Any], piece: Piece) -> SafeString:
    """What an agent has made."""
    address = str(context["workspace"].slug)
    if piece.image is not None:
        return _draw("piece", "piece", piece, address)
    return _drawn("piece", "piece", _Keyed(piece, piece), address)


@register.simple_tag
def chart_row(row: ChartRow) -> SafeString:
    """A step in the timing chart. All of its bars move with the axis, so none is kept."""
    label = escape(row.label)
    shown = took(None, row.since) if row.since is not None else escape(row.words)
    bars = "".join(map(_bar, row.bars))
    if row.tries > 1 and row.bars:
        place = f'x="{row.bars[-1].end}%" dx="6" y="15.5"'
        bars += f'<text class="tries" {place}>{row.tries} tries</text>'
    return SafeString(
        f'<li class="bar-row"><span class="bar-row__label type-{escape(row.type)}" title="{label}">'
        f'{step_icon(row.type, 13)}<span class="ellipsis">{label}</span></span>'
        f'<svg width="100%" height="23" aria-hidden="true">{bars}</svg>'
        f'<span class="bar-row__time number">{shown}</span></li>'
    )


def _bar(bar: Bar) -> str:
    token = f" status-{bar.token}" if bar.token else ""
    grows = f' data-grows="{bar.x}"' if bar.grows else ""
    place = f'x="{bar.x}%" y="5.5" width="{bar.width}%" height="12" rx="4"'
    return f'<rect class="bar bar--{bar.kind}{token}" {place}{grows} />'


@lru_cache(maxsize=KEPT)
def _drawn(name: str, word: str, one: _Keyed, address: str) -> SafeString:
    return _draw(name, word, one.value, address)


def _draw(name: str, word: str, one: object, address: str) -> SafeString:
    found = get_template(f"workflows/_{name}.html")
    return SafeString(found.render({word: one, "steps_url": address, "slug": address}))
