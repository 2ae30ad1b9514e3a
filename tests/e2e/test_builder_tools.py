"""The builder's tools beside drawing: files, uploads, notes, boxes, sizes, names for variables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import factories as make
from tests.conftest import add_providers
from tests.e2e.browsing import axe
from tests.e2e.conftest import OpenPage
from tests.e2e.drawing import connections, drag, open_builder, saved, step
from tests.graphs import brief, copy, graph, node, text
from tests.scripted_openai import png
from workflows.interchange import import_template
from workflows.models import WorkflowExecution, WorkflowTemplate
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def judged(workspace: Workspace, editor: User, owner: User) -> WorkflowTemplate:
    """Copy that one person judges, and a text made of it."""
    add_providers("http://127.0.0.1:9/v1")
    review = node("review", "review", show=["nodes.lines.variants"], assignees=[owner.email])
    nodes = [brief("topic"), copy("lines"), review, text("teaser", "{{ nodes.lines.text }}!")]
    for number, one in enumerate(nodes):
        one["position"] = {"x": 0, "y": number * 150}
    flow = graph(nodes, "brief > lines > review.approved > teaser")
    return make.TemplateFactory(workspace=workspace, graph=flow, name="Letter")


def test_a_workflow_is_taken_out_and_in_again_without_its_people(
    browser_page: OpenPage,
    editor: User,
    judged: WorkflowTemplate,
    workspace: Workspace,
    tmp_path: Path,
) -> None:
    page = browser_page(editor)
    open_builder(page, judged.pk)
    step(page, "Lines").click()
    page.get_by_role("tab", name="Advanced").click()
    name = page.get_by_role("textbox", name="Name in variables")
    name.fill("review")
    name.press("Enter")
    expect(page.get_by_text("Another step is called that.")).to_be_visible()
    name.fill("headlines")
    name.press("Enter")
    expect(step(page, "Lines")).to_be_focused()
    assert "headlines.out>review" in connections(page)
    saved(page)

    page.get_by_role("button", name="More", exact=True).first.click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Export as JSON").click()
    expect(page.locator(".toast", has_text="Choose them again")).to_contain_text("Review")
    file = tmp_path / "letter.json"
    download.value.save_as(file)
    made = import_template(json.loads(file.read_text("utf-8")), workspace=workspace, author=editor)
    assert made.current_version
    configs = dict(made.current_version.nodes.values_list("key", "config"))
    assert configs["teaser"] == {"template": "{{ nodes.headlines.text }}!"}
    assert configs["review"]["show"] == ["nodes.headlines.variants"]
    assert configs["review"]["assignees"] == []

    page.locator(".react-flow__pane").click(position={"x": 500, "y": 720})
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    expect(page.locator(".react-flow__node")).to_have_count(1)
    page.get_by_role("button", name="More", exact=True).first.click()
    page.get_by_role("menuitem", name="Import JSON").click()
    dialog = page.get_by_role("dialog", name="Import JSON")
    dialog.get_by_label("Or its text").fill("no workflow")
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("This is no workflow.")
    axe(page)
    dialog.get_by_label("File").set_input_files(file)
    expect(dialog.get_by_label("Or its text")).to_have_value(file.read_text("utf-8"))
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator(".react-flow__node")).to_have_count(4)
    assert "headlines.out>review" in connections(page)


def test_notes_boxes_and_containers_are_handled_with_the_mouse(
    browser_page: OpenPage, editor: User, workspace: Workspace
) -> None:
    nodes = [brief("topic"), node("box", "parallel"), text("inner", "x", parent="box")]
    for number, one in enumerate(nodes):
        one["position"] = {"x": 16, "y": 48 if one["parent"] else number * 150}
    flow = graph(nodes, "brief > box")
    workflow = make.TemplateFactory(workspace=workspace, graph=flow, name="Letter")
    page = browser_page(editor)
    open_builder(page, workflow.pk)

    page.get_by_role("button", name="Note A word").click()
    note = page.get_by_role("textbox", name="Text of the note")
    note.click()
    page.keyboard.type("Ask legal first")
    saved(page)
    workflow.refresh_from_db()
    assert workflow.draft and workflow.draft["canvas_notes"][0]["text"] == "Ask legal first"

    card = step(page, "Box")
    card.click(position={"x": 60, "y": 20})
    before = card.bounding_box()
    corner = page.locator(".b-resize")
    drag(page, corner, corner, dx=120, dy=80)
    after = card.bounding_box()
    assert before and after
    assert after["width"] >= before["width"] + 100
    assert after["height"] >= before["height"] + 60
    page.get_by_role("button", name="Close the container").click()
    expect(step(page, "Inner")).to_be_hidden()
    page.reload()
    page.get_by_role("button", name="Open the container").click()
    expect(step(page, "Inner")).to_be_visible()
    again = card.bounding_box()
    assert again and again["width"] == after["width"]

    first, last = step(page, "Brief").bounding_box(), card.bounding_box()
    assert first and last
    page.keyboard.down("Shift")
    page.mouse.move(first["x"] - 20, first["y"] - 20)
    page.mouse.down()
    page.mouse.move(last["x"] + 60, last["y"] + 30, steps=6)
    page.mouse.up()
    page.keyboard.up("Shift")
    expect(page.locator(".react-flow__node.selected")).to_have_count(2)
    both = page.locator(".react-flow__nodesselection-rect")
    placed = _columns(workflow)
    drag(page, both, both, dx=64)
    saved(page)
    moved = {key: x - placed[key] for key, x in _columns(workflow).items()}
    assert moved["brief"] == moved["box"] >= 48
    assert moved["inner"] == 0
    page.keyboard.press("Control+Z")
    saved(page)
    assert _columns(workflow) == placed
    expect(page.locator(".react-flow__node.selected")).to_have_count(2)
    page.keyboard.press("Delete")
    expect(page.locator(".toast", has_text="starts with its brief")).to_be_visible()
    expect(page.locator(".react-flow__node-container")).to_have_count(0)
    page.keyboard.press("Control+Z")
    expect(step(page, "Inner")).to_be_visible()


def _columns(workflow: WorkflowTemplate) -> dict[str, float]:
    """How far right each step stands, as it was saved."""
    workflow.refresh_from_db()
    assert workflow.draft
    return {step["key"]: step["position"]["x"] for step in workflow.draft["nodes"]}


def test_a_test_run_takes_pictures_and_files_as_the_launch_page_does(
    browser_page: OpenPage, editor: User, workspace: Workspace
) -> None:
    questions = brief(photo="image", facts="file")
    flow = graph([questions, text("teaser", "{{ brief.facts }}")], "brief > teaser")
    workflow = make.TemplateFactory(workspace=workspace, graph=flow, name="Letter")
    page = browser_page(editor)
    open_builder(page, workflow.pk)
    page.get_by_role("button", name="Test run").click()
    dialog = page.get_by_role("dialog", name="Test run of the draft")
    photo = {"name": "lamp.png", "mimeType": "image/png", "buffer": png(64, 64)}
    dialog.get_by_label("Upload: photo").set_input_files(photo)  # type: ignore[arg-type]
    expect(dialog.get_by_role("radio")).to_be_checked()
    facts = {"name": "facts.md", "mimeType": "text/markdown", "buffer": b"It is light."}
    dialog.get_by_label("Upload: facts").set_input_files(facts)  # type: ignore[arg-type]
    expect(dialog.get_by_text("facts.md")).to_be_visible()
    axe(page)
    dialog.get_by_role("button", name="Start test run").click()
    expect(page.locator(".b-run")).to_be_visible()
    run = WorkflowExecution.objects.get()
    assert (run.inputs["photo"]["width"], run.inputs["facts"]) == (64, "It is light.")
