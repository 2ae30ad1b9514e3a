"""The command palette in a browser, by keys and by mouse."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.browsing import axe
from tests.e2e.conftest import OpenPage
from tests.e2e.world import World
from workspaces.models import User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_few_letters_and_enter_lead_there(
    browser_page: OpenPage, world: World, viewer: User, scheme: str
) -> None:
    page = browser_page(viewer, color_scheme=scheme)
    page.goto(world.paths()["home"])
    page.keyboard.press("Control+k")
    search = page.get_by_role("combobox", name="Search or jump")
    expect(search).to_be_focused()
    expect(page.get_by_role("option", name="Image library")).to_be_visible()
    axe(page)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name="Templates")).to_have_attribute("aria-selected", "true")
    page.keyboard.type("runs")
    page.keyboard.press("Enter")  # before the answer has come
    expect(page).to_have_url(re.compile(r"/w/alder-pine/runs$"))


def test_it_opens_by_the_mouse_and_escape_gives_the_page_back(
    browser_page: OpenPage, world: World, viewer: User
) -> None:
    page = browser_page(viewer)
    page.goto(world.paths()["home"])
    button = page.get_by_role("button", name="Search or jump")
    button.click()
    search = page.get_by_role("combobox", name="Search or jump")
    search.fill("no such thing")
    expect(page.get_by_text("Nothing here is called “no such thing”.")).to_be_visible()
    axe(page)
    page.keyboard.press("Escape")
    expect(search).to_be_hidden()
    expect(button).to_be_focused()
