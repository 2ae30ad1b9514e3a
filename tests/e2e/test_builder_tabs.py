"""A tab that others have left behind: it shows what they saved before it does anything with it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests import factories as make
from tests.e2e.browsing import Tab, session_of
from tests.e2e.conftest import OpenPage
from tests.e2e.drawing import open_builder, saved, step
from tests.graphs import brief, graph, text
from workflows.models import WorkflowTemplate
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db(transaction=True)
CHANGED = "Somebody else has changed this workflow"


@pytest.fixture
def workflow(workspace: Workspace, editor: User) -> WorkflowTemplate:
    """A brief and a text."""
    flow = graph([brief("topic"), text("teaser", "{{ brief.topic }}!")], "brief > teaser")
    return make.TemplateFactory(workspace=workspace, graph=flow, name="Letter")


@pytest.fixture
def left_behind(browser_page: OpenPage, editor: User, workflow: WorkflowTemplate) -> Page:
    """A page that was opened before somebody else saved `{{ brief.nothing }}`."""
    old, other = browser_page(editor), browser_page(editor)
    for page in (old, other):
        open_builder(page, workflow.pk)
    _write(other, "{{ brief.nothing }}")
    step(old, "Teaser").click()
    return old


def _write(page: Page, words: str) -> None:
    step(page, "Teaser").click()
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        page.get_by_role("textbox", name="Text").fill(words)
    saved(page)


def _shows(page: Page, words: str) -> None:
    expect(page.locator(".toast", has_text=CHANGED)).to_be_visible()
    expect(page.get_by_role("textbox", name="Text")).to_have_value(words)
    expect(page.get_by_role("button", name="Launch")).to_have_attribute("aria-disabled", "true")


def test_a_version_is_made_of_what_the_person_has_seen(
    left_behind: Page, workflow: WorkflowTemplate, tab: Tab
) -> None:
    tab.allow("412")
    left_behind.keyboard.press("Control+S")
    _shows(left_behind, "{{ brief.nothing }}")
    workflow.refresh_from_db()
    assert workflow.current_version and workflow.current_version.number == 1
    left_behind.keyboard.press("Control+S")
    expect(left_behind.get_by_text("Saved as version 2.")).to_be_visible()


def test_a_launch_waits_until_the_person_has_seen_what_is_launched(left_behind: Page) -> None:
    left_behind.get_by_role("button", name="Launch").click()
    _shows(left_behind, "{{ brief.nothing }}")
    assert left_behind.url.endswith("/builder")
    left_behind.get_by_role("button", name="Undo").click()
    expect(left_behind.get_by_role("textbox", name="Text")).to_have_value("{{ brief.topic }}!")
    saved(left_behind)


def test_a_name_is_changed_beside_what_others_drew(left_behind: Page, tab: Tab) -> None:
    tab.allow("412")
    name = left_behind.get_by_role("textbox", name="Name of the workflow")
    name.fill("Winter letter")
    name.press("Enter")
    _shows(left_behind, "{{ brief.nothing }}")
    expect(name).to_have_value("Winter letter")


def test_a_page_taken_from_the_history_shows_what_was_saved_since(
    browser_page: OpenPage, editor: User, workflow: WorkflowTemplate
) -> None:
    page, other = browser_page(editor), browser_page(editor)
    open_builder(page, workflow.pk)
    page.goto("/w/alder-pine/workflows")
    open_builder(other, workflow.pk)
    _write(other, "Newer")
    page.go_back()
    step(page, "Teaser").click()
    expect(page.get_by_role("textbox", name="Text")).to_have_value("Newer")


def test_taking_theirs_takes_their_problems_along(
    left_behind: Page, workflow: WorkflowTemplate, tab: Tab
) -> None:
    tab.allow("412")
    left_behind.get_by_role("textbox", name="Text").fill("Mine")
    left_behind.get_by_role("button", name="Take theirs").click()
    expect(left_behind.get_by_role("textbox", name="Text")).to_have_value("{{ brief.nothing }}")
    launch = left_behind.get_by_role("button", name="Launch")
    expect(launch).to_have_attribute("aria-disabled", "true")


def test_nobody_saves_what_another_person_wrote_before_signing_out(
    browser_page: OpenPage, editor: User, owner: User, workflow: WorkflowTemplate, tab: Tab
) -> None:
    tab.allow("40[13]")
    page = browser_page(editor)
    open_builder(page, workflow.pk)
    page.context.clear_cookies()
    page.context.add_cookies([{**session_of(owner), "url": tab.base_url}])  # type: ignore[list-item]
    step(page, "Teaser").click()
    page.get_by_role("textbox", name="Text").fill("The editor's")
    expect(page.locator(".b-save")).to_contain_text("Signed out")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".toast", has_text="somebody else is signed in")).to_be_visible()
    workflow.refresh_from_db()
    assert workflow.draft is None

    page.context.clear_cookies()
    page.context.add_cookies([{**session_of(editor), "url": tab.base_url}])  # type: ignore[list-item]
    page.get_by_role("button", name="Try again").click()
    saved(page)
    workflow.refresh_from_db()
    assert workflow.draft
