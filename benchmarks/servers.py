"""The servers of a benchmark: a PostgreSQL and a Valkey of its own, in a folder that goes again."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.services import Postgres, Valkey


@contextmanager
def running() -> Iterator[None]:
    """Start both with their ordinary settings and name them in the environment."""
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
