"""The timing chart: its axis, its bars, what is still to come."""

from __future__ import annotations

from typing import Any

import pytest

from tests.graphs import brief, copy, graph, node, text
from tests.workflows.runs.fakes import START, agents, moment, row
from workflows.engine.states import AgentStatus, NodeStatus
from workflows.graph.model import Graph
from workflows.runs.axis import make_axis, ticks
from workflows.runs.chart import MAX_ROWS, Chart, clock, make_chart
from workflows.runs.rows import AgentRow, StepRow
from workflows.runs.schedule import schedule
from workflows.runs.steps import build_steps

C, F, R, P = NodeStatus.COMPLETED, NodeStatus.FAILED, NodeStatus.RUNNING, NodeStatus.PENDING
Q, W, S = NodeStatus.QUEUED, NodeStatus.WAITING, NodeStatus.SKIPPED
CHECK = node("check", "review", show=["nodes.a.text"])
FLOW = graph([brief("topic"), copy("a"), CHECK, text("end")], "brief > a > check.approved > end")
USUAL = {"brief": 0.0, "a": 20.0, "check": 0.0, "end": 3.0}


def chart_of(
    flow: Graph,
    rows: list[StepRow],
    now: float,
    *,
    made: list[AgentRow] | None = None,
    usual: dict[str, float | None] | None = None,
    has_ended: bool = False,
) -> Chart:
    steps = build_steps(flow, rows, made or [], {}, moment(now))
    plan = schedule(flow, steps, usual or USUAL, now=moment(now), people=10.0)
    by_run: dict[int, list[AgentRow]] = {}
    for one in made or []:
        by_run.setdefault(one.node_run_id, []).append(one)
    return make_chart(steps, by_run, plan, start=START, now=moment(now), has_ended=has_ended)


def bars(chart: Chart, key: str) -> list[Any]:
    return list(next(row for row in chart.rows if row.key == key).bars)


def test_work_follows_the_wait_in_the_queue() -> None:
    chart = chart_of(FLOW, [row("brief", C, 0, 0, 1), row("a", C, 1, 11, 31)], 31)
    queue, work = bars(chart, "a")
    assert (queue.kind, work.kind, work.token) == ("queue", "work", "completed")
    assert queue.x + queue.width == pytest.approx(work.x, abs=0.05)
    assert work.width == pytest.approx(2 * queue.width, abs=0.05)
    assert chart.has_queue


def test_a_running_bar_ends_at_now_and_grows() -> None:
    chart = chart_of(FLOW, [row("brief", C, 0, 0, 1), row("a", R, 1, 1)], 11)
    work = bars(chart, "a")[0]
    assert work.grows
    assert work.x + work.width == pytest.approx(chart.now, abs=0.05)
    assert chart.speed > 0


def test_what_is_to_come_is_outlined_right_of_now() -> None:
    chart = chart_of(FLOW, [row("brief", C, 0, 0, 1), row("a", R, 1, 1)], 11)
    assert chart.now is not None
    rest = bars(chart, "a")[1]
    waits = bars(chart, "check")[0]
    end = bars(chart, "end")[0]
    assert [bar.kind for bar in (rest, waits, end)] == ["estimate", "wait", "estimate"]
    assert rest.x == pytest.approx(chart.now, abs=0.05)
    assert rest.seconds == 10.0
    assert waits.x == pytest.approx(rest.x + rest.width, abs=0.05)
    assert end.x == pytest.approx(waits.x + waits.width, abs=0.05)
    words = {row.key: row.words for row in chart.rows}
    assert (words["check"], words["end"]) == ("waits", "about 3 s")


def test_a_failed_bar_is_cut_where_each_try_began() -> None:
    step = row("a", F, 0, 0, 30)
    calls = [{"at": moment(at).isoformat()} for at in (0, 10, 20)]
    made = agents(step, AgentStatus.FAILED, calls=calls)
    chart = chart_of(FLOW, [step], 30, made=made, has_ended=True)
    assert [bar.token for bar in bars(chart, "a")] == ["failed"] * 3
    assert next(row for row in chart.rows if row.key == "a").tries == 3


def test_hours_of_waiting_for_people_are_drawn_short() -> None:
    rows = [
        row("brief", C, 0, 0, 1),
        row("a", C, 1, 1, 61),
        row("check", C, 61, 61, 7_261),
        row("end", C, 7_261, 7_261, 7_271),
    ]
    chart = chart_of(FLOW, rows, 7_271, has_ended=True)
    wait, work = bars(chart, "check")[0], bars(chart, "a")[0]
    assert wait.kind == "wait"
    assert wait.width < work.width / 5
    assert [label for _, label in chart.ticks][-1] == "1:00"
    assert next(row for row in chart.rows if row.key == "check").words == "2:00:00"


def test_an_ended_run_has_no_now_and_shows_only_what_ran() -> None:
    chart = chart_of(FLOW, [row("brief", C, 0, 0, 1), row("a", F, 1, 1, 9)], 500, has_ended=True)
    assert (chart.now, chart.speed) == (None, 0.0)
    assert [row.key for row in chart.rows] == ["brief", "a"]


def test_skipped_steps_and_containers_have_no_row() -> None:
    flow = graph(
        [brief("topic"), node("box", "parallel"), text("in_box", parent="box"), text("end")],
        "brief > box > end",
    )
    rows = [row("brief", C, 0, 0, 1), row("box", W, 1, 1), row("end", S)]
    assert [one.key for one in chart_of(flow, rows, 5, usual={}).rows] == ["brief", "in_box"]


def test_each_lane_has_a_row_and_too_many_are_left_out() -> None:
    flow = graph(
        [brief("topic"), node("box", "parallel", items="3"), text("line", parent="box")],
        "brief > box",
    )
    lanes = [row("line", C, 1, 1, 2 + n, lane=str(n)) for n in range(MAX_ROWS + 50)]
    chart = chart_of(flow, [row("brief", C, 0, 0, 1), *lanes], 300, usual={})
    assert len(chart.rows) == MAX_ROWS
    assert chart.hidden == 51
    assert [one.label for one in chart.rows[1:3]] == ["Line 1", "Line 2"]


def test_every_bar_stays_inside_the_chart() -> None:
    rows = [row("brief", C, 0, 0, 1), row("a", C, 1, 2, 90), row("check", W, 90, 90)]
    for now in (90, 91, 500, 100_000):
        chart = chart_of(FLOW, rows, now)
        for one in chart.rows:
            for bar in one.bars:
                assert bar.x >= 0
                assert bar.x + bar.width <= 101, (now, one.key, bar)


def test_a_run_that_has_not_begun_has_an_empty_chart() -> None:
    chart = chart_of(FLOW, [row("brief", P)], 0)
    assert chart.now == 0.0
    assert bars(chart, "brief") == []


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (6.5, [0, 1, 2, 3, 4, 5, 6]),
        (30, [0, 5, 10, 15, 20, 25, 30]),
        (160, [0, 30, 60, 90, 120, 150]),
        (3_600, [0, 600, 1_200, 1_800, 2_400, 3_000, 3_600]),
    ],
)
def test_ticks_are_round_and_few(length: float, expected: list[int]) -> None:
    assert list(ticks(length)) == expected


def test_even_days_have_few_ticks() -> None:
    assert 2 <= len(ticks(90 * 86_400)) <= 9


def test_the_axis_keeps_order_and_shortens_only_what_is_long() -> None:
    axis = make_axis([(0, 10), (11, 20), (5_000, 5_010)], 9_000)
    places = [axis.at(at) for at in (0, 10, 11, 20, 2_000, 5_000, 5_010, 9_000)]
    assert places == sorted(places)
    assert places[:4] == [0, 10, 11, 20]
    assert places[5] - places[3] < 5
    assert places[6] - places[5] == pytest.approx(10)
    assert axis.of_work(25) == pytest.approx(axis.at(5_005))


def test_the_rest_ends_at_the_review() -> None:
    steps = build_steps(FLOW, [row("brief", C, 0, 0, 1), row("a", R, 1, 1)], [], {}, moment(6))
    plan = schedule(FLOW, steps, USUAL, now=moment(6), people=10.0)
    assert plan.seconds == 15.0
    assert plan.until_review
    assert plan.slots["end"].after_people


def test_a_step_that_takes_longer_than_usual_may_end_any_moment() -> None:
    steps = build_steps(FLOW, [row("a", R, 1, 1)], [], {}, moment(500))
    plan = schedule(FLOW, steps, USUAL, now=moment(500), people=10.0)
    assert plan.slots["a"].end == 0.0


def test_an_unknown_time_makes_the_rest_unknown() -> None:
    steps = build_steps(FLOW, [], [], {}, moment(0))
    plan = schedule(FLOW, steps, {**USUAL, "a": None}, now=moment(0), people=10.0)
    assert plan.seconds is None


def test_steps_inside_a_container_are_waited_for_by_what_is_below() -> None:
    flow = graph(
        [brief("topic"), node("box", "parallel"), text("x", parent="box"), text("end")],
        "brief > box > end",
    )
    steps = build_steps(flow, [], [], {}, moment(0))
    usual: dict[str, float | None] = {"brief": 1.0, "box": 0.0, "x": 7.0, "end": 2.0}
    plan = schedule(flow, steps, usual, now=moment(0), people=10.0)
    assert (plan.slots["x"].start, plan.slots["end"].start) == (1.0, 8.0)
    assert plan.seconds == 10.0


def test_clocks_read_as_people_expect() -> None:
    assert [clock(value) for value in (0, 59.9, 72, 3_725)] == ["0:00", "0:59", "1:12", "1:02:05"]
