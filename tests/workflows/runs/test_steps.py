"""How steps are worded, and what they are made of."""

from __future__ import annotations

import pytest

from tests.graphs import brief, copy, graph, node, text
from tests.workflows.runs.fakes import agents, moment, row
from workflows.engine.states import AgentStatus, NodeStatus
from workflows.runs.looks import run_look
from workflows.runs.outline import outline
from workflows.runs.steps import Step, build_steps
from workflows.runs.troubles import troubles_of

C, F, R, P = NodeStatus.COMPLETED, NodeStatus.FAILED, NodeStatus.RUNNING, NodeStatus.PENDING
Q, W, S = NodeStatus.QUEUED, NodeStatus.WAITING, NodeStatus.SKIPPED
DONE, BROKEN, BUSY = AgentStatus.COMPLETED, AgentStatus.FAILED, AgentStatus.RUNNING


def build(flow, rows, made=(), expected=None, now=100.0) -> dict[str, Step]:  # type: ignore[no-untyped-def]
    """Steps by key."""
    found = build_steps(flow, rows, list(made), expected or {}, moment(now))
    return {step.key: step for step in found}


SMALL = graph([brief("topic"), copy("lines", quantity=4)], "brief > lines")


@pytest.mark.parametrize(
    ("step", "made", "words"),
    [
        (row("lines", P), [], "Pending"),
        (row("lines", Q, 1), [], "Queued"),
        (row("lines", R, 1, 2), [DONE, BUSY, BUSY, BUSY], "Running 1/4"),
        (row("lines", R, 1, 2), [BUSY], "Running"),
        (row("lines", C, 1, 2, 24), [DONE], "Done, 22 s"),
        (row("lines", C, 1, 2, 2.1), [DONE], "Done"),
        (row("lines", F, 1, 2, 9), [DONE, DONE, BROKEN, BROKEN], "Failed, 2 of 4"),
        (row("lines", F, 1, 2, 9), [BROKEN], "Failed"),
        (row("lines", W, 1, 2, wait_for="people"), [], "Waiting for review"),
        (row("lines", S), [], "Skipped"),
        (row("lines", C, 1, 2, 3, facts={"branch": "is_new"}), [], "Is new"),
        (row("lines", C, 1, 2, 3, facts={"decision": "approved"}), [], "Approved"),
    ],
)
def test_a_step_says_where_it_stands(step, made, words) -> None:  # type: ignore[no-untyped-def]
    assert build(SMALL, [step], agents(step, *made))["lines"].words == words


def test_agents_still_to_come_count_where_they_are_expected() -> None:
    step = row("lines", R, 1, 2)
    found = build(SMALL, [step], agents(step, DONE), expected={"lines": 4})
    assert found["lines"].words == "Running 1/4"


def test_a_step_that_is_to_run_again_has_neither_begun_nor_ended() -> None:
    found = build(SMALL, [row("lines", P, 1, 2, 24, round=2)])["lines"]
    assert (found.started_at, found.took, found.since) == (None, None, None)


def test_a_running_step_counts_from_its_start() -> None:
    assert build(SMALL, [row("lines", R, 1, 40)])["lines"].since == 60.0


LANES = graph(
    [brief("topic"), node("box", "parallel", items="a\nb\nc"), text("one", parent="box"),
     text("two", parent="box"), text("end")],
    "brief > box > end", "one > two",
)  # fmt: skip


def test_lanes_of_a_container_are_counted_and_what_needs_attention_comes_first() -> None:
    rows = [
        row("box", W, 1, 2, wait_for="lanes"),
        row("one", C, 3, 4, 5, lane="0", item="Mug"), row("two", C, 5, 6, 7, lane="0"),
        row("one", C, 3, 4, 5, lane="1", item={"name": "Bag"}), row("two", R, 5, 6, lane="1"),
        row("one", F, 3, 4, 5, lane="2"), row("two", P, lane="2"),
    ]  # fmt: skip
    found = build(LANES, rows)
    assert found["box"].words == "1 of 3 done"
    assert found["box"].status == R
    assert found["one"].words == "Failed, 1 of 3"
    assert found["one"].look.token == "failed"
    assert found["two"].words == "1 of 3 done"
    assert [lane.name for lane in found["one"].lanes] == ["1. Mug", "2. Bag", "3"]


def test_a_container_whose_lanes_wait_for_people_looks_as_they_do() -> None:
    rows = [row("box", W, 1, 2, wait_for="lanes"), row("one", W, 3, 4, lane="0")]
    assert build(LANES, rows)["box"].look.token == "waiting"


def test_lane_steps_of_a_container_that_has_not_opened_are_pending() -> None:
    found = build(LANES, [row("box", P)])
    assert found["one"].words == "Pending"
    assert found["one"].rows == ()


def test_its_mark_changes_with_all_that_is_shown_of_a_step() -> None:
    step = row("lines", R, 1, 2)
    marks = {
        build(SMALL, [step], agents(step, BUSY))["lines"].mark,
        build(SMALL, [step], agents(step, DONE))["lines"].mark,
        build(SMALL, [row("lines", C, 1, 2, 3)])["lines"].mark,
        build(SMALL, [row("lines", C, 1, 2, 3, attempt=2)])["lines"].mark,
    }
    assert len(marks) == 4


def test_finished_beginnings_are_folded_while_the_run_goes_on() -> None:
    keys = ["brief", "a", "b", "c"]
    flow = graph([brief("topic"), text("a"), text("b"), text("c")], "brief > a > b > c")
    steps = list(build(flow, [row(key, C, 0, 1, 3) for key in keys[:3]]).values())
    groups = outline(steps, has_ended=False)
    assert [(group.is_folded, len(group.steps)) for group in groups] == [(True, 3), (False, 1)]
    assert groups[0].took == 6.0
    assert [len(group.steps) for group in outline(steps, has_ended=True)] == [4]


def test_a_container_is_a_group_of_its_own() -> None:
    steps = list(build(LANES, [row("brief", C, 0, 1, 2)]).values())
    groups = outline(steps, has_ended=False)
    assert [group.container.key if group.container else None for group in groups] == [
        None, "box", None,
    ]  # fmt: skip


def test_a_failed_step_is_told_with_what_is_kept() -> None:
    step = row("lines", F, 1, 2, 3, error={"code": "x", "message": "Away.", "hint": "Wait."})
    steps = list(build(SMALL, [step], agents(step, DONE, BROKEN)).values())
    (found,) = troubles_of(steps, None)
    assert found.title == "Lines stopped at 1 of 2"
    assert (found.message, found.hint) == ("Away.", "Wait.")
    assert found.safe == "1 of 2 finished and are kept."


def test_a_failed_container_leaves_the_telling_to_its_steps() -> None:
    rows = [row("box", F, 1, 2, 3), row("one", F, 1, 2, 3, lane="1", item="Bag")]
    found = troubles_of(list(build(LANES, rows).values()), {"code": "node_failed"})
    assert [one.title for one in found] == ["One, 2. Bag stopped"]
    assert found[0].lane == "1"


def test_a_run_that_took_too_long_says_so_itself() -> None:
    error = {"code": "time_limit", "message": "Too long."}
    found = troubles_of(list(build(SMALL, []).values()), error)
    assert [one.title for one in found] == ["The run was ended"]


def test_a_run_that_waits_for_people_or_its_turn_says_so() -> None:
    assert run_look("running", waiting=1, active_since=None).label == "Waiting for review"
    assert run_look("running", waiting=1, active_since=moment(0)).label == "Running"
    assert run_look("pending", waiting=0, active_since=None).label == "Queued"
    assert run_look("stopped", waiting=0, active_since=None).label == "Stopped"
