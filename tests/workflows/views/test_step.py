"""One step of a run in detail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests import factories as make
from tests.engine import Drive
from tests.graphs import brief, copy, graph, node, text
from tests.scripted_openai import ScriptedOpenAI
from tests.workflows.views.conftest import Visitor
from workflows.models import ReviewTask
from workflows.reviews.decide import decide
from workspaces.models import User

Visit = Callable[[User], Visitor]


def test_a_step_shows_prompt_outputs_calls_and_events(
    drive: Drive, visit: Visit, viewer: User, providers: ScriptedOpenAI
) -> None:
    flow = graph(
        [brief("topic"), copy("lines", "Praise {{ brief.topic }}", quantity=2)], "brief > lines"
    )
    run = drive.run(flow, topic="apples")
    made = run.node_runs.get(key="lines").output["variants"][0]["text"]

    page = visit(viewer).get(f"/runs/{run.pk}/steps/lines").content.decode()

    assert "Praise apples" in page
    assert made in page
    assert "scripted-1" in page
    assert "Queued, attempt 1" in page
    assert "Agent 2 finished" in page
    assert "<h1" in page


def test_the_panel_is_the_part_of_the_steps_page(drive: Drive, visit: Visit, viewer: User) -> None:
    run = drive.run(graph([brief("topic"), text("teaser")], "brief > teaser"), topic="x")
    panel = visit(viewer).get(f"/runs/{run.pk}/steps/teaser", htmx=True)
    assert "<h1" not in panel.content.decode()
    assert "data-panel-close" in panel.content.decode()
    assert "HX-Request" in panel["Vary"]


def test_a_lane_is_named_by_its_item(drive: Drive, visit: Visit, viewer: User) -> None:
    box = node("box", "parallel", items="Mug\nBag")
    flow = graph([brief("topic"), box, text("line", "On {{ item }}", "box")], "brief > box")
    run = drive.run(flow, topic="x")
    visitor = visit(viewer)

    first = visitor.get(f"/runs/{run.pk}/steps/line").content.decode()
    second = visitor.get(f"/runs/{run.pk}/steps/line", lane="1").content.decode()

    assert "On Mug" in first
    assert "On Bag" not in first
    assert "2. Bag" in first
    assert "On Bag" in second
    assert visitor.get(f"/runs/{run.pk}/steps/line", lane="9").status_code == 404


def test_a_step_whose_container_has_not_opened_is_pending(
    drive: Drive, visit: Visit, viewer: User
) -> None:
    box = node("box", "parallel", items="Mug\nBag")
    run = drive.launch(graph([brief("topic"), box, text("line", "x", "box")], "brief > box"))
    page = visit(viewer).get(f"/runs/{run.pk}/steps/line").content.decode()
    assert "Pending" in page
    assert "not yet" in page


def test_an_unknown_step_is_not_there(drive: Drive, visit: Visit, viewer: User) -> None:
    run = drive.launch(graph([brief("topic"), text("teaser")], "brief > teaser"))
    assert visit(viewer).get(f"/runs/{run.pk}/steps/nothing").status_code == 404


def test_earlier_rounds_are_kept_with_what_was_asked(
    drive: Drive, visit: Visit, viewer: User, reviewer: User, providers: ScriptedOpenAI
) -> None:
    check = node("check", "review", show=["nodes.lines.variants"], revise="lines", due_in_hours=1)
    flow = graph([brief("topic"), copy("lines"), check], "brief > lines > check")
    run = drive.run(flow, topic="apples")
    before = run.node_runs.get(key="lines").output["variants"][0]["text"]
    task = ReviewTask.objects.get()
    decide(task_id=task.pk, user=reviewer, verdict="request_changes", comment="Be shorter.")
    drive.work(run)

    page = visit(viewer).get(f"/runs/{run.pk}/steps/lines").content.decode()

    assert "Be shorter." in page
    assert "Round 1" in page
    assert before in page


def test_the_page_of_a_step_asks_as_often_for_many_calls_as_for_one(
    drive: Drive,
    visit: Visit,
    viewer: User,
    providers: ScriptedOpenAI,
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    flow = graph([brief("topic"), copy("lines")], "brief > lines")
    run = drive.launch(flow, topic="x")
    step = run.node_runs.get(key="lines")
    for index in range(20):
        make.AgentJobFactory(node_run=step, index=index)
        make.EventFactory(node_run=step, actor=viewer)
    visitor = visit(viewer)
    with django_assert_max_num_queries(10):
        visitor.get(f"/runs/{run.pk}/steps/lines", htmx=True)
