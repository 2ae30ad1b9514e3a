import time
from graphlib import CycleError

import pytest

from tests.workflows.graph.fakes import draw
from workflows.graph.model import Edge, Graph, Node
from workflows.graph.order import (
    ancestors,
    find_cycle,
    find_cycles,
    reachable,
    topological_order,
)

DIAMOND = """
    brief -> copy_1 -> attach
    brief -> copy_2 -> attach
"""
LANES = """
    brief -> copy_1 -> par[copy_2 copy_3 copy_4] -> attach
    copy_2 -> copy_3
"""


def test_steps_come_after_what_they_wait_for_and_else_as_drawn():
    assert topological_order(draw(DIAMOND)) == ["brief", "copy_1", "copy_2", "attach"]
    upward = "copy_2 -> attach\n brief -> copy_2\n brief -> copy_1 -> attach"
    assert topological_order(draw(upward)) == ["brief", "copy_2", "copy_1", "attach"]


def test_a_container_comes_before_its_steps_and_what_is_below_after_them():
    order = topological_order(draw(LANES))

    assert order == ["brief", "copy_1", "par", "copy_2", "copy_3", "copy_4", "attach"]


def test_an_order_of_steps_in_a_cycle_is_refused():
    with pytest.raises(CycleError):
        topological_order(draw("brief -> copy_1 -> copy_2 -> copy_1"))


def test_a_cycle_is_found_along_its_edges():
    assert find_cycle(draw("brief -> copy_1 -> copy_2 -> copy_3 -> copy_1")) == [
        "copy_1",
        "copy_2",
        "copy_3",
    ]
    assert find_cycle(draw(DIAMOND)) is None
    assert find_cycle(draw("brief -> copy -> copy")) == ["copy"]


def test_two_cycles_through_one_step_are_both_found():
    graph = draw("copy_1 -> copy_2 -> copy_1 \n copy_1 -> copy_3 -> copy_1")

    assert sorted(find_cycles(graph)) == [["copy_1", "copy_2"], ["copy_1", "copy_3"]]


def test_ancestors_of_a_step_below_a_diamond_are_both_sides():
    found = ancestors(draw(DIAMOND))

    assert found["attach"] == {"brief", "copy_1", "copy_2"}
    assert found["copy_2"] == {"brief"}
    assert found["brief"] == frozenset()


def test_a_step_in_a_container_sees_its_siblings_above_and_the_containers_ancestors():
    found = ancestors(draw(LANES))

    assert found["copy_2"] == {"brief", "copy_1"}
    assert found["copy_3"] == {"brief", "copy_1", "copy_2"}
    assert found["copy_4"] == {"brief", "copy_1"}


def test_a_step_below_a_container_sees_it_and_its_steps():
    found = ancestors(draw(LANES))

    assert found["attach"] == {"brief", "copy_1", "par", "copy_2", "copy_3", "copy_4"}
    assert found["par"] == {"brief", "copy_1"}


def test_the_steps_inside_a_container_are_reached_with_it():
    graph = draw("brief -> par[copy_1 copy_2] \n copy_9 -> attach")

    assert reachable(graph, "brief") == {"brief", "par", "copy_1", "copy_2"}
    assert reachable(graph, "nowhere") == frozenset()


def test_broken_drafts_have_ancestors_and_reach_too():
    graph = Graph(
        nodes=(
            Node("a", "copy", parent="a"),
            Node("b", "par", parent="c"),
            Node("c", "par", parent="b"),
            Node("a", "copy", parent="gone"),
        ),
        edges=(Edge("a", "b"), Edge("b", "a"), Edge("a", "gone"), Edge("gone", "c")),
    )

    assert "b" in ancestors(graph)["a"]
    assert reachable(graph, "a") == {"a", "b", "c"}
    assert find_cycle(graph) == ["a", "b"]


def test_a_hundred_steps_drawn_backwards_take_milliseconds():
    keys = [f"copy_{n}" for n in range(100, 0, -1)]
    edges = [Edge(s, t) for i, t in enumerate(keys) for s in keys[i + 1 : i + 11]]
    graph = Graph(tuple(Node(key, "copy") for key in keys), tuple(edges))
    started = time.thread_time()

    topological_order(graph)
    found = ancestors(graph)
    find_cycles(graph)

    assert len(found["copy_100"]) == 99
    assert time.thread_time() - started < 0.1
