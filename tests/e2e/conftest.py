"""The browser of the tests: signed in, on the live server, failing on what its console says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.browsing import Tab, start_chromium
from tests.e2e.world import World, make_world
from workspaces.models import User, Workspace

OpenPage = Callable[..., Page]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for these tests; it ends before other tests need their thread's event loop."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's loop runs in this thread, which Django takes for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = start_chromium(playwright)
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium: Browser, live_server: Any) -> Iterator[Tab]:
    """Keeps the errors of the pages opened; ``tab.allow(pattern)`` expects one."""
    tab = Tab(chromium, live_server.url)
    yield tab
    assert not tab.unexpected(), "\n".join(tab.unexpected())


@pytest.fixture
def browser_page(tab: Tab) -> Iterator[OpenPage]:
    """``browser_page(user)``: a signed-in page on the live server; without a user, nobody's.

    Takes the options of Playwright's contexts beside it, and ``size=(width, height)``.
    """
    with ExitStack() as stack:
        yield lambda user=None, **options: stack.enter_context(tab.opened(user, **options))


@pytest.fixture
def world(live_server: Any, workspace: Workspace, owner: User) -> World:
    """A workspace with something of everything."""
    return make_world(workspace, owner)
