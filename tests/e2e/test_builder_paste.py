"""Pasting, doubling and importing: where things land, and what is refused before it is drawn."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests import factories as make
from tests.e2e.conftest import OpenPage
from tests.e2e.drawing import open_builder, saved, step
from tests.graphs import brief, graph, node, text
from workflows.models import WorkflowTemplate
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db(transaction=True)
CLIPBOARD = ["clipboard-read", "clipboard-write"]


@pytest.fixture
def boxed(workspace: Workspace) -> WorkflowTemplate:
    """A text beside a container with another in it."""
    inner = text("inner", "x", parent="box")
    nodes = [brief("topic"), text("teaser", "{{ brief.topic }}"), node("box", "parallel"), inner]
    for number, one in enumerate(nodes):
        one["position"] = {"x": 16, "y": 48 if one["parent"] else number * 150}
    flow = graph(nodes, "brief > teaser > box")
    return make.TemplateFactory(workspace=workspace, graph=flow, name="Letter")


def _parents(workflow: WorkflowTemplate) -> dict[str, str | None]:
    workflow.refresh_from_db()
    assert workflow.draft
    return {one["key"]: one["parent"] for one in workflow.draft["nodes"]}


def test_what_is_pasted_lands_in_sight_and_covers_nothing(
    browser_page: OpenPage, editor: User, boxed: WorkflowTemplate, workspace: Workspace
) -> None:
    far = brief("topic")
    far["position"] = {"x": 9_000, "y": 9_000}
    other = make.TemplateFactory(workspace=workspace, name="Other", graph=graph([far]))
    page = browser_page(editor, permissions=CLIPBOARD)
    open_builder(page, boxed.pk)
    step(page, "Teaser").click()
    page.keyboard.press("Control+C")
    open_builder(page, other.pk)
    expect(step(page, "Brief")).to_be_in_viewport(ratio=1)
    for number in (2, 3):
        page.keyboard.press("Control+V")
        expect(page.locator(".react-flow__node")).to_have_count(number)
    pasted = page.locator(".react-flow__node").filter(has_text="Teaser")
    expect(pasted.last).to_be_in_viewport(ratio=1)
    first, second = (one.bounding_box() for one in pasted.all())
    assert first and second
    assert second["x"] >= first["x"] + first["width"]


def test_a_step_inside_a_container_is_doubled_inside_it(
    browser_page: OpenPage, editor: User, boxed: WorkflowTemplate
) -> None:
    page = browser_page(editor, permissions=CLIPBOARD)
    open_builder(page, boxed.pk)
    step(page, "Inner").click()
    page.keyboard.press("Control+D")
    expect(page.locator(".react-flow__node")).to_have_count(5)
    saved(page)
    assert _parents(boxed)["inner_2"] == "box"

    step(page, "Teaser").click()
    page.keyboard.press("Control+C")
    step(page, "Box").click(position={"x": 60, "y": 20})
    page.keyboard.press("Control+V")
    expect(page.locator(".react-flow__node")).to_have_count(6)
    saved(page)
    assert _parents(boxed)["teaser_2"] == "box"


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        (["a", "a"], "Two steps have the key “a”."),
        (["My Step"], "A step's key is “My Step”."),
        ([f"step_{number}" for number in range(401)], "It has 402 steps"),
    ],
    ids=["twins", "a bad key", "too many"],
)
def test_a_file_that_cannot_be_saved_is_refused_in_the_dialog_with_the_reason(
    browser_page: OpenPage,
    editor: User,
    boxed: WorkflowTemplate,
    keys: list[str],
    reason: str,
) -> None:
    page = browser_page(editor)
    open_builder(page, boxed.pk)
    _import(page, [brief("topic"), *(text(key) for key in keys)])
    alert = page.get_by_role("dialog", name="Import JSON").get_by_role("alert")
    expect(alert).to_contain_text(reason)
    expect(page.locator(".react-flow__node")).to_have_count(4)
    expect(page.locator(".b-save")).to_contain_text("Saved")


def test_what_only_the_server_refuses_is_told_in_the_dialog_and_taken_back(
    browser_page: OpenPage, editor: User, boxed: WorkflowTemplate, tab: object
) -> None:
    tab.allow("422")  # type: ignore[attr-defined]
    page = browser_page(editor)
    open_builder(page, boxed.pk)
    deep: object = "x"
    for _ in range(60):
        deep = [deep]
    wrong = text("teaser")
    wrong["config"] = {"template": deep}
    _import(page, [brief("topic"), wrong])
    dialog = page.get_by_role("dialog", name="Import JSON")
    expect(dialog.get_by_role("alert")).to_contain_text("deep")
    dialog.get_by_role("button", name="Cancel").click()
    expect(page.locator(".react-flow__node")).to_have_count(4)
    expect(page.locator(".b-save")).to_contain_text("Saved")
    expect(page.get_by_role("button", name="Redo")).to_be_disabled()


def test_a_list_with_a_hole_in_it_is_mended_in_its_form(
    browser_page: OpenPage, editor: User, boxed: WorkflowTemplate
) -> None:
    page = browser_page(editor)
    open_builder(page, boxed.pk)
    holed = brief()
    holed["config"] = {"fields": [None, {"key": "topic"}]}
    _import(page, [holed])
    expect(page.locator(".react-flow__node")).to_have_count(1)
    step(page, "Brief").click()
    page.get_by_role("button", name="Delete field 1").click()
    saved(page)
    boxed.refresh_from_db()
    assert boxed.draft
    assert boxed.draft["nodes"][0]["config"] == {"fields": [{"key": "topic"}]}


def _import(page: Page, nodes: list[dict[str, object]]) -> None:
    page.get_by_role("button", name="More", exact=True).first.click()
    page.get_by_role("menuitem", name="Import JSON").click()
    dialog = page.get_by_role("dialog", name="Import JSON")
    dialog.get_by_label("Or its text").fill(json.dumps({"nodes": nodes, "edges": []}))
    dialog.get_by_role("button", name="Import", exact=True).click()
