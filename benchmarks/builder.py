"""How long the builder takes to show a large workflow, and how smoothly a step is dragged in it.

    python -m benchmarks.builder                 # 50 and 100 steps, on servers of its own
    python -m benchmarks.builder --rounds 9

The site runs on gunicorn as ``make run`` starts it, the browser is the one of the tests. Times
count from the navigation until every card and every connection is on the screen, in a browser
that was never there and then with the scripts in its cache; ``page`` is the part until the page's
first byte. Frames are those that the browser draws while the mouse drags a step: the longest may
take 50 ms.
``work`` is the page's processor time for one move of the mouse, whatever else the machine does.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from benchmarks.servers import running
from scripts import browser

MOVES = 120
FIRST_BYTE = "performance.getEntriesByType('navigation')[0].responseStart"
SIZE = {"width": 1440, "height": 900}
SHOWN = """
const wanted = Number(new URLSearchParams(location.search).get("steps"));
const look = () => {
  const nodes = document.querySelectorAll(".react-flow__node");
  const drawn = [...nodes].filter((node) => getComputedStyle(node).visibility === "visible");
  const links = document.querySelectorAll(".react-flow__edge-path").length;
  if (wanted && drawn.length === wanted && links >= wanted - 1) window.shownAt = performance.now();
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
FRAMES = """
window.frames_ = [];
let last = performance.now();
const tick = (now) => { window.frames_.push(now - last); last = now; requestAnimationFrame(tick); };
requestAnimationFrame(tick);
"""


@dataclass(slots=True)
class Figures:
    """What one workflow took, in milliseconds."""

    steps: int
    cold: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    opened: float = 0
    work: float = 0
    frames: list[float] = field(default_factory=list)


def main() -> int:
    """Measure and print; 1 when something that must hold does not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    told = "navigations with an empty cache, and as many with a filled one"
    parser.add_argument("--rounds", type=int, default=5, help=told)
    options = parser.parse_args()
    with running():
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.dev"
        set_up()
        found = _measure(options.rounds)
    return _show(found)


def set_up() -> None:
    """Django over the servers that are named, with its tables."""
    import django

    django.setup()
    logging.disable(logging.WARNING)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _measure(rounds: int) -> list[Figures]:
    from playwright.sync_api import sync_playwright

    from benchmarks.web import HOST, serving

    address, cookie = _prepare()
    with serving() as (port, _), sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser.find(), args=list(browser.FLAGS)
        )
        site = f"http://{HOST}:{port}"
        with _page(chromium, site, cookie) as page:
            page.goto(f"{site}/w/bench/workflows")
        found = [
            _one(chromium, site, cookie, address[steps], steps, rounds) for steps in sorted(address)
        ]
        chromium.close()
    return found


def _prepare() -> tuple[dict[int, str], dict[str, str]]:
    """Workflows of 50 and 100 steps, and somebody who is signed in."""
    from django.conf import settings
    from django.test import Client

    from workflows.graph.parse import parse
    from workflows.templates import create_template
    from workspaces.models import Membership, Role, User, Workspace

    room = Workspace.objects.create(name="Bench", slug="bench")
    user = User.objects.create_user("bench@example.test", "a-long-password", name="Bench")
    Membership.objects.create(workspace=room, user=user, role=Role.EDITOR)
    address = {}
    for steps in (50, 100):
        made = create_template(
            workspace=room, name=f"{steps} steps", graph=parse(_drawing(steps)), author=user
        )
        address[steps] = f"/w/bench/workflows/{made.pk}/builder?steps={steps}"
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    return address, {"name": name, "value": client.cookies[name].value}


def _drawing(steps: int) -> dict[str, Any]:
    """A brief and columns of ten copy steps below it, each with a prompt of some length."""
    prompt = "Write about {{ brief.topic }} for people who have little time. " * 4
    nodes: list[dict[str, Any]] = [
        {"key": "brief", "type": "brief", "config": {"fields": [{"key": "topic"}]}}
    ]
    edges = []
    for number in range(1, steps):
        column, row = divmod(number - 1, 10)
        above = f"step_{number - 1}" if row else "brief"
        nodes.append(
            {
                "key": f"step_{number}",
                "type": "generate_copy",
                "label": f"Step {number}",
                "config": {"prompt": prompt, "quantity": 3},
                "position": {"x": column * 260, "y": 140 + row * 150},
            }
        )
        edges.append({"source": above, "target": f"step_{number}"})
    return {"nodes": nodes, "edges": edges}


@contextmanager
def _page(chromium: Any, site: str, cookie: dict[str, str]) -> Iterator[Any]:
    context = chromium.new_context(viewport=SIZE)
    context.add_cookies([{**cookie, "url": site}])
    page = context.new_page()
    page.add_init_script(SHOWN)
    yield page
    context.close()


def _one(
    chromium: Any, site: str, cookie: dict[str, str], path: str, steps: int, rounds: int
) -> Figures:
    figures = Figures(steps)
    for _ in range(rounds):
        with _page(chromium, site, cookie) as page:
            figures.cold.append(_shown(page, site + path))
    with _page(chromium, site, cookie) as page:
        _shown(page, site + path)
        for _ in range(rounds):
            figures.warm.append(_shown(page, site + path))
            figures.page.append(float(page.evaluate(FIRST_BYTE)))
        figures.opened = _opened(page)
        figures.frames, figures.work = _dragged(page)
    return figures


def _shown(page: Any, address: str) -> float:
    page.goto(address)
    page.locator(".b-app").wait_for()
    while not (at := page.evaluate("window.shownAt || 0")):
        page.wait_for_timeout(20)
    return float(at)


def _opened(page: Any) -> float:
    """From a press on a step to its form."""
    box = page.locator('[data-id="step_5"]').bounding_box()
    began = page.evaluate("performance.now()")
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)
    page.wait_for_selector(".b-panel textarea")
    return float(page.evaluate("performance.now()")) - float(began)


def _dragged(page: Any) -> tuple[list[float], float]:
    """How long the frames took while a step went round the canvas, and the work of a move."""
    page.get_by_role("button", name="Show everything").click()
    page.wait_for_timeout(600)
    box = page.locator('[data-id="step_12"]').bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 3
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 4, y + 4)
    page.wait_for_timeout(200)
    page.evaluate(FRAMES)
    link = page.context.new_cdp_session(page)
    link.send("Performance.enable", {"timeDomain": "threadTicks"})
    began = _processor_time(link)
    for number in range(MOVES):
        page.mouse.move(x + 4 + number * 2, y + 4 + (number % 40) * 3)
    work = (_processor_time(link) - began) / MOVES
    frames = [float(one) for one in page.evaluate("window.frames_")]
    page.mouse.up()
    return frames[1:], work


def _processor_time(link: Any) -> float:
    """What the page's main thread has taken so far, in milliseconds."""
    metrics = link.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "ThreadTime")) * 1_000


def _show(found: list[Figures]) -> int:
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; milliseconds")
    print(f"{'steps':>6} {'first visit':>12} {'again':>8} {'worst':>8} {'page':>6}", end="")
    print(f" {'form':>6} {'frame':>6} {'p95':>6} {'longest':>8} {'work':>6}")
    for one in found:
        frames, first = sorted(one.frames), statistics.median(one.cold)
        print(
            f"{one.steps:>6} {first:>12.0f} {statistics.median(one.warm):>8.0f}"
            f" {max(one.warm):>8.0f} {statistics.median(one.page):>6.0f} {one.opened:>6.0f}"
            f" {statistics.median(frames):>6.1f} {frames[int(len(frames) * 0.95)]:>6.1f}"
            f" {frames[-1]:>8.1f} {one.work:>6.1f}"
        )
    wanted = {50: 1_000, 100: 1_500}
    slow = [
        one
        for one in found
        if max(statistics.median(one.warm), statistics.median(one.cold)) > wanted[one.steps]
    ]
    rough = [one for one in found if round(max(one.frames)) > 50]
    for one in slow:
        print(f"{one.steps} steps take more than {wanted[one.steps]} ms", file=sys.stderr)
    for one in rough:
        print(f"a frame takes more than 50 ms at {one.steps} steps", file=sys.stderr)
    return 1 if slow or rough else 0


if __name__ == "__main__":
    sys.exit(main())
