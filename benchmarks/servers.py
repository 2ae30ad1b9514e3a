"""The servers of a benchmark with their ordinary settings, and a database of its own."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from cryptography.fernet import Fernet
from psycopg import sql

from scripts.services import Postgres, Valkey


@contextmanager
def running() -> Iterator[None]:
    """Name servers, a fresh database and the settings of production in the environment.

    ``DATABASE_URL`` and ``REDIS_URL`` name servers to use instead of own ones; the Redis
    database has to be empty.
    """
    named = "DATABASE_URL" in os.environ and "REDIS_URL" in os.environ
    with contextlib.nullcontext() if named else _own_servers(), _database():
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings.production",
            "SECRET_KEY": secrets.token_urlsafe(64),
            "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
            "ALLOWED_HOSTS": "127.0.0.1",
            "STORAGE_BUCKET": "",
        }
        yield


@contextmanager
def _own_servers() -> Iterator[None]:
    base = Path(tempfile.mkdtemp(prefix="copyloom-bench-")).resolve()
    base.chmod(0o711)
    servers = [Postgres(base), Valkey(base)]
    try:
        for server in servers:
            server.start()
        os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = (one.url for one in servers)
        yield
    finally:
        for server in reversed(servers):
            server.stop()
        shutil.rmtree(base, ignore_errors=True)


@contextmanager
def _database() -> Iterator[None]:
    server, name = os.environ["DATABASE_URL"], f"copyloom_bench_{secrets.token_hex(4)}"
    _ask(server, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    os.environ["DATABASE_URL"] = urlsplit(server)._replace(path=f"/{name}").geturl()
    try:
        yield
    finally:
        _ask(server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        os.environ["DATABASE_URL"] = server


def _ask(url: str, statement: sql.Composed) -> None:
    with psycopg.connect(url, autocommit=True) as link:
        link.execute(statement)
