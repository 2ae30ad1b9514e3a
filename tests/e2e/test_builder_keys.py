"""The same workflow by keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from documents.models import Document
from tests.conftest import Processes
from tests.e2e.browsing import tab_to
from tests.e2e.conftest import OpenPage
from tests.e2e.drawing import connections, saved, step
from tests.scripted_openai import ScriptedOpenAI
from workflows.models import WorkflowExecution, WorkflowTemplate
from workspaces.models import User

pytestmark = [pytest.mark.xdist_group("redis"), pytest.mark.timeout(300)]
SOON = 60_000
FAR = 150


def _press(page: Page, name: str, role: str = "button") -> None:
    tab_to(page, page.get_by_role(role, name=name, exact=True), most=FAR)  # type: ignore[arg-type]
    page.keyboard.press("Enter")


def _add(page: Page, words: str) -> None:
    """Find a step and add it after the one that is selected."""
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.get_by_role("textbox", name="Find a step")).to_be_focused()
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    expect(page.locator(".b-panel :focus")).to_have_count(1)


def _inside(page: Page, words: str) -> None:
    page.keyboard.press("Escape")
    _press(page, "Add a step inside Parallel")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    expect(page.locator(".b-panel :focus")).to_have_count(1)


def _draw(page: Page) -> None:
    _add(page, "copy")
    page.keyboard.type("Write a tagline about {{")
    expect(page.get_by_role("combobox", name="Find a variable")).to_be_focused()
    page.keyboard.type("topic")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Prompt")).to_have_value(
        "Write a tagline about {{ brief.topic }}"
    )
    tab_to(page, page.get_by_role("textbox", name="How many"))
    page.keyboard.press("Control+A")
    page.keyboard.type("5")
    _add(page, "review")
    _add(page, "conditional")
    tab_to(page, page.get_by_role("textbox", name="Variable"))
    page.keyboard.press("ArrowDown")
    page.keyboard.type("review text")
    page.keyboard.press("Enter")
    _add(page, "parallel")
    _inside(page, "image")
    page.keyboard.type("Headline: light")
    _inside(page, "attach")
    page.keyboard.type("Taglines")
    page.keyboard.press("Escape")


def test_a_workflow_is_drawn_and_tested_without_a_mouse(
    browser_page: OpenPage, processes: Processes, providers: ScriptedOpenAI, editor: User
) -> None:
    processes.start("worker", "--processes", "2")
    processes.start("reconcile")
    page = browser_page(editor)
    page.goto("/w/alder-pine/workflows")
    _press(page, "New workflow")
    expect(step(page, "Brief")).to_be_visible()

    _draw(page)

    saved(page)
    assert connections(page) == {
        "brief.out>generate_copy",
        "generate_copy.out>review",
        "review.approved>conditional",
        "conditional.yes>parallel",
    }
    draft = WorkflowTemplate.objects.get().draft
    assert draft
    steps = {node["key"]: node for node in draft["nodes"]}
    assert steps["generate_copy"]["config"]["quantity"] == 5
    assert steps["attach_to_document"]["parent"] == "parallel"

    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("dialog", name="Test run of the draft")).to_be_visible()
    page.keyboard.type("Lumen desk lamp")
    page.keyboard.press("Enter")
    expect(page.locator(".b-run")).to_contain_text("Waiting for review", timeout=SOON)
    _press(page, "Open the run", "link")
    _approve(page)
    assert Document.objects.get().title == "Taglines"

    _press(page, "Workflows", "link")
    page.wait_for_url("**/workflows")
    _press(page, "Untitled workflow", "link")
    page.wait_for_url("**/workflows/*")
    _press(page, "Edit", "link")
    expect(step(page, "Brief")).to_be_visible()
    _press(page, "Launch")
    page.wait_for_url("**/launch")
    tab_to(page, page.get_by_label("Topic"))
    page.keyboard.type("Lumen desk lamp")
    _press(page, "Launch")
    _approve(page)
    assert set(WorkflowExecution.objects.values_list("version__number", flat=True)) == {None, 2}


def _approve(page: Page) -> None:
    """Review what the run shows, and wait for its document."""
    page.wait_for_url("**/runs/*")
    expect(page.get_by_role("link", name="Review", exact=True)).to_be_visible(timeout=SOON)
    _press(page, "Review", "link")
    page.wait_for_url("**/reviews/*")
    _press(page, "Approve")
    page.wait_for_url("**/reviews")
    tab_to(page, page.get_by_role("link", name=re.compile("^Runs")).first, most=FAR)
    page.keyboard.press("Enter")
    page.wait_for_url("**/runs")
    latest = page.get_by_role("main").get_by_role("link", name="Untitled workflow").first
    tab_to(page, latest, most=FAR)
    page.keyboard.press("Enter")
    page.wait_for_url("**/runs/*")
    expect(page.get_by_role("link", name="Open document")).to_be_visible(timeout=SOON)
    _press(page, "Open document", "link")
    page.wait_for_url("**/documents/*")
    expect(page.get_by_role("heading", name="Taglines").first).to_be_visible()


def test_keys_change_the_drawing_and_take_it_back(browser_page: OpenPage, editor: User) -> None:
    page = browser_page(editor)
    page.goto("/w/alder-pine/workflows")
    _press(page, "New workflow")
    expect(step(page, "Brief")).to_be_visible()
    _add(page, "compose")
    page.keyboard.press("Escape")
    page.keyboard.press("F2")
    page.keyboard.type("Teaser")
    page.keyboard.press("Enter")
    expect(step(page, "Teaser")).to_be_focused()
    before = step(page, "Teaser").bounding_box()
    page.keyboard.press("ArrowRight")
    after = step(page, "Teaser").bounding_box()
    assert before and after and after["x"] > before["x"]

    page.keyboard.press("Control+D")
    expect(page.locator(".react-flow__node")).to_have_count(3)
    page.keyboard.press("Control+C")
    page.keyboard.press("Control+V")
    expect(page.locator(".react-flow__node")).to_have_count(4)
    page.keyboard.press("Delete")
    expect(page.locator(".react-flow__node")).to_have_count(3)
    for _ in range(6):
        page.keyboard.press("Control+Z")
    expect(page.locator(".react-flow__node")).to_have_count(1)
    for _ in range(6):
        page.keyboard.press("Control+Shift+Z")
    expect(page.locator(".react-flow__node")).to_have_count(3)
    page.keyboard.press("Control+S")
    expect(page.get_by_text("Saved as version 2.")).to_be_visible()

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press(".")
    expect(page.get_by_role("menu")).to_have_count(0)
