"""The page of a run in a browser: it follows, it leaves what people do alone, it stops."""

from __future__ import annotations

import re
import threading
import time
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests import factories as make
from tests.conftest import Processes, add_providers
from tests.e2e.browsing import PHONE, axe, tab_to
from tests.e2e.conftest import OpenPage
from tests.engine import Drive
from tests.graphs import brief, copy, graph, node, text
from tests.scripted_openai import ScriptedOpenAI
from workflows.engine.states import AgentStatus, ExecutionStatus, NodeStatus
from workflows.models import NodeRun, WorkflowExecution
from workspaces.models import User, Workspace

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("redis")]

AT_MOST = 2
"""Polls after which a change is shown: one may be under way when it happens, the next tells."""


def polls_of(page: Page) -> list[int]:
    """How each poll of the page has been answered, as the browser counts them."""
    found = page.evaluate(
        "performance.getEntriesByType('resource')"
        ".filter((one) => one.name.includes('/live?')).map((one) => one.responseStatus)"
    )
    return list(found)


def address(run: WorkflowExecution) -> str:
    return f"/w/{run.workspace.slug}/runs/{run.pk}"


def test_the_page_shows_each_change_with_the_next_poll_and_stops_at_the_end(
    processes: Processes,
    browser_page: OpenPage,
    workspace: Workspace,
    editor: User,
    scripted_openai: ScriptedOpenAI,
) -> None:
    gate = threading.Event()
    add_providers(scripted_openai.base_url)
    scripted_openai.latency = lambda call: 0.0 if "Slow" not in call.prompt else _held(gate)
    flow = graph(
        [brief("topic"), copy("quick", "Quick {{ brief.topic }}"), copy("slow", "Slow one")],
        "brief > quick > slow",
    )
    run = Drive([], workspace, editor).launch(flow, topic="tea")
    page = browser_page(editor)
    page.goto(address(run))
    expect(page.get_by_role("heading", name="0 of 3 steps done")).to_be_visible()

    processes.start("worker", "--processes", "1")
    made = _wait_for(lambda: NodeRun.objects.filter(execution=run, key="quick", status="completed"))
    since = len(polls_of(page))
    expect(page.locator("#node-quick")).to_contain_text("Done")
    expect(page.locator("#out-quick")).to_contain_text(made.output["text"][:40])
    assert len(polls_of(page)) - since <= AT_MOST
    expect(page.locator("#node-slow")).to_contain_text("Running")

    gate.set()
    _wait_for(lambda: WorkflowExecution.objects.filter(pk=run.pk, status="completed"))
    since = len(polls_of(page))
    expect(page.locator(".run__head")).to_contain_text("Completed")
    assert len(polls_of(page)) - since <= AT_MOST
    expect(page.get_by_text(f"Finished: {run.title}")).to_be_visible()
    polls = polls_of(page)
    page.wait_for_timeout(2_500)
    assert polls_of(page) == polls
    assert set(polls) == {200, 204}


def _held(gate: threading.Event) -> float:
    gate.wait(30)
    return 0.0


def _wait_for(rows: Any) -> Any:
    until = time.monotonic() + 40
    while time.monotonic() < until:
        if found := rows().first():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen")


@pytest.fixture
def run(workspace: Workspace, editor: User) -> WorkflowExecution:
    """A run under way: copy that is being written, lanes, a failed step, much text."""
    box = node("box", "parallel", items="Mug\nBag\nLamp")
    chain = [text(f"s{n}") for n in range(12)]
    flow = graph(
        [brief("topic"), *chain, box, text("line", parent="box"), copy("lines", quantity=3)],
        " > ".join(["brief", *(f"s{n}" for n in range(12)), "box", "lines"]),
    )
    template = make.TemplateFactory(workspace=workspace, graph=flow, name="Kit")
    run = make.ExecutionFactory(
        workspace=workspace,
        version=template.current_version,
        launched_by=editor,
        title="Autumn",
        active_since=timezone.now(),
    )
    make.NodeRunFactory(execution=run, key="brief", type="brief")
    for n in range(12):
        body = "A line of text.\n" * 60
        make.NodeRunFactory(execution=run, key=f"s{n}", type="compose_text", output={"text": body})
    make.NodeRunFactory(
        execution=run, key="box", type="parallel", status=NodeStatus.WAITING, wait_for="lanes"
    )
    for lane, status in enumerate((NodeStatus.COMPLETED, NodeStatus.QUEUED, NodeStatus.PENDING)):
        make.NodeRunFactory(
            execution=run, key="line", type="compose_text", lane=str(lane), item=f"Item {lane}",
            status=status,
        )  # fmt: skip
    broken = make.NodeRunFactory(
        execution=run, key="lines", status=NodeStatus.FAILED,
        error={"code": "timeout", "message": "The service was away.", "hint": "Wait a while."},
    )  # fmt: skip
    for index in range(3):
        make.AgentJobFactory(
            node_run=broken,
            index=index,
            status=AgentStatus.FAILED if index else AgentStatus.COMPLETED,
            output=None if index else {"text": "Hello there", "fields": {}},
        )
    return run


def change(run: WorkflowExecution, **fields: Any) -> None:
    """What a worker would do: something visible, and the revision counted up."""
    NodeRun.objects.filter(execution=run, key="line", lane="1").update(
        status=NodeStatus.COMPLETED, output={"text": "Fresh text"}, finished_at=timezone.now()
    )
    WorkflowExecution.objects.filter(pk=run.pk).update(revision=F("revision") + 1, **fields)


def test_what_a_person_does_survives_the_polls(
    browser_page: OpenPage, editor: User, run: WorkflowExecution
) -> None:
    page = browser_page(editor)
    page.goto(f"{address(run)}?view=list")
    page.locator("#earlier > summary").click()
    page.locator("#lanes-line > summary").click()
    page.locator("#out-s0 .piece__text").evaluate("box => { box.scrollTop = 120; }")
    page.evaluate("window.scrollTo(0, 300)")
    page.locator("#row-s3").focus()
    page.evaluate(
        "() => getSelection().selectAllChildren(document.querySelector('#out-s1 .piece__text p'))"
    )
    chosen = page.evaluate("getSelection().toString()")
    assert "A line of text." in chosen

    change(run)

    expect(page.locator("#row-line-1")).to_contain_text("Done")
    expect(page.locator("#row-line-1")).to_be_visible()
    assert page.locator("#out-s0 .piece__text").evaluate("box => box.scrollTop") == 120
    assert page.evaluate("window.scrollY") == 300
    assert page.evaluate("document.activeElement.id") == "row-s3"
    assert page.locator("#earlier").get_attribute("open") is not None
    assert page.evaluate("getSelection().toString()") == chosen


def test_what_has_the_focus_is_redrawn_too(
    browser_page: OpenPage, editor: User, run: WorkflowExecution
) -> None:
    page = browser_page(editor)
    page.goto(address(run))
    page.locator("#node-line").focus()
    expect(page.locator("#node-line")).to_contain_text("1 of 3 done")

    change(run)

    expect(page.locator("#node-line")).to_contain_text("2 of 3 done")
    assert page.evaluate("document.activeElement.id") == "node-line"


def test_the_panel_of_a_step_stays_open_follows_the_step_and_gives_the_focus_back(
    browser_page: OpenPage, editor: User, run: WorkflowExecution
) -> None:
    page = browser_page(editor)
    page.goto(address(run))
    step = page.locator("#node-line")
    step.click()
    panel = page.get_by_role("complementary", name="Step")
    expect(panel.get_by_role("heading", name="Line")).to_be_visible()
    panel.locator("#step-lanes > summary").click()
    panel.get_by_role("link", name="2. Item 1").click()
    expect(panel.locator(".step__name")).to_contain_text("Queued")

    change(run)

    expect(panel.locator(".step__name")).to_contain_text("Done")
    expect(panel).to_contain_text("Fresh text")
    axe(page)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert page.evaluate("document.activeElement.id") == "node-line"


def test_time_goes_on_between_polls_without_the_server(
    browser_page: OpenPage, editor: User, run: WorkflowExecution
) -> None:
    page = browser_page(editor)
    page.goto(address(run))
    clock = page.locator(".facts__list [data-clock]")
    before = clock.inner_text()

    page.wait_for_timeout(3_200)

    assert clock.inner_text() != before
    assert set(polls_of(page)) == {204}


def test_a_page_that_is_left_open_over_the_end_says_so_once(
    browser_page: OpenPage, editor: User, run: WorkflowExecution
) -> None:
    page = browser_page(editor)
    page.goto(address(run))
    change(run, status=ExecutionStatus.FAILED, active_since=None)
    toast = page.locator(".toast")
    expect(toast).to_have_count(1)
    expect(toast).to_contain_text("Failed: Autumn")
    live = page.locator("#run")
    expect(live).to_have_attribute("hx-get", re.compile("status=failed"))
    expect(live).to_have_attribute("hx-trigger", re.compile("every 10s"))


def test_every_step_is_reached_and_opened_by_keyboard(
    browser_page: OpenPage, editor: User, run: WorkflowExecution
) -> None:
    page = browser_page(editor)
    page.goto(address(run))
    tab_to(page, page.locator("#node-s2"))
    page.keyboard.press("Enter")
    expect(page.locator("#step-panel").get_by_role("heading", name="S2")).to_be_visible()


def test_the_graph_and_the_list_change_places(
    browser_page: OpenPage, editor: User, run: WorkflowExecution
) -> None:
    page = browser_page(editor)
    page.goto(address(run))
    page.get_by_role("link", name="List").click()
    expect(page.locator("#steps-list")).to_be_visible()
    expect(page.locator("#graph")).to_have_count(0)
    assert page.url.endswith("view=list")
    change(run)
    expect(page.locator("#lanes-line")).to_contain_text("2 of 3 done")
    page.wait_for_timeout(1_500)
    expect(page.locator("#graph")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_runs_are_accessible(
    scheme: str, browser_page: OpenPage, editor: User, run: WorkflowExecution
) -> None:
    page = browser_page(editor, color_scheme=scheme)
    for path in ("", "?view=list", "/steps/lines", "/steps/line?lane=1"):
        page.goto(address(run) + path)
        axe(page)
    page.goto("/w/alder-pine/runs")
    axe(page)


def test_a_phone_shows_the_steps_as_a_list(
    browser_page: OpenPage, editor: User, run: WorkflowExecution
) -> None:
    page = browser_page(editor, size=PHONE, has_touch=True)
    page.goto(address(run))
    expect(page.locator("#graph")).to_be_hidden()
    expect(page.get_by_text("13 earlier steps")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    page.locator("#row-lines").click()
    expect(page.locator("#step-panel").get_by_role("heading", name="Lines")).to_be_visible()
    axe(page)


def test_the_list_of_runs_follows_and_filters(
    browser_page: OpenPage, editor: User, run: WorkflowExecution
) -> None:
    other = make.ExecutionFactory(
        workspace=run.workspace, title="Spring", status=ExecutionStatus.COMPLETED,
        template=run.version.template,
    )  # fmt: skip
    page = browser_page(editor)
    page.goto("/w/alder-pine/runs")
    row = page.locator(f"#run-{run.pk}")
    expect(row).to_contain_text("Running")

    change(run, status=ExecutionStatus.STOPPED)
    expect(row).to_contain_text("Stopped")

    page.get_by_role("link", name="Completed", exact=True).click()
    expect(row).to_have_count(0)
    expect(page.locator(f"#run-{other.pk}")).to_be_visible()
    page.get_by_label("Person").select_option(label="Editor")
    expect(page.get_by_text("No run matches")).to_be_visible()
    assert "status=completed" in page.url
    assert f"person={editor.pk}" in page.url
    page.go_back()
    expect(page.locator(f"#run-{other.pk}")).to_be_visible()


def test_copying_a_variant_takes_its_text(
    browser_page: OpenPage, editor: User, run: WorkflowExecution
) -> None:
    page = browser_page(editor, permissions=["clipboard-read", "clipboard-write"])
    page.goto(address(run))
    page.get_by_role("button", name="Copy Variant 1").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "Hello there"
