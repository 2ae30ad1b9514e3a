"""The watchdog of a worker process: renews the lease, sees stop and deadline, ends the deaf.

One thread with its own database connection for the life of the process. When the claim is lost
or the run is over it sets the claim's ``cancelled``; when the main thread ignores its deadline it
fails the step and ends the process; when PostgreSQL stays away it ends the process, and
``reconcile`` gives the step to another. A hang in C may hold the interpreter's lock, which stops
this thread too: a thread of C ends the process when this one has not been round for long.
"""

from __future__ import annotations

import faulthandler
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models.functions import Now

from config.crash import crash_point
from workflows.executions import finish
from workflows.executions.claim import Claim, renew, still_held
from workflows.models import WorkerBeat
from workflows.nodes.base import NodeError

log = structlog.get_logger(__name__)
EXIT_DEAF = 70
"""Exit status of a process that its watchdog ended."""
STUCK_LEASES = 5
"""Leases without a turn of the watchdog's thread after which its process is ended. Its step has
long been another's; a process that merely stood still may yet write down what a call has cost."""
LOOK_EVERY = 2.0
"""Seconds between two looks at whether a claim is still held: how soon a stop cancels calls."""


@dataclass(slots=True)
class _Watched:
    claim: Claim
    ends: float
    cancelled: threading.Event = field(default_factory=threading.Event)
    last_seen: float = field(default_factory=time.monotonic)
    renewed: float = field(default_factory=time.monotonic)
    failed: bool = False
    """Whether the step was failed over the main thread's head."""


class Watchdog:
    """Watches the one claim that its process holds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watched: _Watched | None = None
        self._thread: threading.Thread | None = None
        self._guarded = False

    def start(self, *, guarded: bool = False) -> None:
        """Start the thread; does nothing when it runs already in this process.

        ``guarded``: this process is a worker's own, to be ended when even the thread is stuck.
        """
        self._guarded = self._guarded or guarded
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._loop, daemon=True, name="watchdog")
            self._thread.start()

    def hold(self, claim: Claim) -> threading.Event:
        """Begin to watch; gives the event that says to stop."""
        seconds = min(settings.ENGINE.node_deadline_seconds, claim.seconds_left)
        watched = _Watched(claim, time.monotonic() + seconds)
        with self._lock:
            self._watched = watched
        return watched.cancelled

    def release(self) -> None:
        """Stop watching."""
        with self._lock:
            self._watched = None

    def _loop(self) -> None:
        name = f"{socket.gethostname()}-{os.getpid()}"
        beat = float("-inf")
        while True:
            with self._lock:
                watched = self._watched
            if self._guarded:
                seconds = STUCK_LEASES * settings.ENGINE.lease_seconds
                faulthandler.dump_traceback_later(seconds, exit=True)
            try:
                if watched is not None:
                    self._look(watched)
                if time.monotonic() - beat >= settings.ENGINE.renew_seconds:
                    _beat(name)
                    beat = time.monotonic()
            except DatabaseError as error:
                self._without_database(watched, error)
            time.sleep(min(LOOK_EVERY, settings.ENGINE.renew_seconds))

    def _look(self, watched: _Watched) -> None:
        due = time.monotonic() - watched.renewed >= settings.ENGINE.renew_seconds
        goes_on = renew(watched.claim) if due else still_held(watched.claim)
        watched.last_seen = time.monotonic()
        if due:
            crash_point("watch.renewed")
            watched.renewed = watched.last_seen
        with self._lock:
            if self._watched is not watched:
                return
        if not goes_on:
            watched.cancelled.set()
        self._check_deadline(watched)

    def _check_deadline(self, watched: _Watched) -> None:
        late, grace = time.monotonic() - watched.ends, settings.ENGINE.deadline_grace_seconds
        if late > 0:
            watched.cancelled.set()
        if late > grace / 2 and not watched.failed:
            watched.failed = True
            with suppress(finish.ClaimLost):
                finish.fail(watched.claim, watched.claim.run.input, _too_late())
        if late > grace:
            log.error("main thread ignores its deadline", node_run=watched.claim.node_run_id)
            os._exit(EXIT_DEAF)

    def _without_database(self, watched: _Watched | None, error: DatabaseError) -> None:
        """A worker that cannot renew gives up before somebody else takes its step."""
        connection.close()
        log.warning("watchdog cannot reach the database", error=type(error).__name__)
        if watched is None:
            return
        away = time.monotonic() - watched.last_seen
        if away > settings.ENGINE.database_patience_seconds:
            os._exit(EXIT_DEAF)


def _too_late() -> NodeError:
    return NodeError(
        "timeout",
        "The step ran out of time, and what it was doing could not be called off.",
        hint="Retry the step. If it happens again, tell your administrator.",
        retryable=True,
    )


def _beat(name: str) -> None:
    WorkerBeat.objects.update_or_create(
        name=name,
        defaults={
            "kind": WorkerBeat.Kind.WORKER,
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "seen_at": Now(),
        },
    )


watchdog = Watchdog()


@contextmanager
def watching(claim: Claim) -> Iterator[threading.Event]:
    """Keep the claim alive while the body runs; gives the event that says to stop."""
    watchdog.start()
    cancelled = watchdog.hold(claim)
    try:
        yield cancelled
    finally:
        watchdog.release()
