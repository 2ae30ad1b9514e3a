"""What may happen next: drawings, then random graphs in any order."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.engine.fakes import C, F, Game, P, Q, R, S, W, always_out, drawn
from workflows.engine.plan import Lanes, RunKey, State, make_plan
from workflows.graph.model import Edge, Graph, Node


def ends(**named: str | None):
    """Steps end by ``out`` unless another handle, or None for a failure, is named.

    ``step__1`` names the step in lane 1.
    """

    def handles(key: str, lane: str) -> tuple[str, ...] | None:
        for name in (f"{key}__{lane}", key):
            if name in named:
                handle = named[name]
                return None if handle is None else (handle,)
        return ("out",)

    return handles


def test_a_diamond_joins_when_both_sides_have_ended():
    #          > left  >
    #    start           join
    #          > right >
    game = Game(drawn("start > left > join", "start > right > join"))
    assert game.under_way == [("start", "")]
    game.finish("start")
    assert game.under_way == [("left", ""), ("right", "")]
    game.finish("right")
    assert game.status("join") == P
    game.finish("left")
    assert game.status("join") == Q
    game.finish("join")
    assert game.outcome == "completed"


def test_a_skip_goes_all_the_way_down():
    #    check.yes  > a > b > c
    #    check.else > d
    game = Game(drawn("check.yes > a > b > c", "check.else > d"), ends=ends(check="else"))
    game.finish("check")
    assert [game.status(key) for key in "abcd"] == [S, S, S, Q]
    game.finish("d")
    assert game.outcome == "completed"


def test_a_join_with_one_skipped_and_one_taken_side_runs():
    #    check.yes  > long  >
    #    check.else > short > join
    game = Game(
        drawn("check.yes > long > join", "check.else > short > join"), ends=ends(check="yes")
    )
    game.finish("check")
    assert (game.status("long"), game.status("short"), game.status("join")) == (Q, S, P)
    game.finish("long")
    assert game.status("join") == Q


def test_a_join_with_a_failed_side_waits_for_ever_and_the_run_fails():
    #    start > bad  >
    #    start > good > join > end
    game = Game(drawn("start > bad > join > end", "start > good > join"), ends=ends(bad=None))
    game.play()
    assert game.outcome == "failed"
    assert (game.status("good"), game.status("join"), game.status("end")) == (C, P, P)


def test_a_failed_side_is_not_outvoted_by_a_skipped_one():
    #    check.yes  > a   >
    #    check.else > bad > join
    game = Game(
        drawn("check.yes > a > join", "check.else > bad > join"), ends=ends(check="else", bad=None)
    )
    game.play()
    assert (game.status("a"), game.status("join")) == (S, P)
    assert game.outcome == "failed"


def test_branches_beside_a_failure_go_on_to_their_end():
    #    start > bad  > below
    #    start > good > more > last
    game = Game(drawn("start > bad > below", "start > good > more > last"), ends=ends(bad=None))
    game.finish("start")
    game.finish("bad")
    assert game.outcome is None
    game.play()
    assert (game.status("last"), game.status("below"), game.outcome) == (C, P, "failed")


@pytest.mark.parametrize("taken", ["yes", "else"])
def test_two_ways_from_one_conditional_to_one_step_run_it_once(taken: str):
    #    check.yes  > end
    #    check.else > end
    game = Game(drawn("check.yes > end", "check.else > end"), ends=ends(check=taken))
    game.finish("check")
    assert game.under_way == [("end", "")]
    assert game.queued["end", ""] == 1


def test_a_step_that_a_person_skipped_goes_on_by_out():
    graph = drawn("bad > below", "bad.rejected > other")
    skipped = {("bad", ""): State(S, ("out",)), ("below", ""): State(P), ("other", ""): State(P)}
    plan = make_plan(graph, skipped, {})
    assert plan.queue == [("below", "")]
    assert plan.skip == [("other", "")]


def test_a_step_that_waits_for_people_keeps_the_run_going():
    plan = make_plan(drawn("review"), {("review", ""): State(W)}, {})
    assert plan.is_empty


def test_a_run_without_anything_left_has_one_outcome():
    assert make_plan(drawn("a"), {("a", ""): State(C, ("out",))}, {}).outcome == "completed"
    assert make_plan(drawn("a"), {("a", ""): State(F)}, {}).outcome == "failed"
    assert make_plan(drawn("a"), {("a", ""): State(R)}, {}).outcome is None


#    start > [ a > b ] > join           the inside runs once per lane
LANED = drawn("start > lanes > join", "a > b", inside={"lanes": "a b"})


def laned(names: tuple[str, ...], ending=always_out, **rules: object) -> Game:
    game = Game(LANED, {"lanes": Lanes(names, **rules)}, ending)  # type: ignore[arg-type]
    game.finish("start")
    game.finish("lanes")
    return game


def test_every_lane_runs_its_own_inside_and_the_join_waits_for_all():
    game = laned(("0", "1"))
    assert game.under_way == [("a", "0"), ("a", "1")]
    game.finish("a", "1")
    game.finish("b", "1")
    assert (game.status("a", "0"), game.status("b", "0"), game.status("join")) == (Q, P, P)
    game.finish("a", "0")
    assert game.status("lanes") == W
    game.finish("b", "0")
    assert (game.status("lanes"), game.status("join")) == (C, Q)
    assert (game.settled[0].completed_count, game.settled[0].failed_count) == (2, 0)


def test_a_container_without_lanes_settles_at_once():
    game = laned(())
    assert (game.status("lanes"), game.status("join")) == (C, Q)
    assert game.settled[0].completed_count == 0


def test_at_most_max_parallel_lanes_are_under_way():
    game = laned(("0", "1", "2"), max_parallel=2)
    assert game.under_way == [("a", "0"), ("a", "1")]
    game.finish("a", "0")
    assert sorted(game.under_way) == [("a", "1"), ("b", "0")]
    game.finish("b", "0")
    assert sorted(game.under_way) == [("a", "1"), ("a", "2")]


def test_a_failed_lane_lets_no_new_one_start_and_fails_the_container():
    game = laned(("0", "1", "2"), ends(a__0=None), max_parallel=2)
    game.finish("a", "0")
    assert game.under_way == [("a", "1")]
    game.play()
    assert (game.status("b", "1"), game.status("a", "2")) == (C, P)
    assert (game.status("lanes"), game.status("join"), game.outcome) == (F, P, "failed")
    settled = game.settled[0]
    assert (settled.completed_count, settled.failed_count) == (1, 1)
    assert settled.failed_lanes == ("0",)


def test_with_go_on_a_failed_lane_is_closed_and_the_others_run():
    game = laned(("0", "1", "2"), ends(a__0=None), max_parallel=1, go_on=True)
    game.play()
    assert (game.status("b", "0"), game.status("b", "2")) == (S, C)
    assert (game.status("lanes"), game.outcome) == (C, "completed")
    settled = game.settled[0]
    assert (settled.completed_count, settled.failed_count, settled.failed) == (2, 1, False)


def test_without_items_max_parallel_counts_steps():
    #    start > [ a  b  c > d ] > join
    graph = drawn("start > box > join", "c > d", inside={"box": "a b c d"})
    game = Game(graph, {"box": Lanes(("",), max_parallel=2)})
    game.finish("start")
    game.finish("box")
    assert sorted(game.under_way) == [("a", ""), ("c", "")]
    game.finish("c")
    assert sorted(game.under_way) == [("a", ""), ("d", "")]
    game.play()
    assert game.outcome == "completed"
    assert game.settled[0].completed_count == 4


def test_without_items_a_failed_step_stops_its_siblings_from_starting():
    graph = drawn("box > join", inside={"box": "a b c"})
    game = Game(graph, {"box": Lanes(("",), max_parallel=1)}, ends(a=None))
    game.play()
    assert (game.status("b"), game.status("box"), game.outcome) == (P, F, "failed")


def test_a_branch_and_a_join_inside_a_lane_keep_to_the_lane():
    #    [ check.yes  > a >
    #      check.else > b > join ] > end
    graph = drawn(
        "lanes > end",
        "check.yes > a > join",
        "check.else > b > join",
        inside={"lanes": "check a b join"},
    )
    game = Game(graph, {"lanes": Lanes(("0", "1"))}, ends(check__0="yes", check__1="else"))
    game.play()
    assert [game.status(key, "0") for key in ("a", "b", "join")] == [C, S, C]
    assert [game.status(key, "1") for key in ("a", "b", "join")] == [S, C, C]
    assert game.outcome == "completed"
    assert max(game.queued.values()) == 1


def test_a_skipped_container_takes_its_inside_with_it():
    graph = drawn("check.yes > box > end", "check.else > end", inside={"box": "a b"})
    game = Game(graph, {"box": Lanes(("",))}, ends(check="else"))
    game.finish("check")
    assert [game.status(key) for key in ("box", "a", "b", "end")] == [S, S, S, Q]


def test_a_skipped_container_takes_the_lanes_of_an_earlier_round_with_it():
    graph = drawn("check.yes > lanes > end", "check.else > end", inside={"lanes": "a"})
    states = {
        ("check", ""): State(C, ("else",)),
        ("lanes", ""): State(P),
        ("end", ""): State(P),
        ("a", "0"): State(P),
        ("a", "1"): State(P),
    }
    plan = make_plan(graph, states, {})
    assert set(plan.skip) == {("lanes", ""), ("a", "0"), ("a", "1")}
    assert plan.queue == [("end", "")]


# Random graphs: a root, then steps that each hang on earlier ones; some are conditionals, one may
# be a container with a graph of its own inside.

HANDLES = {"step": ("out",), "check": ("yes", "else"), "box": ("out",)}


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Graph, dict[str, Lanes]]:
    size = draw(st.integers(2, 12))
    kinds = draw(st.lists(st.sampled_from(["step", "step", "check"]), min_size=size, max_size=size))
    inside = draw(st.integers(0, min(4, size - 2)))
    outer = size - inside
    nodes = [Node(f"n{number}", kinds[number]) for number in range(outer)]
    lanes: dict[str, Lanes] = {}
    if inside:
        place = draw(st.integers(0, outer - 1))
        box = Node(f"n{place}", "box")
        nodes[place] = box
        names = draw(st.sampled_from([("",), (), ("0",), ("0", "1"), ("0", "1", "2")]))
        lanes[box.key] = Lanes(names, draw(st.integers(1, 3)), draw(st.booleans()))
    children = [
        Node(f"c{number}", kinds[outer + number], parent=next(iter(lanes)))
        for number in range(inside)
    ]
    edges = _edges(draw, nodes, first=1) + _edges(draw, children, first=0)
    return Graph((*nodes, *children), tuple(edges)), lanes


def _edges(draw: st.DrawFn, nodes: list[Node], first: int) -> list[Edge]:
    """Ways into each step from steps before it; the outer ones all have one."""
    found: list[Edge] = []
    for number, node in enumerate(nodes):
        if number == 0:
            continue
        ways = [(one.key, handle) for one in nodes[:number] for handle in HANDLES[one.type]]
        chosen = draw(st.lists(st.sampled_from(ways), min_size=first, max_size=4, unique=True))
        found += [Edge(source, node.key, handle) for source, handle in chosen]
    return found


@st.composite
def endings(draw: st.DrawFn, graph: Graph, lanes: dict[str, Lanes]):
    """How each step ends in each lane, whenever its turn comes."""
    runs: list[RunKey] = []
    for node in graph.nodes:
        runs += [(node.key, lane) for lane in (lanes[node.parent].names if node.parent else ("",))]
    failing = draw(st.sets(st.sampled_from(runs), max_size=2)) if runs else set()
    taken = {
        run: draw(st.sampled_from(HANDLES["check"]))
        for run in runs
        if graph.by_key[run[0]].type == "check"
    }

    def ending(key: str, lane: str) -> tuple[str, ...] | None:
        return None if (key, lane) in failing else (taken.get((key, lane), "out"),)

    return ending


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_in_any_order_joins_fire_once_and_the_run_ends_the_same_way(data: st.DataObject):
    graph, lanes = data.draw(graphs())
    ending = data.draw(endings(graph, lanes))
    first = Game(graph, lanes, ending).play()
    other = Game(graph, lanes, ending).play(lambda count: data.draw(st.integers(0, count - 1)))
    for game in (first, other):
        assert game.outcome in ("completed", "failed")
        assert max(game.queued.values()) == 1
        if game.outcome == "completed":
            assert not [run for run, state in game.states.items() if state.status == P]
    assert first.outcome == other.outcome
    top = [(node.key, "") for node in graph.nodes if node.parent is None]
    assert {run: first.states[run] for run in top} == {run: other.states[run] for run in top}
    if not any(one.failed for one in first.settled):  # else lanes differ in how far they came
        assert first.states == other.states
