"""What people do in the builder: with real mouse and keys, never by a script in the page."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

SAVED = 2_000
"""Milliseconds after which a change stands as saved."""


def open_builder(page: Page, workflow_id: int) -> None:
    """Go there and wait until the steps are drawn."""
    page.goto(f"/w/alder-pine/workflows/{workflow_id}/builder")
    expect(page.locator(".react-flow__node").first).to_be_visible()


def step(page: Page, name: str) -> Locator:
    """A step's card on the canvas, by its name."""
    return page.locator(".react-flow__node").filter(has=page.get_by_title(name, exact=True))


def connections(page: Page) -> set[str]:
    """The connections drawn, as ``brief.out>copy``."""
    found = page.locator(".react-flow__edge").all()
    return {str(one.get_attribute("data-id")) for one in found}


def drag(page: Page, source: Locator, target: Locator, *, dx: float = 0, dy: float = 0) -> None:
    """Press on one thing, move in steps, release on the other, ``dx`` and ``dy`` off its middle."""
    start, end = source.bounding_box(), target.bounding_box()
    assert start and end
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    x, y = end["x"] + end["width"] / 2 + dx, end["y"] + end["height"] / 2 + dy
    page.mouse.move(x, y - 12, steps=8)
    page.mouse.move(x, y, steps=4)
    page.mouse.up()


def saved(page: Page) -> None:
    """The bar says so, soon."""
    expect(page.locator(".b-save")).to_contain_text("Saved", timeout=SAVED)


def choose(page: Page, name: str) -> None:
    """Press on a step in the menu that is open."""
    page.get_by_role("dialog", name="Add a step").get_by_role("option", name=name).click()
