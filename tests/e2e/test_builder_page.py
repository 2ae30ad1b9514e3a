"""The builder beside the drawing: types of one's own, readers, phones, looks, problems, history."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import factories as make
from tests.conftest import add_providers
from tests.e2e.browsing import DESKTOP, PHONE, Tab, axe
from tests.e2e.conftest import OpenPage
from tests.e2e.drawing import connections, drag, open_builder, saved, step
from tests.graphs import brief, copy, graph, node, text
from tests.scripted_openai import ScriptedOpenAI
from tests.workflows.views.test_builder import Slogans
from workflows.interchange import import_template
from workflows.models import WorkflowTemplate
from workflows.nodes import registry
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db(transaction=True)
KIT = Path(__file__).parents[2] / "fixtures" / "templates" / "product-launch-kit.json"


@pytest.fixture
def kit(workspace: Workspace, editor: User) -> WorkflowTemplate:
    """A large workflow with a container, a review and a note."""
    add_providers("http://127.0.0.1:9/v1")
    data = json.loads(KIT.read_text("utf-8"))
    data.pop("gallery")
    return import_template(data, workspace=workspace, author=editor)


@pytest.fixture
def small(workspace: Workspace, editor: User) -> WorkflowTemplate:
    """Three steps below each other and a container beside them."""
    nodes = [
        brief("topic"),
        text("teaser", "{{ brief.topic }}!"),
        node("box", "parallel"),
        text("listing", "x"),
    ]
    for number, one in enumerate(nodes):
        one["position"] = {"x": 0, "y": number * 150}
    nodes[2]["position"] = {"x": 320, "y": 150}
    flow = graph(nodes, "brief > teaser > listing")
    return make.TemplateFactory(workspace=workspace, graph=flow, name="Letter")


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A type that exists in this test alone."""
    monkeypatch.setitem(registry._types, "slogans", Slogans())
    yield


def test_a_type_made_up_in_python_has_its_place_and_its_form(
    browser_page: OpenPage, editor: User, small: WorkflowTemplate, made_up: None
) -> None:
    page = browser_page(editor)
    open_builder(page, small.pk)
    shelf = page.get_by_role("region", name="Magic")
    shelf.get_by_role("button", name="Slogans").click()
    expect(page.get_by_role("textbox", name="Mood")).to_have_value("calm")
    page.get_by_role("textbox", name="Mood").fill("loud")
    saved(page)
    small.refresh_from_db()
    assert small.draft and small.draft["nodes"][-1]["config"] == {"mood": "loud"}
    axe(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, (820, 1180), PHONE], ids=["desktop", "tablet", "phone"])
def test_it_keeps_nobody_out(
    browser_page: OpenPage, editor: User, kit: WorkflowTemplate, scheme: str, size: tuple[int, int]
) -> None:
    page = browser_page(editor, color_scheme=scheme, size=size)
    page.goto(f"/w/alder-pine/workflows/{kit.pk}/builder")
    expect(page.get_by_text("Tagline and promise").first).to_be_visible()
    expect(page.locator("h1")).to_have_count(1)
    axe(page)
    if size == PHONE:
        expect(page.get_by_text("Open it on a larger screen to change it.")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
        return
    step(page, "Tagline and promise").click()
    expect(page.get_by_role("textbox", name="Prompt")).to_be_visible()
    axe(page)


def test_a_reader_looks_and_changes_nothing(
    browser_page: OpenPage, viewer: User, kit: WorkflowTemplate
) -> None:
    page = browser_page(viewer)
    open_builder(page, kit.pk)
    expect(page.get_by_text("read only")).to_be_visible()
    expect(page.get_by_role("button", name="Save version")).to_have_count(0)
    step(page, "Tagline and promise").click()
    expect(page.get_by_role("textbox", name="Prompt")).to_have_attribute("readonly", "")
    page.keyboard.press("Escape")
    page.keyboard.press("Delete")
    expect(step(page, "Tagline and promise")).to_be_visible()


def test_a_shared_template_is_customised_into_a_copy(
    browser_page: OpenPage, editor: User, workspace: Workspace
) -> None:
    shared = make.TemplateFactory(workspace=None, name="For all", graph=graph([brief("topic")]))
    page = browser_page(editor)
    open_builder(page, shared.pk)
    page.get_by_role("button", name="Customise").click()
    expect(page.get_by_role("button", name="Save version")).to_be_visible()
    assert WorkflowTemplate.objects.get(workspace=workspace).cloned_from


def test_steps_are_dragged_into_a_container_and_out(
    browser_page: OpenPage, editor: User, small: WorkflowTemplate
) -> None:
    page = browser_page(editor)
    open_builder(page, small.pk)
    drag(page, step(page, "Teaser").locator(".tile"), step(page, "Box"), dx=-40, dy=20)
    saved(page)
    small.refresh_from_db()
    assert small.draft and small.draft["nodes"][2]["parent"] == "box"
    assert connections(page) == {"brief.out>box", "box.out>listing"}

    drag(page, step(page, "Teaser").locator(".tile"), step(page, "Listing"), dx=-20, dy=160)
    saved(page)
    small.refresh_from_db()
    assert small.draft and {one["parent"] for one in small.draft["nodes"]} == {None}
    page.keyboard.press("Control+Z")
    page.keyboard.press("Control+Z")
    assert connections(page) == {"brief.out>teaser", "teaser.out>listing"}


def test_a_connection_is_drawn_by_hand_and_refused_with_its_reason(
    browser_page: OpenPage, editor: User, small: WorkflowTemplate
) -> None:
    page = browser_page(editor)
    open_builder(page, small.pk)
    out = step(page, "Teaser").locator(".react-flow__handle-bottom")
    drag(page, out, step(page, "Box").locator(".react-flow__handle-top"))
    assert "teaser.out>box" in connections(page)
    out = step(page, "Listing").locator(".react-flow__handle-bottom")
    drag(page, out, step(page, "Teaser").locator(".react-flow__handle-top"))
    expect(page.locator(".toast", has_text="they would wait for each other")).to_be_visible()
    drag(page, out, step(page, "Brief"))
    expect(page.locator(".toast", has_text="nothing leads into it")).to_be_visible()
    assert len(connections(page)) == 3


def test_a_problem_leads_to_its_field(
    browser_page: OpenPage, editor: User, workspace: Workspace
) -> None:
    add_providers("http://127.0.0.1:9/v1")
    flow = graph([brief("topic"), copy("lines", "{{ brief.nothing }}")], "brief > lines")
    workflow = make.TemplateFactory(workspace=workspace, graph=flow, name="Letter")
    page = browser_page(editor)
    open_builder(page, workflow.pk)
    page.get_by_role("button", name="problem").first.click()
    page.get_by_role("dialog", name="Problems").get_by_text("brief.nothing").first.click()
    expect(page.get_by_role("textbox", name="Prompt")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("Write")
    saved(page)
    expect(page.get_by_role("button", name="Launch")).to_have_attribute("aria-disabled", "false")


def test_versions_are_compared_and_brought_back(
    browser_page: OpenPage, editor: User, small: WorkflowTemplate
) -> None:
    page = browser_page(editor)
    open_builder(page, small.pk)
    step(page, "Listing").click()
    page.keyboard.press("Delete")
    page.keyboard.press("Control+S")
    expect(page.get_by_text("Saved as version 2.")).to_be_visible()
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Versions").click()
    dialog = page.get_by_role("dialog", name="Versions")
    dialog.get_by_role("button", name="Version 1").click()
    expect(dialog.get_by_text("Listing", exact=True)).to_be_visible()
    axe(page)
    dialog.get_by_role("button", name="Restore version 1").click()
    expect(step(page, "Listing")).to_be_visible()
    small.refresh_from_db()
    assert small.current_version and small.current_version.number == 3


def test_what_is_arranged_outlives_a_reload(
    browser_page: OpenPage, editor: User, small: WorkflowTemplate, tab: Tab
) -> None:
    page = browser_page(editor)
    open_builder(page, small.pk)
    page.get_by_role("button", name="Close the container").click()
    page.get_by_role("button", name="Tidy").click()
    saved(page)
    page.reload()
    expect(page.get_by_role("button", name="Open the container")).to_be_visible()


def test_a_step_is_tried_on_values_of_ones_own(
    browser_page: OpenPage, editor: User, workspace: Workspace, scripted_openai: ScriptedOpenAI
) -> None:
    add_providers(scripted_openai.base_url)
    flow = graph([brief("topic"), copy("lines", "On {{ brief.topic }}")], "brief > lines")
    workflow = make.TemplateFactory(workspace=workspace, graph=flow, name="Letter")
    page = browser_page(editor)
    open_builder(page, workflow.pk)
    step(page, "Lines").click()
    expect(page.locator(".b-panel__foot")).to_contain_text("1 call")
    page.get_by_role("button", name="Try this step").last.click()
    page.get_by_label("brief.topic").fill("Tea")
    page.get_by_role("button", name="Try", exact=True).last.click()
    expect(page.get_by_role("region", name="Last try")).to_be_visible()
    axe(page)
    page.get_by_role("tab", name="Setup").click()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_label("Preview with the last values")).to_contain_text("On Tea")


def test_steps_are_carried_into_another_workflow(
    browser_page: OpenPage, editor: User, small: WorkflowTemplate, workspace: Workspace
) -> None:
    other = make.TemplateFactory(workspace=workspace, name="Other", graph=graph([brief("topic")]))
    page = browser_page(editor, permissions=["clipboard-read", "clipboard-write"])
    open_builder(page, small.pk)
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+C")
    open_builder(page, other.pk)
    page.keyboard.press("Control+V")
    expect(page.locator(".react-flow__node")).to_have_count(4)
    assert connections(page) == {"teaser.out>listing"}
