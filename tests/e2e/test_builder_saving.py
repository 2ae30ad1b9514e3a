"""No change is lost: two tabs, reloads in the middle of edits, no network, a session that ends."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests import factories as make
from tests.e2e.browsing import Tab, axe
from tests.e2e.conftest import OpenPage
from tests.e2e.drawing import choose, open_builder, saved, step
from tests.graphs import brief, graph, text
from workflows.models import WorkflowTemplate
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workflow(workspace: Workspace, editor: User) -> WorkflowTemplate:
    """A brief and a text."""
    flow = graph([brief("topic"), text("teaser", "{{ brief.topic }}!")], "brief > teaser")
    return make.TemplateFactory(workspace=workspace, graph=flow, name="Letter")


def _write(page: Page, words: str) -> None:
    step(page, "Teaser").click()
    page.get_by_role("textbox", name="Text").fill(words)


def _stored(workflow: WorkflowTemplate) -> str:
    workflow.refresh_from_db()
    assert workflow.draft
    return str(workflow.draft["nodes"][1]["config"]["template"])


def test_two_tabs_get_a_choice_and_neither_version_is_lost(
    browser_page: OpenPage, editor: User, workflow: WorkflowTemplate, tab: Tab
) -> None:
    tab.allow("412")
    left, right = browser_page(editor), browser_page(editor)
    for page in (left, right):
        open_builder(page, workflow.pk)
    _write(left, "From the left")
    saved(left)
    _write(right, "From the right")

    dialog = right.get_by_role("dialog", name="Somebody else has changed this workflow")
    expect(dialog).to_contain_text("Changed")
    axe(right)
    assert _stored(workflow) == "From the left"
    dialog.get_by_role("button", name="Keep mine").click()
    saved(right)
    assert _stored(workflow) == "From the right"
    right.locator(".b-canvas").click(position={"x": 500, "y": 700})
    right.keyboard.press("Control+Z")
    saved(right)
    assert _stored(workflow) == "From the left"


def test_the_other_one_can_be_taken_and_both_can_be_kept(
    browser_page: OpenPage, editor: User, workflow: WorkflowTemplate, tab: Tab
) -> None:
    tab.allow("412")
    left, right = browser_page(editor), browser_page(editor)
    for page in (left, right):
        open_builder(page, workflow.pk)
    _write(left, "Left 1")
    saved(left)
    _write(right, "Right 1")
    right.get_by_role("button", name="Take theirs").click()
    expect(right.get_by_role("textbox", name="Text")).to_have_value("Left 1")
    saved(right)

    _write(right, "Right 2")
    saved(right)
    _write(left, "Left 2")
    left.get_by_role("button", name="Keep both").click()
    expect(left.get_by_text("Yours is a workflow of its own now.")).to_be_visible()
    assert _stored(workflow) == "Right 2"
    copy = WorkflowTemplate.objects.exclude(pk=workflow.pk).get()
    assert copy.name == "Letter (my version)"


@pytest.mark.timeout(300)
def test_fifty_reloads_in_the_middle_of_edits_lose_nothing(
    browser_page: OpenPage, editor: User, workflow: WorkflowTemplate, tab: Tab
) -> None:
    tab.allow("412")
    page = browser_page(editor)
    open_builder(page, workflow.pk)
    for number in range(50):
        words = f"Change {number}"
        _write(page, words)
        if number % 3 == 0:
            page.wait_for_timeout(100 * (number % 7))
        if number % 5 == 0:
            saved(page)
        page.reload()
        step(page, "Teaser").click()
        expect(page.get_by_role("textbox", name="Text")).to_have_value(words)
    saved(page)
    assert _stored(workflow) == "Change 49"


def test_what_is_drawn_without_a_network_is_saved_when_it_is_back(
    browser_page: OpenPage, editor: User, workflow: WorkflowTemplate, tab: Tab
) -> None:
    tab.allow("ERR_INTERNET_DISCONNECTED")
    page = browser_page(editor)
    open_builder(page, workflow.pk)
    page.context.set_offline(True)
    _write(page, "On the train")
    expect(page.locator(".b-save")).to_contain_text("Offline", timeout=3_000)
    page.context.set_offline(False)
    expect(page.locator(".b-save")).to_contain_text("Saved", timeout=5_000)
    assert _stored(workflow) == "On the train"


def test_a_session_that_ends_keeps_the_change_until_somebody_signs_in(
    browser_page: OpenPage, editor: User, workflow: WorkflowTemplate, tab: Tab
) -> None:
    tab.allow("40[13]")
    page = browser_page(editor)
    open_builder(page, workflow.pk)
    cookies = page.context.cookies()
    page.context.clear_cookies()
    _write(page, "After hours")
    expect(page.locator(".b-save")).to_contain_text("Signed out", timeout=3_000)
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.get_by_role("button", name="Try again").click()
    saved(page)
    assert _stored(workflow) == "After hours"


def test_a_new_name_does_not_take_what_is_unsaved_for_saved(
    browser_page: OpenPage, editor: User, workflow: WorkflowTemplate, tab: Tab
) -> None:
    tab.allow("503|412")  # the page that goes sends its drawing once more, beside the new one's
    page = browser_page(editor)
    page.route("**/draft", lambda route: route.fulfill(status=503, body="{}"))
    open_builder(page, workflow.pk)
    _write(page, "Not there yet")
    expect(page.locator(".b-save")).to_contain_text("Offline")

    name = page.get_by_role("textbox", name="Name of the workflow")
    name.fill("Winter letter")
    with page.expect_response(lambda answer: answer.request.method == "PUT"):
        name.press("Enter")
    expect(page.locator(".b-save")).to_contain_text("Offline")

    page.unroute("**/draft")
    page.reload()
    step(page, "Teaser").click()
    expect(page.get_by_role("textbox", name="Text")).to_have_value("Not there yet")
    expect(page.locator(".b-save")).to_contain_text("Saved")
    assert _stored(workflow) == "Not there yet"
    assert workflow.name == "Winter letter"


def test_a_connection_that_the_pointer_is_over_offers_a_step_between(
    browser_page: OpenPage, editor: User, workflow: WorkflowTemplate
) -> None:
    page = browser_page(editor)
    open_builder(page, workflow.pk)
    page.get_by_role("button", name="Tidy").click()
    saved(page)
    page.wait_for_timeout(600)  # until the steps have come to rest
    box = page.locator(".react-flow__edge-interaction").first.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 60, y)
    page.mouse.move(x, y, steps=6)
    page.mouse.move(x + 2, y + 1)
    plus = page.get_by_role("button", name="Add a step here")
    expect(plus).to_be_visible()
    plus.click()
    choose(page, "Compose Text")
    expect(page.locator(".react-flow__node")).to_have_count(3)
    expect(page.locator(".react-flow__edge")).to_have_count(2)
