"""Toasts: three at most, and an error stays until the person has seen it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.browsing import axe
from tests.e2e.conftest import OpenPage
from workspaces.models import User, Workspace

TELL = "([text, level]) => document.dispatchEvent(new CustomEvent('toast', {detail: {text, level}}))"


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
