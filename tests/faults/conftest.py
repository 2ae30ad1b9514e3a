"""Copies of Copyloom to break."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dj_database_url
import pytest
from django.core.management import call_command
from django.db import connections

from config import cache, crash
from scripts.services import Postgres, Valkey
from tests.api.conftest import program
from tests.conftest import Processes, add_providers
from tests.engine import Drive
from tests.faults.site import Site
from tests.scripted_openai import ScriptedOpenAI
from tests.workflows.executions.conftest import real
from workflows import queue
from workflows.versions import graph_of
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
def slow_commit(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """``slow_commit("finish.complete")``: that decision stays uncommitted for a while.

    Whoever decides at the same moment, and was to wait for it by a lock, would else rarely meet it.
    """

    def slow(name: str) -> None:
        def hook(point: str) -> None:
            if point == f"{name}.before_commit":
                time.sleep(0.15)

        monkeypatch.setattr(crash, "hook", hook)

    return slow


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


@pytest.fixture(scope="session")
def own_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A second PostgreSQL, which tests may stop; started once."""
    server = Postgres(tmp_path_factory.mktemp("own-postgres"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_database(own_postgres: Postgres, processes: Processes) -> Iterator[Postgres]:
    """The tables in a PostgreSQL of one's own; this process and those it starts use it."""
    here = connections["default"].settings_dict
    before = dict(here)
    connections.close_all()
    graph_of.cache_clear()
    here |= dj_database_url.parse(own_postgres.url)
    processes.env |= {"DATABASE_URL": own_postgres.url, "TEST_DATABASE_NAME": "copyloom"}
    try:
        call_command("migrate", verbosity=0)
        yield own_postgres
        processes.end()
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
    finally:
        connections.close_all()
        graph_of.cache_clear()
        here |= before
