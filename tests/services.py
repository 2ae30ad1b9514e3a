"""The servers of a test session: one PostgreSQL and one Valkey for all its processes.

Loaded by ``-p tests.services`` before Django's settings, which read ``DATABASE_URL`` and
``REDIS_URL`` when they are imported. ``TEST_DATABASE_URL`` and ``TEST_REDIS_URL`` name servers to
use instead. The S3 server and the local model start when the first test asks for them; the
process that began the session starts them, because it outlives its xdist workers.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import threading
from collections.abc import Generator
from dataclasses import dataclass
from multiprocessing.connection import Client, Listener
from pathlib import Path

import pytest

from scripts.processes import StackError, end_leftovers
from scripts.services import MODEL_NAME, S3, LocalModel, Postgres, Server, Valkey

BROKER = "COPYLOOM_TEST_BROKER"
PREFIX = "copyloom-test-"
BLANK = (
    *("OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_MODEL", "OPENAI_IMAGE_MODEL"),
    *("LOCAL_MODEL_URL", "LOCAL_MODEL_NAME", "STORAGE_BUCKET", "STORAGE_ENDPOINT_URL"),
)
"""What a developer's shell or running stack must not lend to the tests."""


@dataclass(frozen=True, slots=True)
class S3Access:
    """How to reach the S3 server; the bucket exists."""

    endpoint_url: str
    bucket: str
    access_key: str
    secret_key: str


@dataclass(frozen=True, slots=True)
class ModelAccess:
    """How to reach the local model: the base URL of its API and the name it answers to."""

    url: str
    name: str


class Session:
    """The directory and servers of one test session, ended with the process that made it."""

    def __init__(self) -> None:
        self.base = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")).resolve()
        self.base.chmod(0o711)
        self.servers: dict[str, Server] = {}
        self.listener: Listener | None = None

    def begin(self) -> None:
        """Start what every test may use, export the addresses and listen for the rest."""
        for variable, kind in (("DATABASE_URL", Postgres), ("REDIS_URL", Valkey)):
            outside = os.environ.get(f"TEST_{variable}")
            os.environ[variable] = outside or self._started(kind).url
        os.environ.update(dict.fromkeys(BLANK, ""))
        os.environ[BROKER] = str(self.base / "broker")
        self.listener = Listener(os.environ[BROKER], family="AF_UNIX")
        # The kernel ends a server with the thread that started it; this one outlives them.
        threading.Thread(target=self._serve, daemon=True).start()

    def end(self) -> None:
        """Stop every server and remove the data."""
        for server in self.servers.values():
            server.stop()
        if self.listener is not None:
            self.listener.close()
        shutil.rmtree(self.base, ignore_errors=True)

    def _started(self, kind: type[Server]) -> Server:
        if kind.name not in self.servers:
            server = kind(self.base)
            server.start()
            self.servers[kind.name] = server
        return self.servers[kind.name]

    def _serve(self) -> None:
        while self.listener is not None:
            try:
                link = self.listener.accept()
            except OSError:
                return
            with link:
                kind = {"s3": S3, "model": LocalModel}[link.recv()]
                try:
                    link.send(_access(self._started(kind)))
                except StackError as error:
                    link.send(error)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Have the servers up before pytest-django imports the settings."""
    asked = early_config.known_args_namespace
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        # Each worker has a Valkey database of its own, so that a test may flush it.
        os.environ["REDIS_URL"] = redis_url_for(os.environ["REDIS_URL"], worker)
    elif not (asked.help or asked.version):
        remove_dead_sessions(Path(tempfile.gettempdir()))
        session = Session()
        early_config.add_cleanup(session.end)
        session.begin()
    return (yield)


@pytest.fixture(scope="session")
def s3_server() -> S3Access:
    """A real S3 server, one for the whole session."""
    access = _ask("s3")
    assert isinstance(access, S3Access)
    return access


@pytest.fixture(scope="session")
def model_server() -> ModelAccess:
    """The real local model, one for the whole session."""
    access = _ask("model")
    assert isinstance(access, ModelAccess)
    return access


def redis_url_for(url: str, worker: str) -> str:
    """The URL with the database of an xdist worker: ``gw0`` has 1, ``gw1`` has 2."""
    return re.sub(r"/\d+$", "", url) + f"/{int(worker.removeprefix('gw')) + 1}"


def remove_dead_sessions(parent: Path) -> None:
    """End and remove what killed test sessions left in the directory of temporary files."""
    for base in parent.resolve().glob(f"{PREFIX}*-*"):
        pid = base.name.removeprefix(PREFIX).partition("-")[0]
        if not Path("/proc", pid).exists():
            end_leftovers(base, [base], grace=3)
            shutil.rmtree(base, ignore_errors=True)


def _ask(name: str) -> object:
    with Client(os.environ[BROKER], family="AF_UNIX") as link:
        link.send(name)
        answer = link.recv()
    if isinstance(answer, StackError):
        raise answer
    return answer


def _access(server: Server) -> S3Access | ModelAccess:
    if isinstance(server, S3):
        return S3Access(server.url, server.bucket, server.access_key, server.secret_key)
    return ModelAccess(server.url, MODEL_NAME)
