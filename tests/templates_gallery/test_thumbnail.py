"""Graphs drawn small, from left to right."""

from __future__ import annotations

import re
from typing import Any

import pytest

from templates_gallery.catalog import FOLDER, load
from templates_gallery.thumbnail import HEIGHT, TILE, WIDTH, Schematic, schematic
from tests.graphs import brief, graph, node, text
from workflows.graph.model import Edge, Graph, Node

EXPORTS = [one.export for one in load(FOLDER)]


def columns(drawing: Schematic) -> list[str]:
    """The types by column, from the left."""
    return [tile.type for tile in sorted(drawing.tiles, key=lambda one: (one.x, one.y))]


def test_a_chain_stands_in_a_row_in_the_middle() -> None:
    drawing = schematic(graph([brief("a"), text("b"), text("c")], "brief > b > c"))
    assert columns(drawing) == ["brief", "compose_text", "compose_text"]
    assert {tile.y for tile in drawing.tiles} == {(HEIGHT - TILE) / 2}
    assert (drawing.width, drawing.height) == (WIDTH, HEIGHT)
    assert len(drawing.lines) == 2


def test_steps_of_one_rank_stand_below_each_other() -> None:
    nodes = [brief("a"), text("b"), text("c"), text("d")]
    drawing = schematic(graph(nodes, "brief > b > d", "brief > c > d"))
    by_column = sorted(drawing.tiles, key=lambda tile: (tile.x, tile.y))
    assert by_column[0].x < by_column[1].x == by_column[2].x < by_column[3].x
    assert by_column[1].y + TILE < by_column[2].y


def test_what_is_inside_a_container_stands_in_its_box_and_lines_lead_to_it() -> None:
    nodes = [brief("a"), node("side", "parallel"), text("b", parent="side"),
             text("c", parent="side"), text("d")]  # fmt: skip
    drawing = schematic(graph(nodes, "brief > side > d"))
    [box] = drawing.groups
    inside = [tile for tile in drawing.tiles if box.x <= tile.x <= box.x + box.width - TILE]
    assert len(inside) == 2
    assert all(box.y <= tile.y <= box.y + box.height - TILE for tile in inside)
    assert len(drawing.lines) == 4


def test_a_full_container_fills_a_second_column() -> None:
    children = [text(f"c{number}", parent="side") for number in range(5)]
    drawing = schematic(graph([brief("a"), node("side", "parallel"), *children], "brief > side"))
    inside = [tile for tile in drawing.tiles if tile.type == "compose_text"]
    assert sorted({tile.x for tile in inside}) != [inside[0].x]
    assert len({tile.x for tile in inside}) == 2


@pytest.mark.parametrize("export", EXPORTS, ids=lambda one: one.slug)
def test_every_template_fits_its_picture(export: Any) -> None:
    drawing = schematic(export.graph())
    graph = export.graph()
    assert len(drawing.tiles) == len(graph.nodes) - len(graph.children)
    for tile in drawing.tiles:
        assert 0 <= tile.x <= drawing.width - TILE
        assert 0 <= tile.y <= drawing.height - TILE
    places = {(round(tile.x), round(tile.y)) for tile in drawing.tiles}
    assert len(places) == len(drawing.tiles)
    assert all(re.fullmatch(r"[MC0-9. -]+", line) for line in drawing.lines)
    for line in drawing.lines:
        heights = [float(number) for number in re.findall(r"-?[0-9.]+", line)][1::2]
        assert min(heights) >= 0
        assert max(heights) <= drawing.height


@pytest.mark.parametrize(
    "draft",
    [
        Graph(),
        Graph((Node("a", "brief"), Node("b", "gone")), (Edge("a", "b"), Edge("b", "a"))),
        Graph((Node("a", "brief"),), (Edge("a", "a"), Edge("a", "nowhere"))),
        Graph((Node("p", "parallel"), Node("c", "brief", parent="nowhere"))),
    ],
)
def test_any_draft_is_drawn(draft: Graph) -> None:
    assert schematic(draft).width >= WIDTH
