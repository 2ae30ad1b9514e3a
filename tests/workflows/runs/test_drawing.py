"""Where steps and edges are drawn."""

from __future__ import annotations

from itertools import combinations
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.graphs import brief, graph, node, text
from workflows.graph.model import Edge, Graph, Node
from workflows.runs.drawing import CHILD, NODE, Box, Drawing, draw
from workflows.runs.paths import rounded


def boxes(drawing: Drawing) -> dict[str, Box]:
    return {box.key: box for box in drawing.boxes}


def overlap(a: Box, b: Box) -> bool:
    return (
        a.x < b.x + b.width
        and b.x < a.x + a.width
        and a.y < b.y + b.height
        and b.y < a.y + a.height
    )


def middle(box: Box) -> float:
    return box.x + box.width / 2


def test_a_chain_hangs_straight_from_top_to_bottom() -> None:
    flow = graph([brief("topic"), text("a"), text("b")], "brief > a > b")
    found = boxes(draw(flow))
    assert found["brief"].y < found["a"].y < found["b"].y
    assert middle(found["brief"]) == middle(found["a"]) == middle(found["b"])
    assert all("Q" not in route.d for route in draw(flow).routes)


def test_steps_side_by_side_share_a_rank_in_the_order_of_the_canvas() -> None:
    flow = graph([brief("topic"), text("a"), text("b"), text("end")], "brief > a > end")
    flow = Graph(
        nodes=tuple(
            Node(n.key, n.type, n.label, n.config, (500.0 if n.key == "a" else 0.0, 0.0))
            for n in flow.nodes
        ),
        edges=(*flow.edges, Edge("brief", "b"), Edge("b", "end")),
    )
    found = boxes(draw(flow))
    assert found["a"].y == found["b"].y
    assert found["b"].x < found["a"].x


def test_an_edge_over_several_ranks_runs_beside_the_steps_between() -> None:
    flow = graph([brief("topic"), text("a"), text("b")], "brief > a > b", "brief > b")
    drawing = draw(flow)
    long = next(r for r in drawing.routes if (r.edge.source, r.edge.target) == ("brief", "b"))
    a = boxes(drawing)["a"]
    xs = [float(part.split()[0]) for part in long.d.replace("M", "L").split("L")[1:]]
    assert any(x < a.x or x > a.x + a.width for x in xs)


def test_a_container_stands_around_its_steps() -> None:
    box = node("box", "parallel")
    inside = [text(key, parent="box") for key in ("a", "b", "c")]
    flow = graph([brief("topic"), box, *inside, text("end")], "brief > box > end")
    found = boxes(draw(flow))
    for key in ("a", "b", "c"):
        child = found[key]
        assert (child.width, child.height) == CHILD
        assert found["box"].x < child.x
        assert child.x + child.width < found["box"].x + found["box"].width
        assert found["box"].y < child.y
        assert child.y + child.height < found["box"].y + found["box"].height
    assert found["a"].y == found["b"].y == found["c"].y
    assert found["end"].y > found["box"].y + found["box"].height


def test_many_steps_in_a_container_stand_in_rows_of_four() -> None:
    inside = [text(f"s{n}", parent="box") for n in range(6)]
    flow = graph([brief("topic"), node("box", "parallel"), *inside], "brief > box")
    found = boxes(draw(flow))
    assert found["s0"].y == found["s3"].y < found["s4"].y == found["s5"].y


def test_ways_out_of_a_condition_are_named_and_leave_apart() -> None:
    rule = {"left": "brief.topic", "operator": "equals", "right": "x"}
    check = node("check", "conditional", branches=[{"name": "is_new", "rules": [rule]}])
    flow = graph(
        [brief("topic"), check, text("a"), text("b")], "brief > check.is_new > a", "check.else > b"
    )
    routes = [route for route in draw(flow).routes if route.edge.source == "check"]
    assert [route.label for route in routes] == ["Is new", "Else"]
    assert routes[0].label_x < routes[1].label_x


def test_a_graph_without_stored_places_is_drawn_as_well() -> None:
    found = boxes(draw(graph([brief("topic"), text("a")], "brief > a")))
    assert (found["brief"].width, found["brief"].height) == NODE


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 30), st.data())
def test_no_two_steps_of_any_graph_cover_each_other(size: int, data: st.DataObject) -> None:
    pairs = list(combinations(range(size), 2))
    chosen = data.draw(st.lists(st.sampled_from(pairs), max_size=60, unique=True))
    flow = Graph(
        nodes=tuple(Node(f"s{n}", "compose_text") for n in range(size)),
        edges=tuple(Edge(f"s{a}", f"s{b}") for a, b in chosen),
    )
    drawing = draw(flow)
    for a, b in combinations(drawing.boxes, 2):
        assert not overlap(a, b), (a, b)
    found = boxes(drawing)
    for a, b in chosen:
        assert found[f"s{a}"].y < found[f"s{b}"].y
    for box in drawing.boxes:
        assert box.x >= 0
        assert box.x + box.width <= drawing.width
        assert box.y + box.height <= drawing.height


def test_a_hundred_steps_are_laid_out_at_once() -> None:
    nodes = tuple(Node(f"s{n}", "compose_text") for n in range(100))
    links = tuple(Edge(f"s{n}", f"s{n + d}") for n in range(90) for d in (1, 3, 7))
    began = perf_counter()
    draw(Graph(nodes, links))
    assert perf_counter() - began < 5


@pytest.mark.parametrize(
    ("points", "d"),
    [
        ([(0, 0), (0, 40)], "M0 0L0 40"),
        ([(0, 0), (0, 40), (80, 40), (80, 90)],
         "M0 0L0 28Q0 40 12 40L68 40Q80 40 80 52L80 90"),
        ([(0, 0), (0, 10), (8, 10), (8, 20)],
         "M0 0L0 6Q0 10 4 10L4 10Q8 10 8 14L8 20"),
    ],
)  # fmt: skip
def test_corners_are_round_as_far_as_the_legs_allow(
    points: list[tuple[float, float]], d: str
) -> None:
    assert rounded(points) == d
