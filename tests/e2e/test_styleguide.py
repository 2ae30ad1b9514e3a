"""The page of the design system: whole, and readable by everybody."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from config.settings import base
from tests.e2e.browsing import PHONE, axe
from tests.e2e.conftest import OpenPage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("scheme", "size"), [("light", (1440, 900)), ("dark", PHONE)])
def test_every_component_is_readable(
    browser_page: OpenPage, scheme: str, size: tuple[int, int]
) -> None:
    page = browser_page(size=size, color_scheme=scheme)
    page.goto("/styleguide")
    for name in ("Buttons", "Inputs", "Timing", "Variant picker and diff", "Tabs"):
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    expect(page.get_by_role("insertion").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]
    axe(page)


def test_it_is_for_development_alone() -> None:
    assert base.STYLEGUIDE is False
