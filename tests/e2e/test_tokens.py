"""The look is the one that was drawn: colours, corners, type and shadows, measured on the page.

The values are those of the page of tokens. A row is a page, a selector, a property and what the
browser must compute for it in the light and in the dark look; a page is added to ``ROWS``.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.browsing import PHONE
from tests.e2e.conftest import OpenPage
from tests.e2e.world import World
from workspaces.models import User

INK, INK2, INK3 = ("#0F1B33", "#EAF0FC"), ("#44516F", "#B6C2DC"), ("#5B6780", "#94A3C2")
ACCENT, ACCENT_TEXT = ("#5B8DEF", "#5B8DEF"), ("#2F62C9", "#93B7FF")
SURFACE = ("#FFFFFF", "#17223B")
FAILED, FAILED_TINT = ("#B4242C", "#FF9EA1"), ("#FDEBEC", "rgba(229,72,77,.18)")
WAITING, WAITING_TINT = ("#92500A", "#FCD34D"), ("#FEF1D6", "rgba(245,158,11,.16)")
RUNNING, RUNNING_TINT = ("#2F62C9", "#93B7FF"), ("#E6EFFE", "rgba(91,141,239,.20)")
RING = ("rgba(64,103,187,.09)", "rgba(150,180,245,.10)")


def same(value: str) -> tuple[str, str]:
    return (value, value)


SH1 = (
    f"0 0 0 1px {RING[0]}, 0 1px 2px rgba(23,45,99,.05)",
    f"0 0 0 1px {RING[1]}, 0 1px 2px rgba(0,0,0,.3)",
)
SH2 = (
    f"0 0 0 1px {RING[0]}, 0 1px 2px rgba(23,45,99,.04), 0 10px 28px -12px rgba(59,111,219,.16)",
    f"0 0 0 1px {RING[1]}, 0 1px 2px rgba(0,0,0,.3), 0 14px 32px -14px rgba(0,0,0,.6)",
)
PRIMARY = same(
    "inset 0 1px rgba(255,255,255,.28), inset 0 0 0 1px rgba(24,63,150,.28), "
    "0 1px 2px rgba(24,63,150,.28), 0 8px 18px -8px rgba(59,111,219,.6)"
)

NAVY = same("linear-gradient(145deg, #274472, #16294A)")

FRAME: list[tuple[str, str, tuple[str, str]]] = [
    ("body", "background-color", ("#F5F8FF", "#0B1220")),
    ("body", "color", INK),
    ("body", "font-size", same("13px")),
    ("body", "line-height", same("20px")),
    (".page-title", "font-size", same("28px")),
    (".page-title", "line-height", same("36px")),
    (".page-title", "font-weight", same("650")),
    (".page-title", "letter-spacing", same("-0.728px")),
    (".head__text > p", "color", INK2),
    (".nav", "width", same("232px")),
    (".nav__item[aria-current]", "background-color", SURFACE),
    (".nav__item[aria-current]", "box-shadow", SH1),
    (".nav__item[aria-current]", "border-radius", same("10px")),
    (".nav__item[aria-current] .icon", "color", ACCENT_TEXT),
    (".nav__item:not([aria-current])", "color", INK2),
]
BUTTONS: list[tuple[str, str, tuple[str, str]]] = [
    (".button--primary", "color", same("#FFFFFF")),
    (".button--primary", "background-image", same("linear-gradient(#3E6FDA, #3566D2)")),
    (".button--primary", "box-shadow", PRIMARY),
    (".button--primary", "font-weight", same("550")),
]
CARDS: list[tuple[str, str, tuple[str, str]]] = [
    (".card", "border-radius", same("16px")),
    (".card", "border-top-color", ("rgba(255,255,255,.95)", "rgba(160,190,255,.10)")),
    (".card", "box-shadow", SH2),
    (".card", "backdrop-filter", same("blur(20px) saturate(1.5)")),
    (".card", "background-image", (
        "linear-gradient(rgba(255,255,255,.86), rgba(255,255,255,.66))",
        "linear-gradient(rgba(30,43,72,.72), rgba(20,30,53,.66))",
    )),
]  # fmt: skip
RAIL: list[tuple[str, str, tuple[str, str]]] = [
    (".nav", "width", same("64px")),
    (".nav__item", "width", same("44px")),
    (".nav__item", "height", same("40px")),
]
ROWS: dict[str, list[tuple[str, str, tuple[str, str]]]] = {
    "home": [
        *FRAME,
        *BUTTONS,
        *CARDS,
        (".button--primary:not(.button--sm)", "height", same("36px")),
        (".button--primary:not(.button--sm)", "border-radius", same("10px")),
        (".button--sm", "height", same("32px")),
        (".button--sm", "border-radius", same("9px")),
        (".section-title", "font-size", same("14px")),
        (".section-title", "line-height", same("20px")),
        (".section-title", "font-weight", same("650")),
        (".pill.status-failed", "color", FAILED),
        (".pill.status-failed", "background-color", FAILED_TINT),
        (".pill.status-failed", "height", same("22px")),
        (".pill.status-failed", "border-radius", same("11px")),
        (".pill.status-failed", "font-size", same("11px")),
        (".pill.status-failed", "font-weight", same("600")),
        (".pill.status-running", "color", RUNNING),
        (".pill.status-running", "background-color", RUNNING_TINT),
        (".badge--count.status-waiting", "color", WAITING),
        (".badge--count.status-waiting", "background-color", WAITING_TINT),
        (".pulse", "width", same("8px")),
        (".pulse", "background-color", ACCENT),
        (".segments > .status-completed", "background-color", ("#22A65A", "#34C773")),
        (".segments > .status-failed", "background-color", ("#E5484D", "#F2666B")),
        (".secondary", "font-size", same("12px")),
        (".secondary", "color", INK2),
        (".caption", "font-size", same("11px")),
        (".caption", "color", INK3),
        (".spend__total", "font-size", same("26px")),
        (".spend__total", "line-height", same("32px")),
        (".avatar--workspace", "border-radius", same("9px")),
        (".avatar--workspace", "background-image", NAVY),
        (".home__side", "width", same("328px")),
        (".columns", "column-gap", same("16px")),
        (".main", "padding-top", same("24px")),
        (".main", "padding-left", same("32px")),
    ],
    "launch": [
        (".summary", "width", same("344px")),
        (".summary", "padding-left", same("20px")),
        (".launch", "column-gap", same("24px")),
        (".launch__form", "padding-left", same("24px")),
        (".launch__form > .field", "row-gap", same("7px")),
        (".card-title", "font-size", same("16px")),
        (".card-title", "line-height", same("24px")),
    ],
    "run": [
        *RAIL,
        *CARDS,
        (".main", "padding-top", same("16px")),
        (".main", "padding-left", same("24px")),
        (".work-title", "font-size", same("24px")),
        (".work-title", "line-height", same("32px")),
        (".card.facts", "height", same("66px")),
        (".run__left", "width", same("640px")),
        (".run__columns", "column-gap", same("16px")),
    ],
    "review": [
        *RAIL,
        (".inbox", "width", same("288px")),
        (".decide", "width", same("304px")),
        (".inbox .panel-title", "font-size", same("20px")),
        (".inbox .panel-title", "line-height", same("28px")),
    ],
    "document": [
        *RAIL,
        (".images", "width", same("320px")),
        (".article", "width", same("780px")),
        (".article .prose h2", "font-size", same("42px")),
        (".article .prose h2", "line-height", same("46px")),
        (".article .prose p", "font-size", same("16px")),
        (".article .prose p", "line-height", same("27px")),
    ],
    "gallery": [
        *FRAME,
        *CARDS,
        (".template__title", "font-size", same("15px")),
        (".template__title", "line-height", same("20px")),
        (".template__title", "font-weight", same("650")),
        (".template__picture", "border-radius", same("12px")),
        (".badge--pick", "color", same("#92500A")),
        (".badge--pick", "background-color", same("#FFFFFF")),
        (".input", "background-color", SURFACE),
        (".input", "border-radius", same("10px")),
        (".input", "border-top-color", ("rgba(60,96,175,.22)", "rgba(150,180,245,.22)")),
        (".input", "height", same("36px")),
        (".templates", "column-gap", same("20px")),
        (".template", "width", same("368px")),
        (".schematic__tile.type-brief .icon", "color", ("#475569", "#B8C4D6")),
        (".schematic__tile.type-generate_copy .icon", "color", ("#2F62C9", "#93B7FF")),
        (".schematic__tile.type-generate_image .icon", "color", ("#6D3FD9", "#C4B0FF")),
        (".schematic__tile.type-review .icon", "color", ("#92500A", "#FCD34D")),
        (".schematic__tile.type-attach_to_document .icon", "color", ("#047857", "#6EE7B7")),
        (".schematic__tile.type-conditional .icon", "color", ("#0B6A84", "#67E8F9")),
        (".schematic__group", "fill", ("rgba(236,72,153,.055)", "rgba(236,72,153,.09)")),
        (".schematic__group", "stroke", ("rgba(219,39,119,.26)", "rgba(244,114,182,.38)")),
        (".canvas", "background-size", same("20px 20px")),
    ],
    "template": [
        (".badge.type-generate_copy", "background-color", ("#EAF1FE", "rgba(91,141,239,.20)")),
        (".badge.type-generate_image", "background-color", ("#F1ECFE", "rgba(139,92,246,.22)")),
    ],
    "login": [
        *CARDS,
        *BUTTONS,
        ("body", "background-color", ("#F5F8FF", "#0B1220")),
        (".panel-title", "font-size", same("20px")),
        (".panel-title", "line-height", same("28px")),
        (".label", "font-size", same("12.5px")),
        (".label", "line-height", same("16px")),
        (".label", "font-weight", same("600")),
        (".input", "height", same("40px")),
        (".button--lg", "height", same("44px")),
        (".button--lg", "border-radius", same("12px")),
        ("a", "color", INK),
    ],
}  # fmt: skip
MEASURE = """
(rows) => rows.map(([selector, property, wanted]) => {
  const found = document.querySelector(selector);
  if (!found) return [selector, property, "no such element", wanted];
  const probe = document.createElement(found.tagName === "BODY" ? "div" : found.tagName);
  found.after(probe);
  probe.style.setProperty("transition", "none");
  if (property.startsWith("border-top")) probe.style.borderTopStyle = "solid";
  probe.style.setProperty(property, wanted);
  const expected = getComputedStyle(probe).getPropertyValue(property);
  probe.remove();
  return [selector, property, getComputedStyle(found).getPropertyValue(property), expected];
})
"""


def differences(page: Page, rows: list[tuple[str, str, tuple[str, str]]], look: int) -> list[str]:
    """Where the page is not as drawn; the browser itself puts both values into one notation."""
    asked = [[selector, prop, wanted[look]] for selector, prop, wanted in rows]
    measured: list[list[Any]] = page.evaluate(MEASURE, asked)
    return [
        f"{selector} {{ {prop}: {found} }}, drawn is {wanted}"
        for selector, prop, found, wanted in measured
        if found != wanted
    ]


@pytest.mark.parametrize(("scheme", "look"), [("light", 0), ("dark", 1)])
def test_pages_look_as_drawn(
    browser_page: OpenPage, world: World, owner: User, scheme: str, look: int
) -> None:
    paths = {**world.paths(), "login": "/accounts/login/"}
    found = []
    for name, rows in ROWS.items():
        who = None if name == "login" else owner
        page = browser_page(who, color_scheme=scheme, reduced_motion="reduce")
        page.goto(paths[name])
        found += [f"{name}: {one}" for one in differences(page, rows, look)]
    assert not found, "\n".join(found)


def test_a_look_that_differs_is_found(browser_page: OpenPage, world: World, owner: User) -> None:
    page = browser_page(owner)
    page.goto(world.paths()["home"])
    wrong = [("body", "color", same("#0F1B34")), (".no-such-thing", "color", same("red"))]
    assert len(differences(page, wrong, 0)) == 2


@pytest.mark.parametrize(("width", "rail"), [(1199, "64px"), (1200, "232px")])
def test_the_navigation_folds_at_the_breakpoint(
    browser_page: OpenPage, world: World, owner: User, width: int, rail: str
) -> None:
    page = browser_page(owner, size=(width, 900))
    page.goto(world.paths()["home"])
    assert page.evaluate("getComputedStyle(document.querySelector('.nav')).width") == rail


def test_on_a_phone_there_is_a_bar_and_targets_are_large_enough(
    browser_page: OpenPage, world: World, owner: User
) -> None:
    page = browser_page(owner, size=PHONE)
    page.goto(world.paths()["home"])
    bar = page.locator(".tabbar").bounding_box()
    assert bar is not None
    assert (bar["width"], bar["height"]) == (390, 80)
    heights = page.locator(".tabbar__item, .head .button").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44
    page.goto(world.paths()["run"])
    links = page.locator(".breadcrumbs a").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert min(links) >= 44
