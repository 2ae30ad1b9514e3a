"""The buttons of a run's page: what each role sees, and what pressing one answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests import factories as make
from tests.engine import Drive
from tests.graphs import brief, copy, graph, node, text
from tests.scripted_openai import ScriptedOpenAI, status
from tests.workflows.views.conftest import Visitor
from tests.workflows.views.test_monitor import queries_of
from workflows.engine.states import AgentStatus, ExecutionStatus, NodeStatus
from workflows.executions.pause import pause
from workflows.executions.retry import retry
from workflows.executions.stop import stop
from workflows.models import NodeRun, WorkflowExecution
from workspaces.models import User, Workspace

Visit = Callable[[User], Visitor]
SMALL = graph([brief("topic"), text("teaser", "On {{ brief.topic }}")], "brief > teaser")
BUTTONS = {
    "pending": {"Pause", "Stop run"},
    "running": {"Pause", "Stop run"},
    "paused": {"Resume", "Stop run"},
    "completed": set(),
    "failed": set(),
    "stopped": set(),
}


@pytest.fixture
def broken(drive: Drive, providers: ScriptedOpenAI) -> WorkflowExecution:
    """A failed run: one agent of two finished, and a step below waits for them."""
    providers.when(lambda call: True, status(401))
    flow = graph(
        [brief("topic"), copy("lines", quantity=2), text("all", "{{ nodes.lines.text }}")],
        "brief > lines > all",
    )
    return drive.run(flow, topic="mugs")


def head_of(answer: Any) -> str:
    """The header of the run."""
    page = answer.content.decode()
    return str(page.split('class="run__head"')[1].split("</header>")[0])


def buttons_of(html: str) -> set[str]:
    """The words of the buttons, hidden ones left out."""
    found = re.findall(r'class="button[^>]*>(.*?)</(?:a|button)>', html, re.DOTALL)
    plain = [re.sub(r'<span class="visually-hidden">.*?</span>|<[^>]+>', "", one) for one in found]
    return {" ".join(one.split()) for one in plain}


def toast_of(answer: Any) -> tuple[str, str]:
    """The text and the level of the toast that an answer raises."""
    toast = json.loads(answer["HX-Trigger"])["toast"]
    return toast["text"], toast["level"]


@pytest.mark.parametrize("stand", list(ExecutionStatus))
def test_only_what_is_legal_is_offered_and_to_those_who_may(
    workspace: Workspace, visit: Visit, editor: User, reviewer: User, stand: ExecutionStatus
) -> None:
    run = make.ExecutionFactory(workspace=workspace, status=stand)
    assert buttons_of(head_of(visit(editor).get(f"/runs/{run.pk}"))) == BUTTONS[stand]
    assert buttons_of(head_of(visit(reviewer).get(f"/runs/{run.pk}"))) == set()


def test_a_viewer_sees_no_way_to_control_a_run(
    broken: WorkflowExecution, visit: Visit, viewer: User
) -> None:
    for path in (f"/runs/{broken.pk}", f"/runs/{broken.pk}/steps/lines"):
        page = visit(viewer).get(path).content.decode().split('id="main"')[1]
        assert "<form" not in page
        assert "stop-run" not in page
        assert "Edit workflow" not in page


def test_each_button_answers_with_the_run_as_it_stands_and_a_toast(
    drive: Drive, visit: Visit, editor: User
) -> None:
    run = drive.launch(SMALL, topic="apples")
    visitor = visit(editor)

    paused = visitor.post(f"/runs/{run.pk}/pause", htmx=True)
    assert paused.status_code == 200
    assert buttons_of(head_of(paused)) == {"Resume", "Stop run"}
    assert "Paused by Editor" in paused.content.decode()
    assert toast_of(paused) == ("Paused. What runs now still finishes.", "success")

    resumed = visitor.post(f"/runs/{run.pk}/resume", htmx=True)
    assert buttons_of(head_of(resumed)) == {"Pause", "Stop run"}
    assert toast_of(resumed) == ("The run goes on.", "success")

    stopped = visitor.post(f"/runs/{run.pk}/stop", {"view": "list"}, htmx=True)
    page = stopped.content.decode()
    assert buttons_of(head_of(stopped)) == set()
    assert "Stopped by Editor" in page
    assert "2 steps were skipped" in page
    assert "steps--list" in page
    assert "hx-trigger" not in page.split('id="run"')[1].split(">")[0]


def test_without_scripts_each_button_leads_back_to_the_run(
    drive: Drive, visit: Visit, editor: User
) -> None:
    run = drive.launch(SMALL, topic="apples")
    visitor = visit(editor)
    answer = visitor.post(f"/runs/{run.pk}/pause", {"view": "list"})
    assert answer.status_code == 302
    assert answer["Location"] == f"{visitor.root}/runs/{run.pk}?view=list"
    assert "What runs now still finishes." in visitor.get(f"/runs/{run.pk}").content.decode()


def test_stopping_is_asked_about_on_a_page_where_there_is_no_dialog(
    drive: Drive, visit: Visit, editor: User
) -> None:
    run = drive.launch(SMALL, topic="apples")
    visitor = visit(editor)
    page = visitor.get(f"/runs/{run.pk}/stop").content.decode()
    assert "Stop this run?" in page
    assert f'action="{visitor.root}/runs/{run.pk}/stop"' in page
    assert WorkflowExecution.objects.get(pk=run.pk).status == "running"
    assert visitor.post(f"/runs/{run.pk}/stop").status_code == 302
    assert WorkflowExecution.objects.get(pk=run.pk).status == "stopped"


def test_whoever_comes_second_is_told_who_was_first(
    drive: Drive, visit: Visit, editor: User, owner: User
) -> None:
    run = drive.launch(SMALL, topic="apples")
    pause(run.pk, user=owner)
    late = visit(editor).post(f"/runs/{run.pk}/pause", htmx=True)
    assert toast_of(late) == ("Owner has already paused it.", "warning")
    assert buttons_of(head_of(late)) == {"Resume", "Stop run"}
    stop(run.pk, user=owner)
    late = visit(editor).post(f"/runs/{run.pk}/stop", htmx=True)
    assert toast_of(late) == ("Owner has already stopped it.", "warning")
    late = visit(editor).post(f"/runs/{run.pk}/resume", htmx=True)
    assert toast_of(late)[1] == "warning"
    assert "stopped" in toast_of(late)[0]


def test_a_button_pressed_twice_has_simply_done_its_work(
    drive: Drive, visit: Visit, editor: User
) -> None:
    run = drive.launch(SMALL, topic="apples")
    visitor = visit(editor)
    first, second = (visitor.post(f"/runs/{run.pk}/pause", htmx=True) for _ in range(2))
    assert toast_of(first) == toast_of(second)


def test_a_failed_step_offers_what_can_be_done_and_says_what_it_takes(
    broken: WorkflowExecution, visit: Visit, editor: User
) -> None:
    page = visit(editor).get(f"/runs/{broken.pk}").content.decode()
    card = page.split('id="trouble-lines-"')[1].split("</section>")[0]
    assert buttons_of(card) == {"Retry 1 variant", "Skip, keep 1"}
    assert "1 of 2 finished and are kept. A retry makes only the missing variant." in card
    assert "Start fresh" in card
    template = broken.version.template_id
    assert f'href="/w/alder-pine/workflows/{template}">Edit workflow' in card
    assert "Retry all failed" not in page


def test_what_a_retry_costs_is_said_where_it_is_known(
    workspace: Workspace, visit: Visit, editor: User
) -> None:
    flow = graph([brief("topic"), node("cards", "generate_image", prompt="x", quantity=4)])
    template = make.TemplateFactory(workspace=workspace, graph=flow)
    run = make.ExecutionFactory(
        workspace=workspace, version=template.current_version, status=ExecutionStatus.FAILED,
        expected={"calls": 4, "cost": "0.42", "steps": {"cards": [4, 9.0, "0.42"]}},
    )  # fmt: skip
    cards = make.NodeRunFactory(
        execution=run, key="cards", type="generate_image", status=NodeStatus.FAILED
    )
    for index in range(4):
        state = AgentStatus.FAILED if index > 1 else AgentStatus.COMPLETED
        make.AgentJobFactory(node_run=cards, index=index, status=state)

    page = visit(editor).get(f"/runs/{run.pk}").content.decode()

    assert "A retry makes only the 2 missing images, for about $0.21." in page
    assert {"Retry 2 images", "Skip, keep 2"} <= buttons_of(page)


def test_a_retry_from_the_card_lets_the_run_go_on(
    broken: WorkflowExecution, drive: Drive, visit: Visit, editor: User
) -> None:
    answer = visit(editor).post(f"/runs/{broken.pk}/retry", {"key": "lines"}, htmx=True)
    assert toast_of(answer) == ("Trying again.", "success")
    assert 'hx-trigger="every 1s"' in answer.content.decode()
    assert "trouble-lines" not in answer.content.decode()
    assert drive.work(broken).status == "completed"


def test_a_retry_that_came_too_late_says_who_was_faster(
    broken: WorkflowExecution, visit: Visit, editor: User, owner: User
) -> None:
    retry(broken.pk, key="lines", user=owner)
    answer = visit(editor).post(f"/runs/{broken.pk}/retry", {"key": "lines"}, htmx=True)
    assert toast_of(answer) == ("Owner has already retried it.", "warning")
    assert NodeRun.objects.get(execution=broken, key="lines").attempt == 2


def test_starting_fresh_calls_every_agent_again(
    broken: WorkflowExecution, drive: Drive, visit: Visit, editor: User, providers: ScriptedOpenAI
) -> None:
    calls = len(providers.calls_to("chat"))
    visit(editor).post(f"/runs/{broken.pk}/retry", {"key": "lines", "fresh": "1"}, htmx=True)
    assert drive.work(broken).status == "completed"
    assert len(providers.calls_to("chat")) == calls + 2


def test_a_skip_from_the_card_keeps_what_there_was(
    broken: WorkflowExecution, drive: Drive, visit: Visit, editor: User
) -> None:
    answer = visit(editor).post(f"/runs/{broken.pk}/skip", {"key": "lines"}, htmx=True)
    assert toast_of(answer) == ("Skipped. The run goes on.", "success")
    assert "Skipped, kept 1" in answer.content.decode()
    assert drive.work(broken).status == "completed"


def test_several_failed_steps_are_retried_at_once_or_one_by_one(
    drive: Drive, visit: Visit, editor: User, providers: ScriptedOpenAI
) -> None:
    providers.when(lambda call: "Write c" not in call.prompt, status(401), times=2)
    box = node("each", "parallel", items="a\nb\nc")
    step = copy("one", "Write {{ item }}", "each")
    run = drive.run(graph([brief(), box, step], "brief > each"))
    visitor = visit(editor)
    page = visitor.get(f"/runs/{run.pk}").content.decode()
    assert "2 steps failed" in page
    assert page.count("button--primary") == 1
    assert {"Retry all failed", "Retry 1 variant"} <= buttons_of(page)

    one = visitor.post(f"/runs/{run.pk}/retry", {"key": "one", "lane": "1"}, htmx=True)
    assert "trouble-one-1" not in one.content.decode()
    assert "trouble-one-0" in one.content.decode()
    rest = visitor.post(f"/runs/{run.pk}/retry", htmx=True)
    assert 'class="card trouble"' not in rest.content.decode()
    assert drive.work(run).status == "completed"


@pytest.mark.parametrize("verb", ["retry", "skip"])
def test_a_step_that_is_not_there_changes_nothing(
    broken: WorkflowExecution, visit: Visit, editor: User, verb: str
) -> None:
    for data in ({"key": "nothing"}, {"key": "lines", "lane": "9"}, {"key": "a\x00b"}):
        answer = visit(editor).post(f"/runs/{broken.pk}/{verb}", data, htmx=True)
        assert toast_of(answer) == ("This run has no such step.", "error")
    assert WorkflowExecution.objects.get(pk=broken.pk).status == "failed"


def test_the_panel_of_a_failed_step_offers_the_same(
    broken: WorkflowExecution, visit: Visit, editor: User
) -> None:
    visitor = visit(editor)
    panel = visitor.get(f"/runs/{broken.pk}/steps/lines", htmx=True).content.decode()
    assert {"Retry 1 variant", "Skip, keep 1", "Start fresh"} <= buttons_of(panel)
    assert "hx-post" in panel
    alone = visitor.get(f"/runs/{broken.pk}/steps/lines").content.decode().split('id="step"')[1]
    assert {"Retry 1 variant", "Skip, keep 1", "Start fresh"} <= buttons_of(alone)
    assert "hx-post" not in alone
    fine = visitor.get(f"/runs/{broken.pk}/steps/brief", htmx=True).content.decode()
    assert "Retry" not in fine


def test_a_paused_run_retries_once_it_is_resumed(
    broken: WorkflowExecution, visit: Visit, editor: User
) -> None:
    retry(broken.pk, user=editor)
    pause(broken.pk, user=editor)
    NodeRun.objects.filter(execution=broken, key="lines").update(status="failed")
    answer = visit(editor).post(f"/runs/{broken.pk}/retry", {"key": "lines"}, htmx=True)
    assert toast_of(answer)[0] == "Retried. It goes on once the run is resumed."


def test_a_pending_run_says_where_it_stands_in_line_and_moves_up(
    workspace: Workspace, visit: Visit, viewer: User
) -> None:
    first, second = (
        make.ExecutionFactory(workspace=workspace, status=ExecutionStatus.PENDING, started_at=None)
        for _ in range(2)
    )
    visitor = visit(viewer)
    page = visitor.get(f"/runs/{second.pk}").content.decode()
    assert "Waiting for a free slot, 2nd in line" in page
    assert "10 runs at work at once" in page
    assert "Queued, 2nd in line" in visitor.get("/runs").content.decode()
    assert "Queued, 1st in line" in visitor.get("/runs").content.decode()
    seen = re.search(r"revision=([\d.]+)", page)
    assert seen
    idle, queries = queries_of(lambda: visitor.live(second, seen[1]))
    assert (idle.status_code, len(queries)) == (204, 2)

    WorkflowExecution.objects.filter(pk=first.pk).update(status=ExecutionStatus.RUNNING)
    moved, queries = queries_of(lambda: visitor.live(second, seen[1]))
    assert "1st in line" in moved.content.decode()
    assert len(queries) <= 6


@pytest.mark.parametrize("stand", ["paused", "stopped"])
def test_who_paused_or_stopped_a_run_costs_no_query_more(
    drive: Drive, visit: Visit, viewer: User, owner: User, stand: str
) -> None:
    run = drive.launch(SMALL, topic="apples")
    {"paused": pause, "stopped": stop}[stand](run.pk, user=owner)
    visitor = visit(viewer)
    visitor.get(f"/runs/{run.pk}")
    answer, queries = queries_of(lambda: visitor.live(run, 0))
    assert f"{stand.capitalize()} by Owner" in answer.content.decode()
    assert len(queries) <= 6, queries


def test_a_step_that_waits_for_agents_says_so(
    workspace: Workspace, visit: Visit, viewer: User
) -> None:
    run = make.ExecutionFactory(workspace=workspace)
    make.NodeRunFactory(
        execution=run, key="teaser", type="compose_text", status=NodeStatus.QUEUED,
        wait_for="agents",
    )  # fmt: skip
    assert "Waits for agents" in visit(viewer).get(f"/runs/{run.pk}").content.decode()
    panel = visit(viewer).get(f"/runs/{run.pk}/steps/teaser", htmx=True).content.decode()
    assert "at most 20 of a run work at once" in panel
