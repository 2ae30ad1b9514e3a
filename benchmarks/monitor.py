"""How long the page of a large run takes to follow it: 100 steps, three of them in 20 lanes.

    python -m benchmarks.monitor                 # on servers of its own

The site runs on gunicorn as ``make run`` starts it. ``changed`` is the answer to a poll that has
something to show, ``unchanged`` the 204 of one that has not, both over HTTP from one client that
waits for each; ``pixels`` is the time from the moment that a step was written down as completed
until an open page of Chromium has drawn it so, while the page polls as it does for people.
"""

from __future__ import annotations

import http.client
import os
import random
import statistics
import sys
import time
from itertools import pairwise
from typing import Any

from benchmarks.builder import SIZE, set_up
from benchmarks.servers import running
from scripts import browser

CHANGED, UNCHANGED, SHOWN = 150, 300, 30
LANES, CHAIN = 20, 95
MOST = {"changed": 60.0, "pixels": 2_000.0}
"""Milliseconds: of the 95th percentile, and of the longest."""
WATCH = """
window.drawn = {};
const look = () => {
  for (const card of document.querySelectorAll("[id^=node-]")) {
    if (!(card.id in window.drawn) && card.textContent.includes("Done")) {
      window.drawn[card.id] = 0;
      requestAnimationFrame(() => { window.drawn[card.id] = Date.now(); });
    }
  }
};
const all = { subtree: true, childList: true, characterData: true };
new MutationObserver(look).observe(document, all);
"""


def main() -> int:
    """Measure and print; 1 when something takes longer than it may."""
    with running():
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.dev"
        set_up()
        return _show(_measure())


def _measure() -> dict[str, list[float]]:
    from benchmarks.web import serving

    flow, run = _prepare()
    cookie = _cookie(flow.user)
    path = f"/w/{flow.workspace.slug}/runs/{run.pk}"
    with serving() as (port, _):
        _poll(port, f"{path}/live?revision=0", cookie, 20)
        return {
            "changed": _poll(port, f"{path}/live?revision=0", cookie, CHANGED),
            "unchanged": _poll(port, f"{path}/live?revision={_mark(run)}", cookie, UNCHANGED),
            "pixels": _pixels(port, path, cookie, run),
        }


def _prepare() -> tuple[Any, Any]:
    """A run whose lanes are all made and whose chain is halfway."""
    from benchmarks.ours import BRIEF, Flow
    from workflows.models import NodeRun

    chain = [f"step_{number}" for number in range(CHAIN)]
    inside = [f"lane_{number}" for number in range(3)]
    items = "\n".join(f"Item {number}" for number in range(LANES))
    box = {"key": "box", "type": "parallel", "config": {"items": items}}
    nodes = [BRIEF, box, *map(_step, chain), *(_step(key, "box") for key in inside)]
    order = ["brief", "box", *chain]
    edges = [*pairwise(order), *pairwise(inside)]
    flow = Flow(nodes, edges)
    run = flow.launch()
    while NodeRun.objects.filter(execution=run, status="completed").count() < LANES * 3 + 40:
        _advance(run)
    return flow, run


def _step(key: str, parent: str | None = None) -> dict[str, Any]:
    text = "A line of text, as long as a short caption is, for whoever reads it. " * 2
    config = {"template": text}
    return {"key": key, "type": "compose_text", "config": config, "parent": parent}


def _advance(run: Any) -> Any:
    """Run a step that is due, as a worker would."""
    from workflows.jobs import run_node
    from workflows.models import NodeRun

    due = NodeRun.objects.filter(execution=run, status="queued").order_by("pk").first()
    assert due is not None, "nothing is due"
    run_node(due.pk, due.attempt)
    due.refresh_from_db()
    return due


def _mark(run: Any) -> str:
    from workflows.runs.reading import mark_of

    return str(mark_of(run.workspace, run.pk))


def _cookie(user: Any) -> dict[str, str]:
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value}


def _poll(port: int, path: str, cookie: dict[str, str], times: int) -> list[float]:
    """What each of so many polls took, in milliseconds."""
    from benchmarks.web import HOST, PROXIED

    sent = {**PROXIED, "HX-Request": "true", "Cookie": f"{cookie['name']}={cookie['value']}"}
    link = http.client.HTTPConnection(HOST, port, timeout=30)
    took = []
    for _ in range(times):
        began = time.perf_counter()
        link.request("GET", path, headers=sent)
        answer = link.getresponse()
        answer.read()
        took.append((time.perf_counter() - began) * 1_000)
        assert answer.status in (200, 204), answer.status
    link.close()
    return took


def _pixels(port: int, path: str, cookie: dict[str, str], run: Any) -> list[float]:
    """Milliseconds from the end of each of some steps until an open page shows it."""
    from playwright.sync_api import sync_playwright

    from benchmarks.web import HOST, PROXIED

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    site = f"http://{HOST}:{port}"
    with sync_playwright() as playwright:
        chromium: Any = playwright.chromium.launch(
            executable_path=browser.find(), args=list(browser.FLAGS)
        )
        context = chromium.new_context(viewport=SIZE, extra_http_headers=PROXIED)
        name, value = cookie["name"], cookie["value"]
        context.add_cookies([{"name": name, "value": value, "url": site}])
        page = context.new_page()
        page.goto(site + path)
        page.evaluate(WATCH)
        found = []
        for _ in range(SHOWN):
            page.wait_for_timeout(random.uniform(200, 1_200))
            step = _advance(run)
            while not (drawn := page.evaluate(f"window.drawn['node-{step.key}'] || 0")):
                page.wait_for_timeout(50)
            found.append(drawn - step.finished_at.timestamp() * 1_000)
        chromium.close()
    return found


def _show(found: dict[str, list[float]]) -> int:
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; milliseconds")
    print(f"{'':<10} {'times':>6} {'median':>8} {'p95':>8} {'longest':>8}")
    high = {}
    for name, took in found.items():
        ordered = sorted(took)
        high[name] = ordered[int(len(ordered) * 0.95)] if name == "changed" else ordered[-1]
        print(
            f"{name:<10} {len(took):>6} {statistics.median(took):>8.1f}"
            f" {ordered[int(len(ordered) * 0.95)]:>8.1f} {ordered[-1]:>8.1f}"
        )
    slow = [name for name, most in MOST.items() if high[name] > most]
    for name in slow:
        print(f"{name} takes more than {MOST[name]:.0f} ms", file=sys.stderr)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
