"""Getting in."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.browsing import tab_to
from tests.e2e.conftest import OpenPage
from workspaces.models import User, Workspace


def test_a_member_signs_in_by_keyboard_and_sees_home(
    browser_page: OpenPage, editor: User, workspace: Workspace
) -> None:
    page = browser_page()
    page.goto(f"/w/{workspace.slug}/")

    tab_to(page, page.get_by_label("Email"))
    page.keyboard.type(editor.email)
    tab_to(page, page.get_by_label("Password"))
    page.keyboard.type("a-long-password")
    page.keyboard.press("Enter")

    page.wait_for_url(f"**/w/{workspace.slug}/")
    expect(page).to_have_title("Home · Copyloom")
