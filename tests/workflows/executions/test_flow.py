"""Runs that need no model: order, branches, joins, failure."""

import pytest

from tests.engine import Drive, outputs, statuses
from tests.graphs import brief, graph, node, text
from workflows.executions.launch import LaunchRefused
from workflows.models import WorkflowExecution

pytestmark = pytest.mark.django_db


def rule(left: str, operator: str, right: object = "") -> dict[str, object]:
    return {"left": left, "operator": operator, "right": right}


def check(*branches: tuple[str, dict[str, object]], key: str = "check") -> dict[str, object]:
    named = [{"name": name, "match": "all", "rules": [one]} for name, one in branches]
    return node(key, "conditional", branches=named)


def test_a_chain_runs_in_order_and_hands_values_down(drive: Drive) -> None:
    execution = drive.run(
        graph(
            [
                brief("topic"),
                text("one", "{{ brief.topic }}!"),
                text("two", "{{ nodes.one.text }}?"),
            ],
            "brief > one > two",
        ),
        topic="Apples",
    )
    assert execution.status == "completed"
    assert drive.order == ["brief", "one", "two"]
    assert outputs(execution)["two"] == {"text": "Apples!?"}
    assert execution.completed == execution.total == 3
    assert execution.finished_at is not None
    assert execution.deadline_at is None


def test_a_diamond_whose_one_side_is_skipped_joins_once(drive: Drive) -> None:
    #          yes > long
    # brief > check        > join
    #          else > short
    execution = drive.run(
        graph(
            [
                brief("topic"),
                check(("yes", rule("brief.topic", "equals", "apple"))),
                text("long", "long text"),
                text("short", "short text"),
                text("join", "[{{ nodes.long.text }}{{ nodes.short.text }}]"),
            ],
            "brief > check.yes > long > join",
            "check.else > short > join",
        ),
        topic="Apple",
    )
    assert execution.status == "completed"
    assert statuses(execution)["short"] == "skipped"
    assert outputs(execution)["join"] == {"text": "[long text]"}
    assert drive.order.count("join") == 1


def test_a_skip_goes_down_until_a_step_with_another_way_in(drive: Drive) -> None:
    execution = drive.run(
        graph(
            [
                brief("topic"),
                check(("yes", rule("brief.topic", "is_empty"))),
                text("a"),
                text("b"),
                text("end"),
            ],
            "brief > check.yes > a > b > end",
            "brief > end",
        ),
        topic="x",
    )
    assert statuses(execution) == {
        "brief": "completed",
        "check": "completed",
        "a": "skipped",
        "b": "skipped",
        "end": "completed",
    }


def test_a_failed_step_blocks_what_is_below_while_other_branches_go_on(drive: Drive) -> None:
    execution = drive.run(
        graph(
            [
                brief("n", number="number"),
                text("bad", "{{ brief.n | divided_by: brief.number }}"),
                text("below"),
                text("other"),
                text("last"),
            ],
            "brief > bad > below",
            "brief > other > last",
        ),
        n="4",
        number=0,
    )
    assert execution.status == "failed"
    assert statuses(execution) == {
        "brief": "completed",
        "bad": "failed",
        "below": "pending",
        "other": "completed",
        "last": "completed",
    }
    error = execution.node_runs.get(key="bad").error
    assert "template" in error["message"]
    assert error["hint"]
    assert execution.error["nodes"] == ["bad"]


def test_a_step_that_two_branches_reach_runs_once(drive: Drive) -> None:
    execution = drive.run(
        graph(
            [brief("topic"), text("a"), text("b"), text("c"), text("join", "{{ nodes.a.text }}")],
            "brief > a > join",
            "brief > b > join",
            "brief > c > join",
        ),
        topic="x",
    )
    assert execution.status == "completed"
    assert drive.order[-1] == "join"
    assert drive.order.count("join") == 1


def test_a_launch_with_a_broken_brief_names_every_field_and_writes_nothing(drive: Drive) -> None:
    made = graph(
        [
            node(
                "brief",
                "brief",
                fields=[
                    {"key": "topic", "required": True, "label": "Topic"},
                    {"key": "count", "kind": "number"},
                    {"key": "tone", "kind": "choice", "options": ["warm", "dry"]},
                    {"key": "site", "kind": "url"},
                    {"key": "photo", "kind": "image"},
                ],
            ),
            text("end", "{{ brief.topic }}"),
        ],
        "brief > end",
    )
    with pytest.raises(LaunchRefused) as refused:
        drive.launch(made, count="many", tone="loud", site="javascript:x", photo=4711, extra=1)
    assert {issue.field for issue in refused.value.issues} == {
        "inputs.topic",
        "inputs.count",
        "inputs.tone",
        "inputs.site",
        "inputs.photo",
        "inputs.extra",
    }
    assert not WorkflowExecution.objects.exists()


def test_a_launch_of_a_broken_graph_is_refused_with_its_issues(drive: Drive) -> None:
    made = graph([brief("topic"), text("end", "{{ nodes.nowhere.text }}")], "brief > end")
    with pytest.raises(LaunchRefused) as refused:
        drive.launch(made, topic="x")
    assert {(issue.node, issue.severity) for issue in refused.value.issues} == {("end", "error")}
    assert not WorkflowExecution.objects.exists()


def test_a_doubled_message_runs_the_step_once(drive: Drive) -> None:
    made = graph([brief("topic"), text("end")], "brief > end")
    execution = drive.launch(made, topic="x")
    drive.commit()
    drive.sent *= 10
    drive.work(execution)
    assert drive.order == ["brief", "end"]
    assert execution.status == "completed"
