"""Lets a process die or fail at named crash points (``config.crash``).

A plan is ``<point>:<mode>:<nth>``, several with commas: the n-th time that the process comes by
the point it acts.

- ``kill``: SIGKILL, as the kernel or an operator would.
- ``raise``: an exception that nobody expects.
- ``commit``: inside a transaction it commits, then raises; outside it raises after what was done.
- ``database``: the connection to the database is lost.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from django.db import OperationalError, connection, transaction

from config import crash

MODES = ("kill", "raise", "commit")


class Crash(Exception):
    """What no code expects."""


def install(plan: str, mark: Path) -> None:
    """Follow the plan in this process; ``mark`` is made when its last point has been reached."""
    wanted: dict[tuple[str, int], str] = {}
    for one in plan.split(","):
        point, mode, nth = one.split(":")
        wanted[point, int(nth)] = mode
    last = plan.split(",")[-1].partition(":")[0]
    seen: Counter[str] = Counter()
    guard = threading.Lock()

    def hook(name: str) -> None:
        with guard:
            seen[name] += 1
            mode = wanted.get((name, seen[name]))
        if mode is None:
            return
        if name == last:
            mark.touch()
        _ACTS[mode]()

    crash.hook = hook


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _raise() -> None:
    raise Crash


def _commit() -> None:
    if not connection.in_atomic_block:
        raise Crash
    transaction.on_commit(_raise)


def _database() -> None:
    raise OperationalError("the connection is gone")


_ACTS: dict[str, Callable[[], None]] = {
    "kill": _kill,
    "raise": _raise,
    "commit": _commit,
    "database": _database,
}
