"""The builder looks as it was drawn: the values of the page of tokens, measured on the canvas."""

from __future__ import annotations

import pytest

from tests import factories as make
from tests.e2e.conftest import OpenPage
from tests.e2e.drawing import open_builder, step
from tests.e2e.test_tokens import ACCENT_TEXT, INK, SH2, SURFACE, differences, same
from tests.graphs import brief, copy, graph, node
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db(transaction=True)
GLASS = ("rgba(255,255,255,.94)", "rgba(22,32,56,.96)")
SELECTED = same(
    "0 0 0 2px #5B8DEF, 0 0 0 7px rgba(91,141,239,.18), 0 18px 40px -14px rgba(59,111,219,.42)"
)
SH3 = (
    ", ".join(
        (
            "0 0 0 1px rgba(64,103,187,.10)",
            "0 4px 10px -4px rgba(23,45,99,.08)",
            "0 24px 56px -16px rgba(43,84,178,.28)",
        )
    ),
    ", ".join(
        (
            "0 0 0 1px rgba(150,180,245,.12)",
            "0 8px 16px -8px rgba(0,0,0,.5)",
            "0 32px 64px -16px rgba(0,0,0,.7)",
        )
    ),
)
BRIEF, COPY, BOX = '[data-id="brief"]', '[data-id="lines"]', '[data-id="box"]'
ROWS: list[tuple[str, str, tuple[str, str]]] = [
    (".b-bar", "height", same("56px")),
    (".b-palette", "width", same("228px")),
    (".b-palette", "border-radius", same("16px")),
    (".b-palette", "backdrop-filter", same("blur(20px) saturate(1.5)")),
    (".b-panel", "width", same("352px")),
    (".b-panel", "border-radius", same("16px")),
    (".b-panel", "box-shadow", SH2),
    (".b-panel__name", "font-size", same("16px")),
    (BRIEF, "width", same("200px")),
    (f"{BRIEF} .b-card", "background-color", GLASS),
    (f"{BRIEF} .b-card", "border-radius", same("14px")),
    (f"{BRIEF} .b-card", "box-shadow", SH2),
    (f"{BRIEF} .b-card", "backdrop-filter", same("none")),
    (f"{BRIEF} .b-card__name", "font-size", same("13px")),
    (f"{BRIEF} .b-card__name", "font-weight", same("600")),
    (f"{BRIEF} .b-card__name", "color", INK),
    (f"{BRIEF} .tile", "width", same("32px")),
    (f"{BRIEF} .tile", "background-color", ("#EEF2F8", "rgba(148,163,184,.16)")),
    (f"{COPY} .b-card__type", "color", ACCENT_TEXT),
    (f"{COPY} .b-card__type", "font-size", same("11px")),
    (f"{COPY} .b-card", "box-shadow", SELECTED),
    (f"{BRIEF} .react-flow__handle", "width", same("11px")),
    (f"{BRIEF} .react-flow__handle", "border-top-color", ("#64748B", "#94A3B8")),
    (f"{BRIEF} .react-flow__handle", "background-color", SURFACE),
    (f"{BOX} .b-box", "border-radius", same("20px")),
    (f"{BOX} .b-box", "background-color", ("rgba(236,72,153,.055)", "rgba(236,72,153,.09)")),
    (f"{BOX} .b-box__head", "height", same("40px")),
    ('[data-id="inner"]', "width", same("176px")),
    ('[data-id="inner"] .tile', "width", same("26px")),
    (".react-flow__edge-path", "stroke", ("#6E8CCF", "#5C74AA")),
    (".react-flow__edge-path", "stroke-width", same("1.9px")),
    (".b-mark", "width", same("22px")),
    (".b-count > rect", "height", same("20px")),
    (".b-count > rect", "fill", SURFACE),
    (".b-count > text", "font-size", same("11px")),
    (".b-tools", "box-shadow", SH3),
    (".b-tools", "border-radius", same("10px")),
    (".b-controls", "box-shadow", SH2),
    (".b-minimap", "border-radius", same("14px")),
    (f"{COPY} .b-fact", "font-size", same("11px")),
    (f"{COPY} .b-fact", "border-radius", same("6px")),
    (".b-search", "height", same("36px")),
    (".b-kind .tile", "width", same("32px")),
    (".b-panel__head .tile", "width", same("36px")),
    (".b-template__text", "font-size", same("13px")),
    (".b-template--prompt .b-template__foot", "height", same("36px")),
    (".b-stepper", "height", same("36px")),
    (".b-problems", "height", same("36px")),
]


@pytest.mark.parametrize(("scheme", "look"), [("light", 0), ("dark", 1)])
def test_the_builder_looks_as_drawn(
    browser_page: OpenPage, editor: User, workspace: Workspace, scheme: str, look: int
) -> None:
    nodes = [
        brief("topic"),
        copy("lines", quantity=3),
        node("box", "parallel"),
        copy("inner", parent="box"),
    ]
    for number, one in enumerate(nodes):
        one["position"] = {"x": 16, "y": 48 if one["parent"] else number * 150}
    flow = graph(nodes, "brief > lines > box")
    workflow = make.TemplateFactory(workspace=workspace, graph=flow, name="Letter")
    page = browser_page(editor, color_scheme=scheme, reduced_motion="reduce")
    open_builder(page, workflow.pk)
    step(page, "Lines").click()
    page.mouse.move(700, 860)
    page.wait_for_timeout(300)
    found = differences(page, ROWS, look)
    assert not found, "\n".join(found)
