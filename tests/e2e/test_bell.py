"""The bell by keyboard: opened, read, closed, with the focus where it was."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests import factories as make
from tests.e2e.browsing import PHONE, axe, tab_to
from tests.e2e.conftest import OpenPage
from tests.e2e.world import World
from workspaces.models import Notice, User, Workspace


def test_the_bell_is_opened_and_closed_by_keyboard(
    browser_page: OpenPage, world: World, owner: User
) -> None:
    page = browser_page(owner)
    page.goto(world.paths()["gallery"])
    bell = page.locator(".bell > summary")
    expect(bell).to_have_text(re.compile(r"Notifications\s*3\s*unread"))
    tab_to(page, bell)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Run failed: A failed run")).to_be_visible()
    axe(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Run failed: A failed run")).to_be_hidden()
    expect(bell).to_be_focused()

    page.keyboard.press("Enter")
    button = tab_to(page, page.get_by_role("button", name="Mark all read"))
    page.keyboard.press("Enter")
    expect(bell).to_have_text("Notifications")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_be_focused()
    assert not Notice.objects.filter(read_at=None).exists()


def test_one_leads_to_its_page_and_is_read_then(
    browser_page: OpenPage, workspace: Workspace, owner: User
) -> None:
    run = make.ExecutionFactory(workspace=workspace, launched_by=owner, title="Spring letter")
    path = f"/w/alder-pine/runs/{run.pk}"
    make.NoticeFactory(workspace=workspace, user=owner, subject="Run failed: Spring", path=path)
    page = browser_page(owner)
    page.goto("/w/alder-pine/projects")
    page.locator(".bell > summary").click()
    page.get_by_role("button", name="Run failed: Spring").click()
    expect(page).to_have_url(re.compile(f"{path}$"))
    expect(page.locator(".bell > summary")).to_have_text("Notifications")


def test_on_a_phone_it_is_a_page(browser_page: OpenPage, world: World, owner: User) -> None:
    page = browser_page(owner, size=PHONE)
    page.goto(world.paths()["gallery"])
    page.get_by_text("More").click()
    page.get_by_role("link", name=re.compile("Notifications")).click()
    expect(page.get_by_role("heading", name="3 unread")).to_be_visible()
    page.get_by_role("button", name="Mark all read").click()
    expect(page.get_by_role("heading", name="All read")).to_be_visible()


def test_without_scripts_the_bell_leads_to_its_page(
    browser_page: OpenPage, world: World, owner: User
) -> None:
    page = browser_page(owner, java_script_enabled=False)
    page.goto(world.paths()["gallery"])
    page.locator(".bell > summary").click()
    page.get_by_role("link", name="All notifications").click()
    expect(page.get_by_role("heading", name="3 unread")).to_be_visible()
