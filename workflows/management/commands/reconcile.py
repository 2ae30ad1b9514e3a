"""``manage.py reconcile``: puts right what crashes leave behind."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, connection
from django.db.models.functions import Now

from documents.orphans import remove_orphans
from workflows.announcing import announce
from workflows.executions import invariants
from workflows.executions.reconcile import reconcile
from workflows.models import WorkerBeat
from workflows.reviews.remind import expire_due
from workspaces import deliveries, notices
from workspaces.postman import Postman

log = structlog.get_logger(__name__)
CHECK_EVERY = 30.0
"""Seconds between two checks of the invariants."""
SWEEP_EVERY = 3600.0
"""Seconds between two sweeps over stored pictures that no row knows."""
ORPHANED = timedelta(hours=24)
SWEEP_MOST = 2_000
"""Pictures looked at in one sweep; the next goes on behind them."""


class Command(BaseCommand):
    """Runs a pass every few seconds until it is told to stop; any number may run at once."""

    help = "Re-send lost work, take over what dead workers held, end what is over."

    _checked = float("-inf")
    _swept = float("-inf")
    _broken: Sequence[invariants.Violation] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """One pass or many."""
        parser.add_argument("--once", action="store_true", help="One pass, then end.")

    def handle(self, *args: Any, **options: Any) -> None:
        """The loop. A database that is away is waited for."""
        if options["once"]:
            self._pass(notices.deliver, deliveries.deliver)
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        postman = Postman(settings.ENGINE.reconcile_seconds)
        postman.start()
        while not stop.is_set():
            self._pass()
            stop.wait(settings.ENGINE.reconcile_seconds)
        postman.stop()

    def _pass(self, *more: Callable[[], object]) -> None:
        try:
            self._once()
            for work in more:
                work()
        except DatabaseError as error:
            log.warning("reconcile cannot reach the database", error=type(error).__name__)
            connection.close()

    def _once(self) -> None:
        report, reviews, told = reconcile(), expire_due(), announce()
        if time.monotonic() - self._checked >= CHECK_EVERY:
            self._checked = time.monotonic()
            self._broken = invariants.check()
            invariants.alarm(self._broken)
        if time.monotonic() - self._swept >= SWEEP_EVERY:
            self._swept = time.monotonic()
            _sweep()
        host = socket.gethostname()
        WorkerBeat.objects.update_or_create(
            name=f"reconcile-{host}-{os.getpid()}",
            defaults={
                "kind": WorkerBeat.Kind.RECONCILE,
                "host": host,
                "pid": os.getpid(),
                "seen_at": Now(),
                "data": {"violations": [asdict(one) for one in self._broken]},
            },
        )
        if not report.is_empty or reviews or told:
            log.info("reconciled", **asdict(report), reviews=reviews, told=told)


def _sweep() -> None:
    """Remove orphaned pictures. A storage that is away is left for the next hour."""
    try:
        remove_orphans(ORPHANED, SWEEP_MOST)
    except DatabaseError:
        raise
    except Exception as error:  # noqa: BLE001 - each storage has errors of its own
        log.warning("reconcile cannot sweep the storage", error=type(error).__name__)
