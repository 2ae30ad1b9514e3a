"""Reviewing in the browser: by mouse, by keys, on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browsing import PHONE, Tab, axe
from tests.e2e.conftest import OpenPage
from tests.engine import Drive, outputs
from tests.scripted_openai import ScriptedOpenAI, answer
from tests.workflows.views.reviewing import (
    illustrated,
    inbox_url,
    page_url,
    reviewed,
    waiting,
)
from workflows.engine.states import Verdict
from workflows.models import ReviewTask, WorkflowExecution
from workflows.reviews.decide import decide
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(drive: Drive, providers: ScriptedOpenAI) -> WorkflowExecution:
    """A run that waits for picks of one of two texts and of images."""
    providers.next(answer("Hot tea"), answer("Cold tea"))
    return drive.run(illustrated(pick_copy="one", pick_images="many"), topic="tea")


def card(page: Page, name: str) -> Locator:
    return page.locator(f"#card-{name}")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def text_of(name: str) -> str:
    return next(item["text"] for item in waiting().items if item["id"] == name)


def test_a_review_by_mouse_from_the_inbox_to_the_approval(
    browser_page: OpenPage,
    run: WorkflowExecution,
    drive: Drive,
    reviewer: User,
    workspace: Workspace,
) -> None:
    page = browser_page(reviewer)
    page.goto(inbox_url(workspace))
    axe(page)
    page.get_by_role("link", name="Open the most urgent").click()
    expect(page.get_by_text("1 of 1 picked").first).to_be_visible()
    axe(page)

    card(page, "copy-2").get_by_label("Pick variant 2").check(force=True)
    card(page, "copy-2").get_by_label("Edit variant 2").click()
    axe(page)
    page.keyboard.type(" with ice")
    button(page, "Save edit").click()
    expect(card(page, "copy-2").locator("[data-text]")).to_contain_text("with ice")
    expect(card(page, "copy-2").get_by_text("Edited")).to_be_visible()
    for number in (1, 2):
        card(page, f"image-{number}").get_by_label(f"Pick image {number}").check(force=True)
    card(page, "image-2").get_by_text("Set primary").click()
    expect(page.get_by_text("Image 2 is primary")).to_be_visible()
    page.get_by_label("Alt text, image 1").fill("")
    expect(page.get_by_text("1 image without alt text")).to_be_visible()
    page.get_by_label("Alt text, image 1").fill("A cup")
    page.get_by_label("Move image 2 earlier").click()
    page.get_by_label("Comment").fill("Good to go")
    button(page, "Approve").click()

    expect(page).to_have_url(f"{page.url.split('/w/')[0]}{inbox_url(workspace)}")
    expect(page.locator("#toasts")).to_contain_text(f"Run #{run.pk} goes on")
    drive.work(run)
    output = outputs(run)["review"]
    assert output["text"].endswith("tea with ice")
    assert output["comment"] == "Good to go"
    assert [image["alt_text"] for image in output["images"]] == ["A card", "A cup"]
    assert output["images"][0]["primary"] is True


def test_a_review_by_keys_alone(
    browser_page: OpenPage, run: WorkflowExecution, drive: Drive, reviewer: User
) -> None:
    page = browser_page(reviewer)
    page.goto(page_url(waiting()))
    page.keyboard.press("2")
    expect(page.get_by_text("1 of 1 picked").first).to_be_visible()
    page.keyboard.press("e")
    page.keyboard.type(" a1x")  # typed, never taken for a shortcut
    page.keyboard.press("Escape")
    expect(card(page, "copy-2").locator("[data-text]")).to_contain_text("a1x")

    page.keyboard.press("1")
    page.keyboard.press("Tab")
    expect(page.locator("#image-cards")).to_be_focused()
    for key in "122p":  # leave out 1 and 2, take 2 back, make it primary
        page.keyboard.press(key)
    expect(page.get_by_text("Image 2 is primary")).to_be_visible()
    card(page, "image-2").get_by_label("Pick image 2").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_text("Image 2 is now 1 of 2.")).to_be_attached()
    expect(page.locator("#card-image-2 [data-position]")).to_have_text("1")

    page.keyboard.press("a")
    page.wait_for_url("**/reviews")
    drive.work(run)
    output = outputs(run)["review"]
    assert len(output["images"]) == 1
    assert output["images"][0]["primary"] is True


def test_changes_are_asked_for_and_the_next_round_shows_them(
    browser_page: OpenPage, drive: Drive, providers: ScriptedOpenAI, reviewer: User
) -> None:
    providers.next(answer("Hot tea. Buy now!"), answer("Hot tea. Try a cup."))
    run = drive.run(reviewed(quantity=1), topic="tea")
    page = browser_page(reviewer)
    page.goto(page_url(waiting()))
    page.keyboard.press("r")
    expect(page.get_by_label("Comment")).to_be_focused()
    page.keyboard.type("Do not shout")
    button(page, "Request changes").click()
    page.wait_for_url("**/reviews")
    drive.work(run)

    page.goto(page_url(waiting()))
    expect(page.locator("ins")).to_have_text("Try a cup.")
    expect(page.locator("del")).to_have_text("Buy now!")
    axe(page)
    page.get_by_label("Show changes from round 1").uncheck()
    expect(page.locator("del")).to_be_hidden()
    expect(page.locator("#card-copy-1 [data-text]")).to_have_text("Hot tea. Try a cup.")
    expect(page.get_by_text("Do not shout")).to_be_visible()


def test_rejecting_asks_once_more(
    browser_page: OpenPage, run: WorkflowExecution, reviewer: User
) -> None:
    page = browser_page(reviewer)
    page.goto(page_url(waiting()))
    page.keyboard.press("x")
    dialog = page.get_by_role("dialog", name="Reject this review?")
    expect(dialog).to_be_visible()
    axe(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert waiting()
    button(page, "Reject").click()
    dialog.get_by_role("button", name="Reject").click()
    page.wait_for_url("**/reviews")
    assert ReviewTask.objects.get().state == "rejected"


def test_what_does_not_fit_is_said_beside_it_and_nothing_is_lost(
    browser_page: OpenPage, tab: Tab, run: WorkflowExecution, reviewer: User
) -> None:
    tab.allow("422")
    page = browser_page(reviewer)
    page.goto(page_url(waiting()))
    page.get_by_label("Comment").fill("My comment")
    for number in (1, 2):
        page.get_by_label(f"Pick image {number}").uncheck(force=True)
    page.keyboard.press("Escape")
    button(page, "Approve").click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert).to_contain_text("Pick at least one image.")
    expect(page.get_by_label("Comment")).to_have_value("My comment")
    axe(page)


def test_a_draft_outlives_a_reload_and_can_be_dropped(
    browser_page: OpenPage, run: WorkflowExecution, reviewer: User
) -> None:
    page = browser_page(reviewer)
    page.goto(page_url(waiting()))
    written = text_of("copy-1")
    page.keyboard.press("1")
    page.keyboard.press("e")
    page.keyboard.type(", edited")
    button(page, "Save edit").click()
    page.get_by_label("Comment").fill("So far")
    page.reload()
    expect(page.get_by_text("What you had chosen before is back.")).to_be_visible()
    expect(card(page, "copy-1").locator("[data-text]")).to_have_text(f"{written}, edited")
    expect(page.get_by_text("1 of 1 picked").first).to_be_visible()
    expect(page.get_by_label("Comment")).to_have_value("So far")
    button(page, "Start over").click()
    expect(page.get_by_label("Comment")).to_have_value("")
    expect(card(page, "copy-1").locator("[data-text]")).to_have_text(written)


def test_a_draft_that_was_sent_is_gone(
    browser_page: OpenPage, drive: Drive, providers: ScriptedOpenAI, reviewer: User
) -> None:
    drive.run(reviewed(quantity=1), topic="tea")
    page = browser_page(reviewer)
    page.goto(page_url(waiting()))
    page.get_by_label("Comment").fill("Good")
    button(page, "Approve").click()
    page.wait_for_url("**/reviews")
    kept = page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('review.'))")
    assert kept == []


def test_images_open_at_full_size_and_arrow_keys_go_on(
    browser_page: OpenPage, run: WorkflowExecution, reviewer: User
) -> None:
    page = browser_page(reviewer)
    page.goto(page_url(waiting()))
    card(page, "image-2").get_by_role("link", name="Image 2, full size").click()
    dialog = page.get_by_role("dialog", name="Image, full size")
    expect(dialog).to_contain_text("2 of 2")
    expect(dialog.locator("img")).to_have_attribute("alt", "A card")
    axe(page)
    page.keyboard.press("ArrowRight")
    expect(dialog).to_contain_text("1 of 2")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(card(page, "image-2").get_by_role("link")).to_be_focused()


def test_an_open_page_hears_that_somebody_was_first_and_keeps_what_was_typed(
    browser_page: OpenPage, tab: Tab, run: WorkflowExecution, reviewer: User, owner: User
) -> None:
    tab.allow("409")
    page = browser_page(reviewer)
    page.clock.install()
    task = waiting()
    page.goto(page_url(task))
    page.get_by_label("Comment").fill("My long comment")
    decide(task.pk, verdict=Verdict.REJECT, user=owner, comment="No")
    page.clock.run_for(21_000)
    expect(page.get_by_text("Owner rejected this review")).to_be_visible()
    expect(button(page, "Approve")).to_be_disabled()
    expect(page.get_by_label("Comment")).to_have_value("My long comment")


def test_keys_can_be_turned_off(
    browser_page: OpenPage, run: WorkflowExecution, reviewer: User
) -> None:
    page = browser_page(reviewer)
    page.goto(page_url(waiting()))
    off = page.get_by_role("button", name="Keyboard shortcuts off")
    off.click()
    page.keyboard.press("1")
    page.keyboard.press("x")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("1 of 1 picked").first).to_be_visible()
    off.click()
    page.keyboard.press("1")
    expect(page.get_by_text("1 of 1 picked").first).to_be_visible()


def test_on_a_phone_one_variant_at_a_time_and_the_decision_at_hand(
    browser_page: OpenPage, run: WorkflowExecution, drive: Drive, reviewer: User
) -> None:
    page = browser_page(reviewer, size=PHONE, has_touch=True)
    page.goto(page_url(waiting()))
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    expect(page.locator("[data-here]")).to_have_text("1")
    card(page, "copy-2").scroll_into_view_if_needed()
    page.locator("[data-swipe]").evaluate("row => row.scrollTo({ left: row.scrollWidth })")
    expect(page.locator("[data-here]")).to_have_text("2")

    for name in ("Approve", "Request changes", "Reject"):
        box = button(page, name).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
        assert box["y"] + box["height"] <= PHONE[1]
    card(page, "copy-2").get_by_label("Pick variant 2").check(force=True)
    card(page, "image-1").get_by_label("Pick image 1").check(force=True)
    button(page, "Approve").click()
    page.wait_for_url("**/reviews")
    drive.work(run)
    assert outputs(run)["review"]["decision"] == "approved"


def test_on_a_tablet_the_inbox_is_a_drawer(
    browser_page: OpenPage, run: WorkflowExecution, reviewer: User
) -> None:
    page = browser_page(reviewer, size=(820, 1180))
    page.goto(page_url(waiting()))
    inbox = page.locator("#inbox")
    expect(inbox).to_be_hidden()
    page.get_by_role("button", name="Reviews 1").click()
    expect(inbox).to_be_visible()
    axe(page)
    page.keyboard.press("Escape")
    expect(inbox).to_be_hidden()


def test_without_javascript_a_review_can_be_edited_and_decided(
    browser_page: OpenPage, run: WorkflowExecution, drive: Drive, reviewer: User
) -> None:
    page = browser_page(reviewer, java_script_enabled=False)
    page.goto(page_url(waiting()))
    card(page, "copy-1").get_by_label("Text of variant 1").fill("My tea")
    card(page, "copy-1").get_by_label("Pick variant 1").check(force=True)
    card(page, "image-2").get_by_label("Pick image 2").check(force=True)
    page.get_by_label("Move image 2 earlier").click()
    expect(page.locator("[data-shots] > li").first).to_have_id("card-image-2")
    button(page, "Approve").click()
    page.wait_for_url("**/reviews")
    drive.work(run)
    assert outputs(run)["review"]["text"] == "My tea"


def test_an_image_is_made_anew_with_a_note_and_what_was_chosen_stays(
    browser_page: OpenPage, run: WorkflowExecution, reviewer: User
) -> None:
    page = browser_page(reviewer)
    page.goto(page_url(waiting()))
    old = waiting().items[3]["image"]["id"]
    card(page, "image-2").get_by_label("Pick image 2").check(force=True)
    page.get_by_label("Comment").fill("So far")
    button(page, "Make image 2 anew").click()
    dialog = page.get_by_role("dialog", name="Make image 2 anew")
    axe(page)
    dialog.get_by_label("What should be different?").fill("Warmer light")
    dialog.get_by_role("button", name="Make anew").click()
    expect(dialog).to_be_hidden()
    fresh = waiting().items[3]["image"]["id"]
    assert fresh != old
    image = card(page, "image-2").locator("img")
    expect(image).to_have_attribute("src", f"/api/images/{fresh}/file")
    expect(card(page, "image-2").get_by_label("Pick image 2")).to_be_checked()
    expect(page.get_by_label("Comment")).to_have_value("So far")
    page.keyboard.press("Escape")
    card(page, "copy-1").get_by_label("Pick variant 1").check(force=True)
    button(page, "Approve").click()  # on what is shown now
    page.wait_for_url("**/reviews")
