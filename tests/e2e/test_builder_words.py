"""Writing in the builder: prompts, notes, names, and what other people may see of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests import factories as make
from tests.conftest import add_providers
from tests.e2e.browsing import PHONE, Tab, session_of
from tests.e2e.conftest import OpenPage
from tests.e2e.drawing import connections, open_builder, saved, step
from tests.graphs import brief, copy, graph, node, text
from workflows.models import WorkflowTemplate
from workspaces.models import Membership, Role, User, Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workflow(workspace: Workspace) -> WorkflowTemplate:
    """A brief, copy with a prompt, and an empty container."""
    add_providers("http://127.0.0.1:9/v1")
    nodes = [brief("topic"), copy("lines", "On {{ brief.topic }}"), node("box", "parallel")]
    for number, one in enumerate(nodes):
        one["position"] = {"x": 0, "y": number * 150}
    flow = graph(nodes, "brief > lines > box")
    return make.TemplateFactory(workspace=workspace, graph=flow, name="Letter")


def test_undo_in_a_prompt_takes_back_a_variable_that_was_chosen(
    browser_page: OpenPage, editor: User, workflow: WorkflowTemplate
) -> None:
    page = browser_page(editor)
    open_builder(page, workflow.pk)
    step(page, "Lines").click()
    prompt = page.get_by_role("textbox", name="Prompt")
    prompt.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" for {{")
    page.keyboard.type("topic")
    page.keyboard.press("Enter")
    expect(prompt).to_have_value("On {{ brief.topic }} for {{ brief.topic }}")
    page.keyboard.press("Control+Z")
    expect(prompt).not_to_have_value("On {{ brief.topic }} for {{ brief.topic }}")
    page.keyboard.press("Control+Shift+Z")
    expect(prompt).to_have_value("On {{ brief.topic }} for {{ brief.topic }}")
    saved(page)


def test_a_new_note_is_written_in_at_once_and_control_s_saves_from_there(
    browser_page: OpenPage, editor: User, workflow: WorkflowTemplate
) -> None:
    page = browser_page(editor)
    open_builder(page, workflow.pk)
    page.get_by_role("button", name="Note A word").click()
    note = page.get_by_role("textbox", name="Text of the note")
    expect(note).to_be_focused()
    page.keyboard.type("Why 0.5?")
    expect(note).to_have_value("Why 0.5?")
    page.keyboard.press("Control+S")
    expect(page.get_by_text("Saved as version 2.")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(note).to_be_focused()

    step(page, "Lines").click()
    page.keyboard.press("F2")
    page.keyboard.type("Headlines")
    page.keyboard.press("Control+S")
    expect(page.get_by_text("Saved as version 3.")).to_be_visible()
    workflow.refresh_from_db()
    assert workflow.current_version
    assert workflow.current_version.nodes.get(key="lines").label == "Headlines"


def test_a_branch_keeps_its_connection_while_its_name_is_written_anew(
    browser_page: OpenPage, editor: User, workspace: Workspace
) -> None:
    rules = [{"left": "brief.topic", "op": "exists"}]
    branches = [{"name": "yes", "rules": rules}, {"name": "no", "rules": rules}]
    check = node("check", "conditional", branches=branches)
    nodes = [brief("topic"), check, text("short"), text("long"), text("other")]
    for number, one in enumerate(nodes):
        one["position"] = {"x": max(0, number - 2) * 240, "y": min(number, 2) * 150}
    flow = graph(nodes, "brief > check.yes > short", "check.no > long", "check.else > other")
    workflow = make.TemplateFactory(workspace=workspace, graph=flow, name="Letter")
    page = browser_page(editor)
    open_builder(page, workflow.pk)
    step(page, "Check").click()
    page.get_by_role("button", name="no", exact=True).click()
    name = page.get_by_role("textbox", name="Name").last
    name.click()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    expect(page.locator(".react-flow__edge")).to_have_count(3)
    page.keyboard.type("yes_but_later_than_everybody_else_here")
    expect(page.locator('.react-flow__edge[data-id^="check.yes_but"]')).to_have_count(1)
    assert connections(page) == {
        "brief.out>check",
        "check.yes>short",
        "check.yes_but_later_than_everybody_else_here>long",
        "check.else>other",
    }
    saved(page)
    panel, field = page.locator(".b-panel").bounding_box(), name.bounding_box()
    assert panel
    assert field
    assert field["x"] + field["width"] < panel["x"] + panel["width"]


def test_unsaved_words_are_not_taken_up_by_the_next_person_at_the_browser(
    browser_page: OpenPage, editor: User, owner: User, workflow: WorkflowTemplate, tab: Tab
) -> None:
    tab.allow("503")
    page = browser_page(editor)
    page.route("**/draft", lambda route: route.fulfill(status=503, body="{}"))
    open_builder(page, workflow.pk)
    step(page, "Lines").click()
    page.get_by_role("textbox", name="Prompt").fill("For my eyes")
    expect(page.locator(".b-save")).to_contain_text("Offline")

    def next_person(user: User) -> str:
        page.context.clear_cookies()
        page.context.add_cookies([{**session_of(user), "url": tab.base_url}])  # type: ignore[list-item]
        open_builder(page, workflow.pk)
        step(page, "Lines").click()
        return page.get_by_role("textbox", name="Prompt").input_value()

    assert next_person(owner) == "On {{ brief.topic }}"
    page.unroute("**/draft")
    assert next_person(editor) == "For my eyes"
    saved(page)


def test_somebody_who_may_no_longer_edit_is_told_so_and_not_to_sign_in(
    browser_page: OpenPage, editor: User, workflow: WorkflowTemplate, tab: Tab
) -> None:
    tab.allow("403")
    page = browser_page(editor)
    open_builder(page, workflow.pk)
    Membership.objects.filter(user=editor).update(role=Role.VIEWER)
    step(page, "Lines").click()
    page.get_by_role("textbox", name="Prompt").fill("Too late")
    expect(page.locator(".b-save")).to_contain_text("Not saved")
    expect(page.locator(".toast.status-failed")).to_be_visible()
    expect(page.get_by_role("link", name="Sign in")).to_have_count(0)


def test_a_session_that_is_over_is_mended_by_a_way_back_to_this_page(
    browser_page: OpenPage, editor: User, workflow: WorkflowTemplate, tab: Tab
) -> None:
    tab.allow("401")
    page = browser_page(editor)
    open_builder(page, workflow.pk)
    page.context.clear_cookies()
    step(page, "Lines").click()
    page.get_by_role("textbox", name="Prompt").fill("Kept")
    way = page.get_by_role("link", name="Sign in")
    expect(way).to_have_attribute(
        "href", f"/accounts/login/?next=%2Fw%2Falder-pine%2Fworkflows%2F{workflow.pk}%2Fbuilder"
    )


def test_a_reader_is_offered_nothing_that_does_nothing(
    browser_page: OpenPage, viewer: User, editor: User, workflow: WorkflowTemplate
) -> None:
    page = browser_page(viewer)
    open_builder(page, workflow.pk)
    expect(page.get_by_text("No steps stand in it.")).to_be_visible()
    step(page, "Lines").click()
    expect(page.get_by_role("textbox", name="How many")).to_be_visible()
    expect(page.get_by_role("button", name="Fewer: How many")).to_have_count(0)

    page = browser_page(editor)
    open_builder(page, workflow.pk)
    step(page, "Brief").click()
    tools = page.get_by_label("Verbs of Brief")
    expect(tools.get_by_role("button")).to_have_count(1)


def test_a_phone_opens_each_step_to_what_it_is_set_to_and_has_the_navigation(
    browser_page: OpenPage, editor: User, workspace: Workspace
) -> None:
    nodes = [brief("topic"), text("teaser", "{{ brief.topic }}!")]
    flow = graph(nodes, "brief > teaser")
    workflow = make.TemplateFactory(workspace=workspace, graph=flow, name="Letter")
    page = browser_page(editor, size=PHONE, has_touch=True)
    page.goto(f"/w/alder-pine/workflows/{workflow.pk}/builder")
    page.locator("summary").nth(1).tap()
    expect(page.get_by_role("definition").filter(has_text="{{ brief.topic }}!")).to_be_visible()
    page.get_by_role("navigation", name="Main, for phones").get_by_text("Runs").tap()
    page.wait_for_url("**/runs")


def test_the_search_over_everything_opens_over_the_canvas(
    browser_page: OpenPage, editor: User, workflow: WorkflowTemplate
) -> None:
    page = browser_page(editor)
    open_builder(page, workflow.pk)
    page.keyboard.press("Control+K")
    expect(page.get_by_role("combobox", name="Search or jump")).to_be_focused()
    page.keyboard.type("reviews")
    page.keyboard.press("Enter")
    page.wait_for_url("**/reviews")
