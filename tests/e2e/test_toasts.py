"""Toasts and menus: neither stays in the way, and an error stays until the person has seen it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.browsing import Tab, axe, tab_to
from tests.e2e.conftest import OpenPage
from tests.e2e.world import World
from workspaces.models import Membership, User, Workspace

TELL = (
    "([text, level]) => document.dispatchEvent(new CustomEvent('toast', {detail: {text, level}}))"
)


def _tell(page: Page, text: str, level: str = "success") -> None:
    page.evaluate(TELL, [text, level])


def test_an_error_is_not_pushed_out_by_what_went_well(
    browser_page: OpenPage, workspace: Workspace, owner: User
) -> None:
    page = browser_page(owner)
    page.goto(f"/w/{workspace.slug}/projects")
    _tell(page, "The image was not saved.", "error")
    for number in range(1, 4):
        _tell(page, f"Saved as version {number}.")
    expect(page.locator(".toast")).to_have_text(
        ["The image was not saved.", "Saved as version 2.", "Saved as version 3."]
    )
    assert page.locator(".toast > .icon").count() == 3  # colour is never alone
    axe(page)


def test_an_error_is_put_away_by_keyboard(
    browser_page: OpenPage, workspace: Workspace, owner: User
) -> None:
    page = browser_page(owner)
    page.goto(f"/w/{workspace.slug}/projects")
    _tell(page, "The image was not saved.", "error")
    page.get_by_role("button", name="Dismiss").press("Enter")
    expect(page.locator(".toast")).to_have_count(0)


def test_what_every_poll_meets_is_said_once_and_taken_back(
    browser_page: OpenPage, tab: Tab, world: World, owner: User
) -> None:
    tab.allow("ERR_INTERNET_DISCONNECTED|htmx:sendError")
    page = browser_page(owner)
    page.goto(world.paths()["runs"])
    page.context.set_offline(True)
    for _ in range(2):
        page.wait_for_event("requestfailed")
    expect(page.locator(".toast")).to_contain_text("The server cannot be reached.")
    page.context.set_offline(False)
    expect(page.locator(".toast")).to_have_count(0)


def test_a_page_of_somebody_removed_says_so_and_stops_asking(
    browser_page: OpenPage, tab: Tab, world: World, editor: User
) -> None:
    tab.allow("404|htmx:responseError|Response Status Error")
    page = browser_page(editor)
    page.clock.install()
    page.goto(world.paths()["runs"])
    Membership.objects.get(user=editor).delete()
    expect(page.locator(".toast")).to_contain_text("This is not there any more.")
    expect(page.locator("#run-rows[data-gone]")).to_be_visible()
    page.get_by_role("button", name="Dismiss").click()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(5_000)  # a poll comes every two seconds
    assert not asked


def test_a_menu_closes_behind_whoever_tabs_on(
    browser_page: OpenPage, world: World, owner: User
) -> None:
    page = browser_page(owner)
    page.goto(world.paths()["documents"])
    page.locator(".bell > summary").press("Enter")
    panel = page.get_by_role("link", name="All notifications")
    expect(page.get_by_role("button", name="Run failed: A failed run")).to_be_visible()
    tab_to(page, panel)
    page.keyboard.press("Tab")
    expect(panel).to_be_hidden()
