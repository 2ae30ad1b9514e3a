"""What a page may weigh, and that nothing jumps when it follows what happens."""

from __future__ import annotations

import gzip
from collections import Counter

import pytest
from playwright.sync_api import Page, Response, expect

from tests.e2e.conftest import OpenPage
from tests.e2e.test_accessibility import OUTSIDE, PAGES
from tests.e2e.test_monitor import address, change, run
from tests.e2e.world import World
from workflows.models import WorkflowExecution
from workspaces.models import User

__all__ = ["run"]
MOST = {"script": 45_000, "stylesheet": 30_000}
"""Bytes after gzip, of a page other than the builder."""
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shifts.push(entry.value);
}).observe({ type: "layout-shift", buffered: false });
"""


def _weigh(page: Page, address: str) -> Counter[str]:
    """What the page's scripts and styles weigh after gzip."""
    weights: Counter[str] = Counter()
    seen: list[Response] = []

    def note(response: Response) -> None:
        seen.append(response)

    page.on("response", note)
    page.goto(address, wait_until="networkidle")
    page.remove_listener("response", note)
    for response in seen:
        kind = response.request.resource_type
        if kind in MOST:
            weights[kind] += len(gzip.compress(response.body(), 6))
    return weights


@pytest.mark.timeout(300)
def test_no_page_weighs_more_than_it_may(browser_page: OpenPage, world: World, owner: User) -> None:
    page, outside = browser_page(owner), browser_page()
    for one in (page, outside):  # routed, it keeps no cache: a file that is still good has no body
        one.route("**/*", lambda route: route.continue_())
    found = {name: _weigh(page, world.paths()[name]) for name in PAGES}
    found |= {path: _weigh(outside, path) for path in OUTSIDE}
    heavy = {
        name: dict(weights)
        for name, weights in found.items()
        if any(weights[kind] > most for kind, most in MOST.items())
    }
    assert not heavy
    assert found["run"]["script"] > 10_000, "nothing was weighed"


def test_nothing_jumps_when_the_monitor_follows(
    browser_page: OpenPage, editor: User, run: WorkflowExecution
) -> None:
    page = browser_page(editor)
    page.goto(address(run), wait_until="networkidle")
    page.evaluate(SHIFTS)
    change(run)
    expect(page.locator("#out-line-1, #node-line").first).to_contain_text("2 of 3 done")
    with page.expect_response(lambda answer: "/live?" in answer.url and answer.status == 204):
        pass
    assert sum(page.evaluate("window.shifts")) == pytest.approx(0, abs=0.01)
