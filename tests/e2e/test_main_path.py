"""The main job as people do it the first time: sign in, template, launch, review, document, file.

Real workers, a real queue and a scripted model service; once with the mouse, once without it, and
both go only where the screen leads. With ``SCREENSHOTS=<folder>`` each stop is kept as a picture.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from documents.models import Document
from templates_gallery import catalog
from tests.conftest import Processes
from tests.e2e.browsing import axe, tab_to
from tests.e2e.conftest import OpenPage
from tests.scripted_openai import ScriptedOpenAI, answer
from workflows.models import ReviewDecision, ReviewTask
from workspaces.models import User, Workspace

pytestmark = [pytest.mark.xdist_group("redis"), pytest.mark.timeout(300)]
TITLE = "Launch a product on Instagram in one sitting"
BRIEF = {
    "Product or offer": "Trail Mug",
    "What is true about it": "It keeps drinks hot for six hours. It fits bottle cages.",
    "Who it is for": "people who cycle to work",
    "What people should do next": "Order through the link in our bio",
}
WISH = "Shorter, and name the bottle cage first."
REWRITTEN = "It sits in your bottle cage. The drink stays hot for six hours."
SOON = 60_000
"""Milliseconds that a run of small steps takes on a busy machine."""


@pytest.fixture
def studio(
    processes: Processes, providers: ScriptedOpenAI, workspace: Workspace, editor: User
) -> Iterator[None]:
    """A seeded installation at work: workers, reconcile, the gallery."""
    catalog.seed()
    providers.when(lambda call: WISH in call.prompt, answer(REWRITTEN), times=None, path="chat")
    processes.start("worker", "--processes", "2")
    processes.start("reconcile")
    yield


def _wait_for_review(page: Page, round_: int) -> None:
    """The monitor shows that the round waits, without being asked to."""
    link = page.get_by_role("link", name="Review", exact=True)
    expect(link).to_be_visible(timeout=SOON)
    assert ReviewTask.objects.filter(round=round_, state="waiting").exists()


def _check_result(editor: User) -> Document:
    """Both decisions are kept, the comment reached the writer, the document holds the picks."""
    verdicts = list(ReviewDecision.objects.order_by("at").values_list("verdict", "comment"))
    assert [verdict for verdict, _ in verdicts] == ["request_changes", "approve"]
    assert verdicts[0][1] == WISH
    assert {decision.user for decision in ReviewDecision.objects.all()} == {editor}
    document = Document.objects.get()
    assert "Trail Mug" in document.title
    assert REWRITTEN in document.body
    assert document.attachments.count() >= 1
    assert document.attachments.filter(is_primary=True).count() == 1
    return document


def _keep(page: Page, name: str) -> None:
    """A picture of this stop, where somebody wants them."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_with_the_mouse(
    browser_page: OpenPage, studio: None, workspace: Workspace, editor: User
) -> None:
    page = browser_page()
    page.goto("/")
    _keep(page, "mouse-01-sign-in")
    page.get_by_label("Email").fill(editor.email)
    page.get_by_label("Password").fill("a-long-password")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**/w/{workspace.slug}/")
    _keep(page, "mouse-02-home")
    first_steps = page.get_by_role("region", name="Set up your studio")
    first_steps.get_by_role("link", name="Choose").click()
    page.wait_for_url("**/templates")
    _keep(page, "mouse-03-gallery")
    page.get_by_role("link", name=TITLE, exact=True).click()
    page.wait_for_url("**/templates/*")
    axe(page)
    _keep(page, "mouse-04-template")
    page.get_by_text("Use template", exact=True).click()

    page.wait_for_url("**/launch")
    for label, value in BRIEF.items():
        page.get_by_label(label).fill(value)
    _keep(page, "mouse-05-launch")
    page.get_by_role("button", name="Launch").first.click()

    page.wait_for_url("**/runs/*")
    _keep(page, "mouse-06-monitor")
    _wait_for_review(page, 1)
    _keep(page, "mouse-07-waiting")
    page.get_by_role("link", name="Review", exact=True).click()
    page.wait_for_url("**/reviews/*")
    page.get_by_label("Comment").fill(WISH)
    _keep(page, "mouse-08-review")
    page.get_by_role("button", name="Request changes").click()
    page.wait_for_url("**/reviews")
    _keep(page, "mouse-09-sent-back")

    page.locator(".toast").get_by_role("link").click()
    page.wait_for_url("**/runs/*")
    _wait_for_review(page, 2)
    page.get_by_role("link", name="Review", exact=True).click()
    page.wait_for_url("**/reviews/*")
    expect(page.get_by_role("insertion").first).to_be_visible()
    expect(page.get_by_role("deletion").first).to_be_visible()
    for name in ("Pick Variant 1", "Pick image 1"):
        page.get_by_role("checkbox", name=name).check(force=True)
    _keep(page, "mouse-10-second-round")
    page.get_by_role("button", name="Approve").click()
    page.wait_for_url("**/reviews")

    page.locator(".toast").get_by_role("link").click()
    page.wait_for_url("**/runs/*")
    opened = page.get_by_role("link", name="Open document")
    expect(opened).to_be_visible(timeout=SOON)
    _keep(page, "mouse-11-completed")
    opened.click()
    page.wait_for_url("**/documents/*")
    document = _check_result(editor)
    expect(page.get_by_role("heading", name=document.title).first).to_be_visible()
    assert page.locator("main img").count() >= document.attachments.count()
    axe(page)
    _keep(page, "mouse-12-document")
    page.get_by_text("Export", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Markdown").click()
    assert REWRITTEN in download.value.path().read_text("utf-8")


def _press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    tab_to(page, wanted, most=150)
    page.keyboard.press(key)


def test_with_the_keyboard_alone(
    browser_page: OpenPage, studio: None, workspace: Workspace, editor: User
) -> None:
    page = browser_page()
    page.goto("/")
    tab_to(page, page.get_by_label("Email"))
    page.keyboard.type(editor.email)
    tab_to(page, page.get_by_label("Password"))
    page.keyboard.type("a-long-password")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/w/{workspace.slug}/")
    first_steps = page.get_by_role("region", name="Set up your studio")
    _press(page, first_steps.get_by_role("link", name="Choose"))
    page.wait_for_url("**/templates")
    _press(page, page.get_by_role("link", name=TITLE, exact=True))
    page.wait_for_url("**/templates/*")
    _press(page, page.get_by_text("Use template", exact=True))

    page.wait_for_url("**/launch")
    for label, value in BRIEF.items():
        tab_to(page, page.get_by_label(label))
        page.keyboard.type(value)
    page.keyboard.press("Control+Enter")

    page.wait_for_url("**/runs/*")
    _wait_for_review(page, 1)
    _press(page, page.get_by_role("link", name="Review", exact=True))
    page.wait_for_url("**/reviews/*")
    tab_to(page, page.get_by_label("Comment"), most=150)
    page.keyboard.type(WISH)
    _press(page, page.get_by_role("button", name="Request changes"))
    page.wait_for_url("**/reviews")

    _press(page, page.get_by_role("link", name="Runs").first)
    page.wait_for_url("**/runs")
    _press(page, page.get_by_role("link", name="Trail Mug").first)
    page.wait_for_url("**/runs/*")
    _wait_for_review(page, 2)
    _press(page, page.get_by_role("link", name="Review", exact=True))
    page.wait_for_url("**/reviews/*")
    page.wait_for_load_state()
    picked = page.get_by_role("checkbox", name="Pick", checked=True)
    before = picked.count()
    page.keyboard.press("2")
    page.keyboard.press("Tab")
    page.keyboard.press("2")
    expect(picked).to_have_count(before - 2)
    page.keyboard.press("a")
    page.wait_for_url("**/reviews")

    _press(page, page.get_by_role("link", name="Runs").first)
    page.wait_for_url("**/runs")
    _press(page, page.get_by_role("link", name="Trail Mug").first)
    opened = page.get_by_role("link", name="Open document")
    expect(opened).to_be_visible(timeout=SOON)
    _press(page, opened)
    page.wait_for_url("**/documents/*")
    document = _check_result(editor)
    expect(page.get_by_role("heading", name=document.title).first).to_be_visible()
    _press(page, page.get_by_text("Export", exact=True))
    with page.expect_download() as download:
        _press(page, page.get_by_role("link", name="Markdown"))
    assert REWRITTEN in download.value.path().read_text("utf-8")
    _keep(page, "keys-end")
