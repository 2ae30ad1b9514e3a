"""The API's documentation in a browser."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.api.conftest import key_of
from tests.e2e.conftest import OpenPage
from workspaces.models import User, Workspace


def test_somebody_reads_the_docs_and_tries_a_call(
    browser_page: OpenPage, editor: User, workspace: Workspace
) -> None:
    page = browser_page()
    page.goto("/api/docs")
    expect(page).to_have_title("Copyloom API")
    call = page.locator("#operations-projects-list_projects")
    expect(call).to_contain_text("/api/projects")

    page.get_by_role("button", name="Authorize").first.click()
    token = page.locator(".auth-container", has_text="token (apiKey)").last
    token.locator("input").fill(f"Token {key_of(editor, workspace)}")
    token.get_by_role("button", name="Apply credentials").click()
    page.get_by_role("button", name="Close", exact=True).first.click()

    call.locator(".opblock-summary-control").click()
    call.get_by_role("button", name="Try it out").click()
    call.get_by_role("button", name="Execute").click()
    expect(call.locator(".live-responses-table")).to_contain_text('"results": []')


def test_a_member_tries_a_call_with_the_session(
    browser_page: OpenPage, editor: User, workspace: Workspace
) -> None:
    page = browser_page(editor)
    page.goto("/api/docs")
    call = page.locator("#operations-workspaces-list_workspaces")
    call.locator(".opblock-summary-control").click()
    call.get_by_role("button", name="Try it out").click()
    call.get_by_role("button", name="Execute").click()
    expect(call.locator(".live-responses-table")).to_contain_text(workspace.slug)
