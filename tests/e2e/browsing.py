"""A browser that tells on the page: every error of its console fails the test."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Locator, Page, Playwright, expect

from scripts import browser
from workspaces.models import User

DESKTOP = (1440, 900)
PHONE = (390, 844)
PATIENCE = 20_000
"""Milliseconds that a machine with more to do may take over what takes it a few hundred."""
expect.set_options(timeout=PATIENCE)
_GIVEN_UP = re.compile("^htmx:(sendAbort|afterRequest)")
"""HTMX tells of requests that newer ones replace; those that fail are told of by other words."""
_REPORT_CSP = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP: ${event.violatedDirective} refused ${event.blockedURI} at `
    + `${event.sourceFile}:${event.lineNumber}`);
});
"""


def start_chromium(playwright: Playwright) -> Browser:
    """The system's Chromium, else Playwright's own; a failure says what is missing."""
    found = browser.find()
    if found is None:
        pytest.fail(browser.MISSING, pytrace=False)
    return playwright.chromium.launch(executable_path=found, args=list(browser.FLAGS))


class Tab:
    """Opens pages of one person and keeps what went wrong in them."""

    def __init__(self, chromium: Browser, base_url: str) -> None:
        self.chromium = chromium
        self.base_url = base_url
        self.faults: list[str] = []
        self.allowed: list[str] = []

    @contextmanager
    def opened(self, user: User | None, **options: Any) -> Iterator[Page]:
        """A page of the person, or of nobody; its errors end up in ``faults``."""
        width, height = options.pop("size", DESKTOP)
        options.setdefault("reduced_motion", "reduce")  # without it, half the time is animation
        context = self.chromium.new_context(
            base_url=self.base_url, viewport={"width": width, "height": height}, **options
        )
        context.set_default_timeout(PATIENCE)
        if user is not None:
            context.add_cookies([{**session_of(user), "url": self.base_url}])  # type: ignore[list-item]
        page = context.new_page()
        page.add_init_script(_REPORT_CSP)
        page.on("console", lambda said: self._note(said.type, said.text))
        page.on("pageerror", lambda error: self._note("error", str(error)))
        yield page
        context.close()

    def allow(self, pattern: str) -> None:
        """Expect an error: a refused form's 422 is one to the console."""
        self.allowed.append(pattern)

    def unexpected(self) -> list[str]:
        """What went wrong and was not expected."""
        return [
            fault for fault in self.faults if not any(re.search(one, fault) for one in self.allowed)
        ]

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not _GIVEN_UP.search(text):
            self.faults.append(f"{kind}: {text}")


def session_of(user: User) -> dict[str, str]:
    """The cookie of a new session of the person, as name and value."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value}


def axe(page: Page) -> None:
    """Assert that axe finds nothing serious or critical on the page as it stands."""
    found = Axe().run(page).response["violations"]
    grave = [
        f"{one['id']} ({one['impact']}): {node['target']} {node['html'][:160]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
    assert not grave, f"{page.url}:\n" + "\n".join(grave)


def tab_to(page: Page, wanted: Locator, most: int = 60) -> Locator:
    """Press Tab until the element has the focus, as somebody without a mouse would."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return wanted
    at = page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
    raise AssertionError(f"Tab does not reach {wanted} in {most} steps; the focus is on {at}")
