"""What runs on one machine, in order: servers, migrations and seeds, web, workers, reconcile."""

from __future__ import annotations

import os
import re
import secrets
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from scripts import local_env
from scripts.processes import Child, StackError
from scripts.services import MODEL_NAME, ROOT, LocalModel, Postgres, Server, Valkey

WORKERS = 8


class Plan:
    """The parts of one stack, made from the shell's variables and what ``.local`` keeps.

    A variable that names an outside service leaves the local one out.
    """

    def __init__(self, local: Path, shell: Mapping[str, str]) -> None:
        self.local = local
        self.port = _port(shell.get("PORT", "8000"))
        self.url = f"http://127.0.0.1:{self.port}/"
        self.reload = shell.get("RELOAD") == "1"
        self.password = local_env.kept_secret(
            local / "demo_password", lambda: secrets.token_urlsafe(12)
        )
        self.env = dict(shell)
        self.servers: list[Server] = []
        self._fill()

    def _fill(self) -> None:
        ports = local_env.kept_ports(self.local / "ports.json", ("valkey", "model"))
        values = {
            "SECRET_KEY": self._secret("secret_key", lambda: secrets.token_urlsafe(50)),
            "FIELD_ENCRYPTION_KEYS": self._secret("encryption_keys", local_env.fernet_key),
        }
        if "DATABASE_URL" not in self.env:
            self.servers.append(Postgres(self.local))
            values["DATABASE_URL"] = self.servers[-1].url
        if "REDIS_URL" not in self.env:
            password = self._secret("valkey_password", lambda: secrets.token_urlsafe(24))
            self.servers.append(Valkey(self.local, ports["valkey"], password))
            values["REDIS_URL"] = self.servers[-1].url
        if not {"OPENAI_BASE_URL", "OPENAI_API_KEY", "LOCAL_MODEL_URL"} & self.env.keys():
            self.servers.append(LocalModel(self.local, ports["model"]))
            values |= {"LOCAL_MODEL_URL": self.servers[-1].url, "LOCAL_MODEL_NAME": MODEL_NAME}
        self.env = {
            **values,
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "PYTHONUNBUFFERED": "1",
            **self.env,
            "PORT": str(self.port),
            "DEMO_PASSWORD": self.password,
        }

    def _secret(self, name: str, make: local_env.Maker) -> str:
        return local_env.kept_secret(self.local / name, make)

    def write_env(self) -> None:
        """Leave ``.local/env`` for ``manage.py`` in another shell."""
        local_env.write_env(self.local / "env", self.env)

    def manage(self, *arguments: str) -> Child:
        """A management command that runs to its end, logged in ``setup.log``."""
        return self._child("setup", sys.executable, "manage.py", *arguments)

    def app(self) -> list[Child]:
        """The app's own processes, in the order of their start."""
        web = self._child(
            *("web", sys.executable, "-m", "gunicorn", "config.wsgi:application"),
            *("--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread", "--threads", "8"),
            *("--workers", "1" if self.reload else "2", "--no-control-socket"),
            *("--timeout", "120", "--graceful-timeout", "5", "--log-level", "warning"),
            *(("--reload",) if self.reload else ()),
        )
        # The kernel tells only the master; SIGQUIT makes it end its workers at once.
        web.death_signal = signal.SIGQUIT
        worker = self._child(
            *("worker", sys.executable, "manage.py", "worker", "--processes", str(WORKERS))
        )
        # The second signal hands the work in hand back to the queue.
        worker.graces = (6, 4)
        return [web, worker, self._child("reconcile", sys.executable, "manage.py", "reconcile")]

    def _child(self, name: str, *argv: str) -> Child:
        log = self.local / "log" / f"{name}.log"
        return Child(name, argv, log=log, cwd=ROOT, marker=self.local, env=self.env)


def open_local(local: Path) -> None:
    """Make ``.local``; raises ``StackError`` when it belongs to another account."""
    try:
        # Root's PostgreSQL runs as another account and has to pass through.
        local.mkdir(exist_ok=True)
        local.chmod(0o711 if os.getuid() == 0 else 0o700)
    except PermissionError as error:
        owner = f"user id {local.stat().st_uid}" if local.exists() else "another account"
        raise StackError(f"{local} belongs to {owner}; start as that user.") from error


def _port(text: str) -> int:
    if not re.fullmatch(r"\d{1,5}", text) or not 0 < int(text) < 65_536:
        raise StackError(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)
