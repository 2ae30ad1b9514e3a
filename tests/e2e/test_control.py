"""Controlling a run in a browser: real workers, by mouse and by keyboard, on every screen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import factories as make
from tests.conftest import Processes, add_providers, wait_until
from tests.e2e.browsing import PHONE, Tab, axe, tab_to
from tests.e2e.conftest import OpenPage
from tests.engine import Drive
from tests.graphs import brief, copy, graph, text
from tests.scripted_openai import ScriptedOpenAI, status
from workflows.executions import finish
from workflows.executions.claim import claim
from workflows.executions.pause import pause
from workflows.executions.retry import retry
from workflows.models import NodeRun, WorkflowExecution, WorkflowTemplate
from workflows.nodes.base import NodeError
from workspaces.models import User, Workspace

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("redis"),
    pytest.mark.timeout(300),
]
SOON = 60_000
"""Milliseconds that a few small steps take on a busy machine."""
FLOW = graph(
    [
        brief("topic"),
        copy("first", "Slow {{ brief.topic }}"),
        copy("lines", "On {{ brief.topic }}", quantity=2),
        text("all", "{{ nodes.lines.text }}"),
    ],
    "brief > first > lines > all",
)


@pytest.fixture
def gate(scripted_openai: ScriptedOpenAI, db: None) -> threading.Event:
    """The step called first goes on once this is set; one agent of lines fails, once."""
    opened = threading.Event()
    add_providers(scripted_openai.base_url)
    scripted_openai.latency = lambda call: _held(opened) if "Slow" in call.prompt else 0.0
    scripted_openai.when(lambda call: "On tea" in call.prompt, status(401))
    return opened


def _held(gate: threading.Event) -> float:
    gate.wait(60)
    return 0.0


@pytest.fixture
def template(workspace: Workspace, editor: User) -> WorkflowTemplate:
    return make.TemplateFactory(workspace=workspace, graph=FLOW, name="Kit", created_by=editor)


def launch(page: Page, template: WorkflowTemplate, press: Callable[[Any], None]) -> Any:
    """Launch the workflow from its form; the run, once its first step is at work."""
    page.goto(f"/w/{template.workspace.slug}/workflows/{template.pk}/launch")
    page.get_by_label("topic", exact=False).first.fill("tea")
    press(page.get_by_role("button", name="Launch").first)
    page.wait_for_url("**/runs/*")
    expect(page.locator("#node-first")).to_contain_text("Running", timeout=SOON)
    return WorkflowExecution.objects.get()


def is_at(run: WorkflowExecution, stand: str) -> None:
    """The run has come to a status."""
    rows = WorkflowExecution.objects.filter(pk=run.pk, status=stand)
    wait_until(rows.exists, 30, f"run is {stand}")


def test_a_run_is_paused_resumed_mended_and_stopped_with_the_mouse(
    processes: Processes,
    gate: threading.Event,
    template: WorkflowTemplate,
    browser_page: OpenPage,
    editor: User,
) -> None:
    processes.start("worker", "--processes", "2")
    page = browser_page(editor)
    run = launch(page, template, lambda button: button.click())

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("heading", name="Paused by Editor")).to_be_visible()
    expect(page.locator(".toast")).to_contain_text("What runs now still finishes.")
    expect(page.locator("#run-hold-button")).to_be_focused()
    is_at(run, "paused")
    axe(page)
    gate.set()
    expect(page.locator("#node-first")).to_contain_text("Done", timeout=SOON)
    assert NodeRun.objects.get(execution=run, key="lines").status in ("pending", "queued")

    page.get_by_role("button", name="Resume").click()
    card = page.get_by_role("region", name="Lines stopped at 1 of 2")
    expect(card).to_be_visible(timeout=SOON)
    expect(card).to_contain_text("A retry makes only the missing variant.")
    expect(page.locator(".run__head")).to_contain_text("Failed")
    axe(page)

    card.get_by_role("button", name="Retry 1 variant").click()
    expect(page.locator(".run__head")).to_contain_text("Completed", timeout=SOON)
    expect(card).to_have_count(0)
    is_at(run, "completed")


def test_a_run_is_stopped_after_a_question(
    processes: Processes,
    gate: threading.Event,
    template: WorkflowTemplate,
    browser_page: OpenPage,
    editor: User,
) -> None:
    processes.start("worker", "--processes", "1")
    page = browser_page(editor)
    run = launch(page, template, lambda button: button.click())
    page.get_by_role("button", name="Stop run").click()
    dialog = page.get_by_role("dialog", name="Stop this run?")
    expect(dialog).to_be_visible()
    axe(page)
    dialog.get_by_role("button", name="Keep it running").click()
    expect(dialog).to_be_hidden()
    assert WorkflowExecution.objects.get(pk=run.pk).status == "running"

    page.get_by_role("button", name="Stop run").click()
    dialog.get_by_role("button", name="Stop run").click()
    expect(page.get_by_role("heading", name="Stopped by Editor")).to_be_visible()
    expect(dialog).to_be_hidden()
    expect(page.locator("#run-title")).to_be_focused()
    expect(page.get_by_role("button", name="Stop run")).to_have_count(0)
    assert page.locator("#run").get_attribute("hx-get") is None
    axe(page)


def _press(page: Page, wanted: Any) -> None:
    tab_to(page, wanted, most=80)
    page.keyboard.press("Enter")


def test_the_same_with_the_keyboard_alone(
    processes: Processes,
    gate: threading.Event,
    template: WorkflowTemplate,
    browser_page: OpenPage,
    editor: User,
) -> None:
    processes.start("worker", "--processes", "2")
    page = browser_page(editor)
    run = launch(page, template, lambda button: _press(page, button))
    _press(page, page.get_by_role("button", name="Pause"))
    resume = page.get_by_role("button", name="Resume")
    expect(resume).to_be_focused()
    gate.set()
    page.keyboard.press("Enter")
    retry = page.get_by_role("button", name="Retry 1 variant")
    expect(retry).to_be_visible(timeout=SOON)
    expect(page.locator("#run-title")).to_be_focused()
    _press(page, retry)
    expect(page.locator("#run-title")).to_be_focused()
    expect(page.locator(".run__head")).to_contain_text("Completed", timeout=SOON)
    is_at(run, "completed")


def test_stopping_by_keyboard_opens_the_question_and_escape_takes_it_back(
    drive: Drive, browser_page: OpenPage, editor: User
) -> None:
    run = drive.launch(graph([brief(), text("a")], "brief > a"))
    page = browser_page(editor)
    page.goto(f"/w/alder-pine/runs/{run.pk}")
    stop = page.locator("#run-stop")
    tab_to(page, stop)
    page.keyboard.press("Space")
    dialog = page.get_by_role("dialog", name="Stop this run?")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(stop).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, dialog.get_by_role("button", name="Stop run"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Stopped by Editor")).to_be_visible()


def test_whoever_comes_second_is_told_and_sees_the_run_as_it_is(
    drive: Drive, browser_page: OpenPage, editor: User, owner: User
) -> None:
    run = drive.launch(graph([brief(), text("a")], "brief > a"))
    page = browser_page(editor)
    page.route("**/live?*", lambda route: route.fulfill(status=204))
    page.goto(f"/w/alder-pine/runs/{run.pk}")
    pause(run.pk, user=owner)
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".toast")).to_contain_text("Owner has already paused it.")
    expect(page.get_by_role("button", name="Resume")).to_be_visible()


def test_a_double_click_pauses_and_does_not_resume(
    drive: Drive, browser_page: OpenPage, editor: User
) -> None:
    run = drive.launch(graph([brief(), text("a")], "brief > a"))
    page = browser_page(editor)
    page.goto(f"/w/alder-pine/runs/{run.pk}")
    page.get_by_role("button", name="Pause").dblclick(delay=300)
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    page.wait_for_timeout(800)
    assert WorkflowExecution.objects.get(pk=run.pk).status == "paused"


def test_everything_works_without_scripts(
    drive: Drive, browser_page: OpenPage, editor: User, scripted_openai: ScriptedOpenAI
) -> None:
    add_providers(scripted_openai.base_url)
    scripted_openai.when(lambda call: True, status(401))
    run = drive.run(graph([brief("topic"), copy("lines", quantity=2)], "brief > lines"), topic="x")
    page = browser_page(editor, java_script_enabled=False)
    page.goto(f"/w/alder-pine/runs/{run.pk}?view=list")
    page.get_by_role("button", name="Retry 1 variant").click()
    expect(page.locator(".toast")).to_contain_text("Trying again.")
    assert page.url.endswith("view=list")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Resume").click()
    page.get_by_role("button", name="Stop run").click()
    expect(page.get_by_role("heading", name="Stop this run?")).to_be_visible()
    page.get_by_role("button", name="Stop run").click()
    expect(page.get_by_role("heading", name="Stopped by Editor")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_has_the_failed_card_first_with_its_buttons_in_a_row(
    scheme: str, drive: Drive, browser_page: OpenPage, editor: User,
    scripted_openai: ScriptedOpenAI,
) -> None:  # fmt: skip
    add_providers(scripted_openai.base_url)
    scripted_openai.when(lambda call: call.prompt == "Write", status(401), times=None)
    flow = graph(
        [brief("topic"), copy("lines"), copy("more", "Slow")], "brief > lines", "brief > more"
    )
    run = drive.launch(flow, topic="x")
    drive.commit()
    for _ in range(2):
        drive.step()
    page = browser_page(editor, size=PHONE, has_touch=True, color_scheme=scheme)
    page.goto(f"/w/alder-pine/runs/{run.pk}")
    tops = {
        page.locator(one).bounding_box()["y"]  # type: ignore[index]
        for one in ("#retry-lines--button", "#skip-lines--button", "#stop-lines-")
    }
    assert len(tops) == 1
    for one in ("#retry-lines--button", "#skip-lines--button", "#stop-lines-", "#run-stop"):
        box = page.locator(one).bounding_box()
        assert box and box["height"] >= 44, one
    steps = page.locator(".steps").bounding_box()
    assert steps and steps["y"] > max(tops)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    axe(page)


def test_the_panel_follows_a_retry_from_inside_it(
    drive: Drive, browser_page: OpenPage, tab: Tab, editor: User, scripted_openai: ScriptedOpenAI
) -> None:
    add_providers(scripted_openai.base_url)
    scripted_openai.when(lambda call: True, status(401))
    run = drive.run(graph([brief("topic"), copy("lines", quantity=2)], "brief > lines"), topic="x")
    page = browser_page(editor)
    page.goto(f"/w/alder-pine/runs/{run.pk}")
    page.locator("#node-lines").click()
    panel = page.get_by_role("complementary", name="Step")
    panel.get_by_role("button", name="Retry 1 variant").click()
    expect(panel.locator(".step__name")).to_contain_text("Queued")
    expect(panel.get_by_role("button", name="Retry 1 variant")).to_have_count(0)
    expect(page.locator(".run__head")).to_contain_text("Running")


def test_the_open_page_of_a_failed_run_notices_another_ones_retry(
    drive: Drive, browser_page: OpenPage, viewer: User, editor: User
) -> None:
    run = drive.launch(graph([brief("topic"), text("end")], "brief > end"), topic="tea")
    held = claim(run.node_runs.get(key="brief").pk, 1)
    assert held is not None
    finish.fail(held, {}, NodeError("x", "No"))
    page = browser_page(viewer)
    page.clock.install()
    page.goto(f"/w/alder-pine/runs/{run.pk}")
    expect(page.locator(".run__head")).to_contain_text("Failed")
    retry(run.pk, user=editor)

    polls: list[str] = []
    page.on("request", lambda request: polls.append(request.url))
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    page.clock.run_for(21_000)
    assert not [url for url in polls if "/live" in url], "nobody looks at it"

    page.evaluate("delete document.hidden")
    page.clock.run_for(11_000)
    expect(page.locator(".run__head")).to_contain_text("Running", timeout=SOON)
