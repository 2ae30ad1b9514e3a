"""Parallel containers: lanes per item, steps side by side, errors inside."""

import pytest

from tests.engine import Drive, outputs, statuses
from tests.graphs import brief, graph, node, text
from workflows.executions.launch import LaunchRefused

pytestmark = pytest.mark.django_db


def parallel(**config: object) -> dict[str, object]:
    return node("lanes", "parallel", **config)


def pack(items: object, join: str = "{{ nodes.two.text | join: ',' }}", **config: object) -> object:
    return graph(
        [
            brief(names="list"),
            parallel(items=items, **config),
            text("one", "{{ index }}:{{ item }}", parent="lanes"),
            text("two", "<{{ nodes.one.text }}>", parent="lanes"),
            text("join", join),
        ],
        "brief > lanes > join",
        "one > two",
    )


def test_twelve_items_join_in_item_order(drive: Drive) -> None:
    names = [f"p{number}" for number in range(12)]
    execution = drive.launch(pack("brief.names"), names=names)
    drive.commit()
    while drive.sent:
        drive.step(-1)  # lanes end in another order than they began
    execution.refresh_from_db()
    assert execution.status == "completed"
    wanted = ",".join(f"<{number}:p{number}>" for number in range(12))
    assert outputs(execution)["join"]["text"] == wanted
    container = outputs(execution)["lanes"]
    assert container["items"] == names
    assert (container["completed"], container["failed"]) == (12, 0)
    assert [lane["index"] for lane in container["lanes"]] == list(range(12))
    assert execution.total == 3 + 24


def test_without_items_the_steps_inside_are_sent_together_in_no_lane(drive: Drive) -> None:
    made = graph(
        [
            brief("topic"),
            parallel(),
            text("a", parent="lanes"),
            text("b", parent="lanes"),
            text("c", parent="lanes"),
            text("join", "{{ nodes.a.text }}{{ nodes.b.text }}{{ nodes.c.text }}"),
        ],
        "brief > lanes > join",
    )
    execution = drive.run(made, topic="x")
    assert execution.status == "completed"
    assert outputs(execution)["join"]["text"] == "xxx"
    assert set(execution.node_runs.values_list("lane", flat=True)) == {""}
    assert outputs(execution)["lanes"]["completed"] == 3


@pytest.mark.parametrize(
    ("items", "wanted"),
    [
        ("red\n\ngreen", "<0:red>,<1:green>"),
        ('["a", "b"]', "<0:a>,<1:b>"),
        (3, "<0:1>,<1:2>,<2:3>"),
        ("2", "<0:1>,<1:2>"),
        (["x"], "<0:x>"),
        ("{{ brief.names | first }}\nlast", "<0:n>,<1:last>"),
    ],
)
def test_items_may_be_lines_json_a_number_or_a_list(
    drive: Drive, items: object, wanted: str
) -> None:
    execution = drive.run(pack(items), names=["n"])
    assert outputs(execution)["join"]["text"] == wanted


def test_no_items_at_all_complete_with_empty_lists(drive: Drive) -> None:
    execution = drive.run(pack("brief.names", join="[{{ nodes.two.text | join: ',' }}]"))
    assert execution.status == "completed"
    assert outputs(execution)["join"]["text"] == "[]"
    assert outputs(execution)["lanes"]["lanes"] == []


def test_items_that_are_no_list_fail_the_step_with_the_reason(drive: Drive) -> None:
    execution = drive.run(pack("nodes.brief.names.0.x"), names=["a"])
    assert execution.status == "failed"
    assert execution.node_runs.get(key="lanes").error["code"] == "missing_variable"


@pytest.mark.parametrize(
    "items", ["brief.names", "{{ brief.names | size }}", "{{ brief.names | join: '\n' }}"]
)
def test_more_than_fifty_items_are_refused_at_launch_where_it_can_be_known(
    drive: Drive, items: str
) -> None:
    with pytest.raises(LaunchRefused) as refused:
        drive.launch(pack(items), names=[str(number) for number in range(51)])
    assert refused.value.issues[0].code == "too_many_items"
    assert refused.value.issues[0].field == "inputs.names"


def test_more_than_fifty_items_fail_the_step_where_it_shows_only_then(drive: Drive) -> None:
    made = graph(
        [
            brief("topic"),
            text("many", "{% for i in (1..51) %}{{ i }}\n{% endfor %}"),
            parallel(items="nodes.many.text"),
            text("one", parent="lanes"),
        ],
        "brief > many > lanes",
    )
    execution = drive.run(made, topic="x")
    assert execution.status == "failed"
    assert execution.node_runs.get(key="lanes").error["code"] == "too_many_items"


def failing(on_item_error: str, max_parallel: int = 20) -> object:
    return graph(
        [
            brief(names="list"),
            parallel(items="brief.names", on_item_error=on_item_error, max_parallel=max_parallel),
            text("one", "{{ 10 | divided_by: item }}", parent="lanes"),
            text("two", "{{ nodes.one.text }}", parent="lanes"),
            text("join", "{% for t in nodes.two.text %}{{ t | default: 'none' }};{% endfor %}"),
        ],
        "brief > lanes > join",
        "one > two",
    )


def test_with_continue_a_failed_lane_is_null_in_item_order(drive: Drive) -> None:
    execution = drive.run(failing("continue"), names=["5", "0", "2"])
    assert execution.status == "completed"
    assert outputs(execution)["join"]["text"] == "2;none;5;"
    container = outputs(execution)["lanes"]
    assert (container["completed"], container["failed"]) == (2, 1)
    assert [lane["status"] for lane in container["lanes"]] == ["completed", "failed", "completed"]
    assert statuses(execution)["two[1]"] == "skipped"


def test_with_fail_no_new_lane_starts_and_the_container_fails(drive: Drive) -> None:
    execution = drive.run(failing("fail", max_parallel=1), names=["5", "0", "2"])
    assert execution.status == "failed"
    found = statuses(execution)
    assert found["lanes"] == "failed"
    assert found["two[0]"] == "completed"
    assert found["one[2]"] == "pending"
    assert execution.node_runs.get(key="lanes").error["code"] == "items_failed"


def test_max_parallel_bounds_the_lanes_under_way(drive: Drive) -> None:
    execution = drive.launch(pack("brief.names", max_parallel=2), names=list("abcde"))
    drive.commit()
    most = 0
    while drive.sent:
        drive.step()
        busy = execution.node_runs.filter(status__in=["queued", "running"]).exclude(lane="")
        most = max(most, busy.values("lane").distinct().count())
    execution.refresh_from_db()
    assert execution.status == "completed"
    assert most == 2


def test_the_item_has_its_own_name_inside(drive: Drive) -> None:
    made = graph(
        [
            brief(names="list"),
            parallel(items="brief.names", item_name="product"),
            text("one", "{{ product }}", parent="lanes"),
            text("join", "{{ nodes.one.text | join: '+' }}"),
        ],
        "brief > lanes > join",
    )
    assert outputs(drive.run(made, names=["a", "b"]))["join"]["text"] == "a+b"


def test_a_container_on_a_skipped_side_is_skipped_with_its_inside(drive: Drive) -> None:
    branch = {"name": "yes", "rules": [{"left": "brief.topic", "operator": "is_empty"}]}
    made = graph(
        [
            brief("topic"),
            node("check", "conditional", branches=[branch]),
            parallel(),
            text("a", parent="lanes"),
            text("end"),
        ],
        "brief > check.yes > lanes > end",
        "check.else > end",
    )
    execution = drive.run(made, topic="x")
    assert execution.status == "completed"
    assert statuses(execution)["lanes"] == statuses(execution)["a"] == "skipped"


def test_with_continue_the_container_fails_when_every_lane_did(drive: Drive) -> None:
    execution = drive.run(failing("continue"), names=["0", "0"])
    assert execution.status == "failed"
    found = statuses(execution)
    assert found["lanes"] == "failed"
    assert found["two[0]"] == found["join"] == "pending"
    assert execution.node_runs.get(key="lanes").error["code"] == "items_failed"
