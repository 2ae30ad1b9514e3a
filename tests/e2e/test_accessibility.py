"""Nothing on a page keeps anybody out: axe finds nothing serious, in either look, at any width.

A page is added by its name in ``World.paths``.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.browsing import DESKTOP, PHONE, Tab, axe, tab_to
from tests.e2e.conftest import OpenPage
from tests.e2e.world import World
from workspaces.models import User

PAGES = [
    "home", "gallery", "template", "workflows", "workflow", "versions", "version", "rename",
    "import", "launch", "runs", "run", "run-list", "reviews", "reviews-done", "review",
    "documents", "document", "document-edit", "document-versions", "document-version", "images",
    "projects", "project", "project-runs", "new-project",
    "members", "providers", "provider", "new-provider", "limits", "tokens", "profile",
    "webhooks", "webhook", "notifications",
]  # fmt: skip
OUTSIDE = ["/accounts/login/", "/accounts/password/reset/", "/accounts/signup/"]
ACCOUNT = [
    "/accounts/2fa/",
    "/accounts/sessions/",
    "/accounts/password/change/",
    "/accounts/logout/",
]


@pytest.mark.timeout(420)
@pytest.mark.parametrize(("scheme", "size"), [("light", DESKTOP), ("dark", PHONE)])
def test_pages_keep_nobody_out(
    browser_page: OpenPage, world: World, owner: User, scheme: str, size: tuple[int, int]
) -> None:
    page = browser_page(owner, color_scheme=scheme, size=size)
    for name in PAGES:
        page.goto(world.paths()[name])
        axe(page)
        expect(page.locator("h1")).to_have_count(1)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{name} is {wide} px too wide at {size[0]} px"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_around_signing_in_keep_nobody_out(
    browser_page: OpenPage, owner: User, scheme: str
) -> None:
    outside, inside = browser_page(color_scheme=scheme), browser_page(owner, color_scheme=scheme)
    for page, paths in ((outside, OUTSIDE), (inside, ACCOUNT)):
        for path in paths:
            page.goto(path)
            axe(page)


def test_errors_keep_nobody_out(browser_page: OpenPage, tab: Tab, viewer: User) -> None:
    tab.allow("40[34]")
    page = browser_page(viewer)
    for path in ("/no-such-page", "/w/alder-pine/workflows/import"):
        page.goto(path)
        axe(page)


def test_menus_and_the_sheet_of_keys_work_without_a_mouse(
    browser_page: OpenPage, world: World, owner: User
) -> None:
    page = browser_page(owner)
    page.goto(world.paths()["gallery"])
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()

    tab_to(page, page.get_by_label("Owner: account"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Light or dark")).to_be_visible()
    axe(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Light or dark")).to_be_hidden()

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    axe(page)
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.get_by_label("Search templates")).to_be_focused()
    page.keyboard.type("?")
    expect(page.get_by_role("dialog")).to_be_hidden()
