"""The launch form in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests import factories as make
from tests.conftest import add_providers
from tests.documents.conftest import png
from tests.e2e.browsing import PHONE, axe
from tests.e2e.conftest import OpenPage
from tests.graphs import copy, graph, node
from workflows.models import WorkflowExecution, WorkflowTemplate
from workspaces.models import User, Workspace

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("redis")]
FIELDS = [
    {"key": "topic", "label": "Topic", "required": True},
    {"key": "count", "label": "How many", "kind": "choice", "options": ["2", "5"], "default": "2"},
    {"key": "avoid", "label": "Words to avoid", "kind": "list"},
    {"key": "amount", "label": "Amount", "kind": "number", "default": 3},
    {"key": "photo", "label": "Photo", "kind": "image"},
]


@pytest.fixture
def template(workspace: Workspace) -> WorkflowTemplate:
    """A workflow whose number of calls follows the brief."""
    add_providers("http://127.0.0.1:9/v1")
    flow = graph(
        [node("brief", "brief", fields=FIELDS), copy("lines", quantity="{{ brief.count }}")],
        "brief > lines",
    )
    return make.TemplateFactory(workspace=workspace, graph=flow, name="Kit")


def address(template: WorkflowTemplate) -> str:
    return f"/w/alder-pine/workflows/{template.pk}/launch"


def test_a_brief_is_filled_in_and_launched_by_keyboard(
    browser_page: OpenPage, editor: User, template: WorkflowTemplate
) -> None:
    page = browser_page(editor)
    page.goto(address(template))
    page.get_by_label("Topic").fill("Apples")
    first = page.get_by_label("Words to avoid")
    first.fill("cheap")
    first.press("Enter")
    page.keyboard.type("best")
    page.get_by_role("button", name="One more").click()
    page.get_by_label("5", exact=True).check()
    expect(page.locator("#summary")).to_contain_text("5 calls")
    expect(page.locator("#summary")).to_contain_text("Brief complete")

    page.keyboard.press("Control+Enter")

    page.wait_for_url("**/runs/*")
    run = WorkflowExecution.objects.get()
    assert run.inputs["avoid"] == ["cheap", "best"]
    assert run.inputs["amount"] == 4
    assert run.inputs["count"] == "5"


def test_a_draft_comes_back_until_the_run_is_launched(
    browser_page: OpenPage, editor: User, template: WorkflowTemplate
) -> None:
    page = browser_page(editor)
    page.goto(address(template))
    page.get_by_label("Topic").fill("Apples")
    page.get_by_label("Words to avoid").fill("cheap")
    page.wait_for_timeout(500)

    page.goto("/w/alder-pine/runs")
    page.goto(address(template))
    expect(page.get_by_label("Topic")).to_have_value("Apples")
    expect(page.get_by_label("Words to avoid")).to_have_value("cheap")
    expect(page.get_by_text("Your draft is back.")).to_be_visible()

    page.get_by_role("button", name="Launch", exact=True).click()
    page.wait_for_url("**/runs/*")
    page.goto(address(template))
    expect(page.get_by_label("Topic")).to_have_value("")


def test_two_presses_make_one_run(
    browser_page: OpenPage, editor: User, template: WorkflowTemplate
) -> None:
    page = browser_page(editor)
    page.goto(address(template))
    page.get_by_label("Topic").fill("Apples")
    page.get_by_role("button", name="Launch", exact=True).dblclick()
    page.wait_for_url("**/runs/*")
    assert WorkflowExecution.objects.count() == 1


def test_a_refused_brief_keeps_the_picture_and_names_what_is_missing(
    browser_page: OpenPage, editor: User, template: WorkflowTemplate, tab: object
) -> None:
    tab.allow("422")  # type: ignore[attr-defined]
    page = browser_page(editor)
    page.goto(address(template))
    page.locator('input[name="upload.photo"]').set_input_files(
        {"name": "photo.png", "mimeType": "image/png", "buffer": png()}
    )
    expect(page.get_by_alt_text("photo.png")).to_be_visible()
    page.get_by_role("button", name="Launch", exact=True).click()

    expect(page.get_by_text("Fill in Topic.")).to_be_visible()
    expect(page.get_by_label("Topic")).to_be_focused()
    assert page.locator('input[name="inputs.photo"]:checked').get_attribute("value")
    page.get_by_label("Topic").fill("Apples")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/runs/*")
    assert WorkflowExecution.objects.get().inputs["photo"]["width"]


def test_the_form_works_without_scripts(
    browser_page: OpenPage, editor: User, template: WorkflowTemplate
) -> None:
    page = browser_page(editor, java_script_enabled=False)
    page.goto(address(template))
    page.get_by_label("Topic").fill("Apples")
    page.get_by_label("Words to avoid").fill("cheap\nbest")
    page.get_by_role("button", name="Launch", exact=True).click()
    page.wait_for_url("**/runs/*")
    assert WorkflowExecution.objects.get().inputs["avoid"] == ["cheap", "best"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_form_is_accessible(
    scheme: str, browser_page: OpenPage, editor: User, viewer: User, template: WorkflowTemplate
) -> None:
    page = browser_page(editor, color_scheme=scheme)
    page.goto(address(template))
    axe(page)
    small = browser_page(editor, size=PHONE, color_scheme=scheme)
    small.goto(address(template))
    axe(small)
    assert small.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    closed = browser_page(viewer, color_scheme=scheme)
    closed.goto(address(template))
    axe(closed)
