"""The gallery and Home in a browser."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.browsing import PHONE
from tests.e2e.conftest import OpenPage
from tests.e2e.world import World
from workflows.models import WorkflowExecution
from workspaces.models import User


def test_the_gallery_is_searched_while_one_types(
    browser_page: OpenPage, world: World, editor: User
) -> None:
    page = browser_page(editor)
    page.goto(world.paths()["gallery"])
    search = page.get_by_label("Search templates")
    search.press_sequentially("press release", delay=40)

    expect(page.get_by_role("article")).to_have_count(1)
    expect(search).to_be_focused()
    expect(search).to_have_value("press release")
    assert "q=press%20release" in page.url

    page.get_by_role("link", name="All 1").click()
    expect(page).to_have_url(re.compile("q=press"))
    page.go_back()
    search.fill("")
    page.get_by_role("link", name="E-mail").click()
    expect(page.locator("[aria-current=true]", has_text="E-mail")).to_be_visible()


def test_the_gallery_is_searched_without_a_script_too(
    browser_page: OpenPage, world: World, editor: User
) -> None:
    page = browser_page(editor, java_script_enabled=False)
    page.goto(world.paths()["gallery"])
    page.get_by_label("Search templates").fill("thread")
    page.get_by_label("Search templates").press("Enter")
    expect(page.get_by_role("article")).to_have_count(1)
    page.get_by_role("link", name="Turn what you know into a thread").click()
    expect(page.get_by_role("heading", name="What it needs")).to_be_visible()


def test_a_template_is_made_ones_own_in_one_click(
    browser_page: OpenPage, world: World, editor: User
) -> None:
    page = browser_page(editor)
    page.goto(world.paths()["template"])
    page.get_by_role("button", name="Customise").click()
    expect(page.locator("#toasts")).to_contain_text("is yours now")
    expect(page.get_by_role("textbox", name="Name of the workflow")).to_have_value(
        "Press release with approval"
    )


def test_the_launch_form_opens_by_the_space_bar_as_buttons_do(
    browser_page: OpenPage, world: World, editor: User
) -> None:
    page = browser_page(editor)
    page.goto(world.paths()["template"])
    page.get_by_role("button", name="Use template", exact=True).press("Space")
    page.wait_for_url("**/templates/press-release/launch")


def test_home_follows_a_run_by_itself_and_stops_with_it(
    browser_page: OpenPage, world: World, editor: User
) -> None:
    page = browser_page(editor)
    page.goto(world.paths()["home"])
    expect(page.get_by_text("A run under way")).to_be_visible()

    running = WorkflowExecution.objects.filter(title="A run under way")
    running.update(title="It has moved on", revision=7)
    expect(page.get_by_text("It has moved on")).to_be_visible(timeout=8_000)

    WorkflowExecution.objects.update(status="completed", revision=8)
    expect(page.get_by_text("Nothing is running")).to_be_visible(timeout=8_000)
    assert page.locator("#active-runs").get_attribute("hx-get") is None


def test_the_look_is_switched_and_stays(browser_page: OpenPage, world: World, editor: User) -> None:
    page = browser_page(editor, color_scheme="light")
    page.goto(world.paths()["home"])
    page.get_by_label("Editor: account").click()
    page.get_by_role("button", name="Light or dark").click()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    assert dark == "rgb(11, 18, 32)"


def test_on_a_phone_everything_is_in_the_bar_or_behind_more(
    browser_page: OpenPage, world: World, editor: User
) -> None:
    page = browser_page(editor, size=PHONE, has_touch=True)
    page.goto(world.paths()["home"])
    bar = page.get_by_role("navigation", name="Main, for phones")
    bar.get_by_text("More").tap()
    bar.get_by_role("link", name="Templates").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Start from a finished idea")
