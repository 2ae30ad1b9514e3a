"""A whole workflow from an empty canvas, by mouse: drawn, saved, tried, launched, read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from documents.models import Document
from tests.conftest import Processes
from tests.e2e.browsing import axe
from tests.e2e.conftest import OpenPage
from tests.e2e.drawing import choose, connections, saved, step
from tests.scripted_openai import ScriptedOpenAI
from workflows.models import WorkflowExecution, WorkflowTemplate
from workspaces.models import User

pytestmark = [pytest.mark.xdist_group("redis"), pytest.mark.timeout(300)]
SOON = 60_000
PATH = {
    "brief.out>generate_copy",
    "generate_copy.out>review",
    "review.approved>conditional",
    "conditional.yes>parallel",
}


@pytest.fixture
def at_work(processes: Processes, providers: ScriptedOpenAI, editor: User) -> Iterator[None]:
    """Workers that carry out what is launched."""
    processes.start("worker", "--processes", "2")
    processes.start("reconcile")
    yield


def _new(page: Page) -> None:
    page.goto("/w/alder-pine/workflows")
    page.get_by_role("button", name="New workflow").click()
    expect(step(page, "Brief")).to_be_visible()


def _draw(page: Page) -> None:
    """Brief, copy, review, conditional, and a container with an image and a document."""
    step(page, "Brief").hover()
    page.get_by_role("button", name="Add a step after Brief").click()
    choose(page, "Generate Copy")
    page.keyboard.type("Write a tagline about {{")
    page.get_by_role("option", name="brief.topic").click()
    for _ in range(4):
        page.get_by_role("button", name="More: How many").click()
    page.get_by_role("button", name="Add a step after Generate Copy").click()
    choose(page, "Review")
    page.get_by_role("button", name="Add a step after Review, approved").click()
    choose(page, "Conditional")
    page.get_by_role("button", name="Choose: Variable").click()
    page.get_by_role("option", name="nodes.review.text").click()
    page.get_by_role("button", name="Add a step after Conditional, yes").click()
    choose(page, "Parallel")
    for name, words in (("Generate Image", "Headline: light"), ("Attach to Document", "Taglines")):
        page.get_by_role("button", name="Show everything").click()
        page.get_by_role("button", name="Add a step inside Parallel").click()
        choose(page, name)
        page.keyboard.type(words)


def test_a_workflow_is_drawn_saved_tested_and_launched(
    browser_page: OpenPage, at_work: None, editor: User
) -> None:
    page = browser_page(editor)
    _new(page)
    _draw(page)
    saved(page)
    assert connections(page) == PATH
    draft = WorkflowTemplate.objects.get().draft
    assert draft
    steps = {node["key"]: node for node in draft["nodes"]}
    assert steps["generate_copy"]["config"]["quantity"] == 5
    assert steps["review"]["config"]["show"] == ["nodes.generate_copy.variants"]
    assert steps["generate_image"]["parent"] == "parallel"
    axe(page)

    page.get_by_role("button", name="Test run").click()
    dialog = page.get_by_role("dialog", name="Test run of the draft")
    dialog.get_by_label("Topic").fill("Lumen desk lamp")
    axe(page)
    dialog.get_by_role("button", name="Start test run").click()
    expect(page.locator(".b-run")).to_contain_text("Waiting for review", timeout=SOON)
    expect(step(page, "Generate Copy")).to_contain_text("Done")
    page.get_by_role("link", name="Open the run").click()
    _approve(page)
    run = WorkflowExecution.objects.get()
    assert run.version.number is None
    assert Document.objects.get().title == "Taglines"

    page.get_by_role("link", name="Workflows").first.click()
    page.get_by_role("link", name="Untitled workflow").first.click()
    page.get_by_role("link", name="Edit").click()
    expect(step(page, "Brief")).to_be_visible()
    page.get_by_role("button", name="Launch").click()
    page.wait_for_url("**/launch")
    page.get_by_label("Topic").fill("Lumen desk lamp")
    page.get_by_role("button", name="Launch", exact=True).click()
    page.wait_for_url("**/runs/*")
    _approve(page)
    assert Document.objects.count() == 2
    assert set(WorkflowExecution.objects.values_list("version__number", flat=True)) == {None, 2}


def _approve(page: Page) -> None:
    """Review what the run shows, and wait for its document."""
    link = page.get_by_role("link", name="Review", exact=True)
    expect(link).to_be_visible(timeout=SOON)
    link.click()
    page.get_by_role("button", name="Approve").click()
    page.wait_for_url("**/reviews")
    page.get_by_role("link", name="Runs").first.click()
    page.get_by_role("main").get_by_role("link", name="Untitled workflow").first.click()
    page.wait_for_url("**/runs/*")
    expect(page.get_by_role("link", name="Open document")).to_be_visible(timeout=SOON)
    page.get_by_role("link", name="Open document").click()
    page.wait_for_url("**/documents/*")
    expect(page.get_by_role("heading", name="Taglines").first).to_be_visible()
