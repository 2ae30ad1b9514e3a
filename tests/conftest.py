"""The cast, the engine driven step by step, and the real workers."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client, TransactionTestCase

from tests.emptying import empty
from tests.engine import Drive
from tests.scripted_openai import ScriptedOpenAI
from workflows import queue
from workflows.executions import dispatch
from workflows.models import Provider
from workspaces.models import Membership, Role, User, Workspace


@pytest.fixture(scope="session", autouse=True)
def emptied_fast() -> Iterator[None]:
    """Tests that commit leave an empty database behind, as they do with Django's own way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield


@pytest.fixture
def workspace(db: None) -> Workspace:
    """The team's room."""
    return Workspace.objects.create(name="Alder & Pine", slug="alder-pine")


def _member(workspace: Workspace, role: str) -> User:
    user = User.objects.create_user(f"{role}@example.test", "a-long-password", name=role.title())
    Membership.objects.create(workspace=workspace, user=user, role=role)
    return user


@pytest.fixture
def owner(workspace: Workspace) -> User:
    """May do everything in the workspace."""
    return _member(workspace, Role.OWNER)


@pytest.fixture
def editor(workspace: Workspace) -> User:
    """Launches runs and edits workflows."""
    return _member(workspace, Role.EDITOR)


@pytest.fixture
def reviewer(workspace: Workspace) -> User:
    """Decides reviews."""
    return _member(workspace, Role.REVIEWER)


@pytest.fixture
def viewer(workspace: Workspace) -> User:
    """Sees everything, changes nothing."""
    return _member(workspace, Role.VIEWER)


@pytest.fixture
def stranger(db: None) -> User:
    """Somebody of another workspace."""
    user = User.objects.create_user("stranger@example.test", "a-long-password", name="Stranger")
    room = Workspace.objects.create(name="Elsewhere", slug="elsewhere")
    Membership.objects.create(workspace=room, user=user, role=Role.OWNER)
    return user


@pytest.fixture
def browse() -> Callable[[User], Client]:
    """``browse(user)``: a client in which the person is signed in."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    """Files of each test in its own folder."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def scripted_openai() -> Iterator[ScriptedOpenAI]:
    """A scripted model service over real HTTP."""
    with ScriptedOpenAI() as server:
        yield server


@pytest.fixture
def providers(scripted_openai: ScriptedOpenAI, db: None) -> ScriptedOpenAI:
    """The scripted service as the default for copy, studio as the default for images."""
    add_providers(scripted_openai.base_url)
    return scripted_openai


def add_providers(base_url: str) -> None:
    """Rows for a scripted service and for studio."""
    Provider.objects.create(
        slug="scripted",
        name="Scripted",
        kind=Provider.Kind.OPENAI_COMPATIBLE,
        base_url=base_url,
        copy_model="scripted-1",
        image_model="scripted-image-1",
        default_for_copy=True,
    )
    Provider.objects.create(
        slug="studio", name="Studio", kind=Provider.Kind.STUDIO, default_for_images=True
    )


@pytest.fixture
def drive(monkeypatch: pytest.MonkeyPatch, workspace: Workspace, editor: User) -> Drive:
    """Runs executions in this process: messages are recorded, then run in the order sent."""
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(dispatch.queue, "send", lambda runs: sent.extend(runs))
    return Drive(sent, workspace, editor)


@pytest.fixture
def redis_queue() -> Iterator[None]:
    """The real queue, empty before and after."""
    queue.connection().flushdb()
    queue.forget_failure()
    yield
    queue.connection().flushdb()


class Processes:
    """Commands of manage.py in processes of their own, ended with the test."""

    def __init__(self, env: dict[str, str]) -> None:
        self.env = env
        self.running: list[subprocess.Popen[bytes]] = []

    def start(
        self, *command: str, stderr: int | None = None, **env: str
    ) -> subprocess.Popen[bytes]:
        """Start ``manage.py command`` against the test's own database."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.command", *command],
            env={**self.env, **env},
            stderr=stderr,
            start_new_session=True,
        )
        self.running.append(process)
        return process

    def end(self) -> None:
        """End every process with all that it started."""
        for process in self.running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def processes(transactional_db: None, redis_queue: None, settings: Any) -> Iterator[Processes]:
    """Real worker and reconcile processes on the test's database."""
    name = connections["default"].settings_dict["NAME"]
    env = {
        **os.environ,
        "TEST_DATABASE_NAME": name,
        "TEST_MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }
    started = Processes(env)
    yield started
    started.end()


@pytest.fixture
def together() -> Iterator[Callable[[list[Callable[[], Any]]], list[Any]]]:
    """Runs functions at the same instant, each in a thread with its own connection."""
    with ThreadPoolExecutor(40) as pool:

        def at_once(functions: list[Callable[[], Any]]) -> list[Any]:
            gate = threading.Barrier(len(functions))

            def start(function: Callable[[], Any]) -> Any:
                gate.wait(30)
                return function()

            return list(pool.map(start, functions))

        yield at_once
        at_once([lambda: connection.close()] * 40)


def wait_until(check: Callable[[], Any], seconds: float = 30, what: str = "") -> Any:
    """Wait for a truthy answer; fail the test when it does not come."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        found = check()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")
