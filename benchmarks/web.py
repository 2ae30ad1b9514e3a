"""The web processes as they are in production, and keys to call them with."""

from __future__ import annotations

import http.client
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.ours import Flow
from benchmarks.processes import child, wait_until
from scripts.network import free_ports
from workspaces.access import Access
from workspaces.models import Role, User
from workspaces.tokens import issue_token

PROCESSES, THREADS = 2, 8
HOST = "127.0.0.1"
PROXIED = {"X-Forwarded-Proto": "https"}
"""What the proxy in front adds; without it every call is sent to HTTPS."""


@contextmanager
def serving() -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """gunicorn with the options of the image; gives its port and the program."""
    (port,) = free_ports(1)
    options = ["--bind", f"{HOST}:{port}", "--worker-class", "gthread", "--threads", str(THREADS)]
    options += ["--timeout", "60", "--graceful-timeout", "30", "--worker-tmp-dir", "/dev/shm"]
    options += ["--max-requests", "10000", "--max-requests-jitter", "1000", "--no-control-socket"]
    argv = [sys.executable, "-m", "gunicorn", "config.wsgi:application", *options]
    with child(*argv, WEB_CONCURRENCY=str(PROCESSES)) as process:
        wait_until(lambda: _answers(port), 60)
        yield port, process


def key_of(flow: Flow, user: User) -> str:
    """A key of the person's, good for all that an editor may."""
    access = Access(flow.workspace, Role.EDITOR)
    return issue_token(user=user, access=access, name="Benchmark", scopes=[])[1]


def headers_of(key: str) -> dict[str, str]:
    """What a program sends with each call."""
    return {"Authorization": f"Token {key}", **PROXIED}


def _answers(port: int) -> bool:
    link = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        link.request("GET", "/healthz")
        return link.getresponse().status == 200
    except OSError:
        return False
    finally:
        link.close()
