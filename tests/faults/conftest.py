"""Copies of Copyloom to break."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from config import cache
from scripts.services import Valkey
from tests.api.conftest import program
from tests.conftest import Processes, add_providers
from tests.engine import Drive
from tests.faults.site import Site
from tests.scripted_openai import ScriptedOpenAI
from tests.workflows.executions.conftest import real
from workflows import queue
from workspaces.models import User, Workspace

__all__ = ["program", "real"]  # fixtures of other folders


@pytest.fixture
def site(
    processes: Processes,
    workspace: Workspace,
    editor: User,
    scripted_openai: ScriptedOpenAI,
    tmp_path: Path,
    settings: Any,
) -> Site:
    """Real processes on the test's own database and queue."""
    add_providers(scripted_openai.base_url)
    queue.epoch_is_new()
    folder = tmp_path / "notes"
    folder.mkdir()
    return Site(Drive([], workspace, editor), processes, scripted_openai, folder)


@pytest.fixture
def own_redis(tmp_path: Path, settings: Any, processes: Processes) -> Iterator[Valkey]:
    """A Redis of this test's own, which it may stop, fill and rob; processes use it too."""
    server = Valkey(tmp_path / "own")
    server.start()
    with redis_at(server.url, settings, processes):
        yield server
    server.stop()


@contextmanager
def redis_at(url: str, settings: Any, processes: Processes) -> Iterator[None]:
    """Use the Redis at another address, here and in the processes that start."""
    before = settings.REDIS_URL
    _point(url, settings, processes)
    try:
        yield
    finally:
        _point(before, settings, processes)


def _point(url: str, settings: Any, processes: Processes) -> None:
    settings.REDIS_URL = processes.env["REDIS_URL"] = url
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": url}}
    queue.connection.cache_clear()
    queue._away_until = cache._away_until = float("-inf")
