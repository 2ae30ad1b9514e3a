"""``manage.py reconcile``: puts right what crashes leave behind."""

import os
import signal
import socket
import threading
from dataclasses import asdict
from typing import Any

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, connection
from django.db.models.functions import Now

from workflows.executions.reconcile import reconcile
from workflows.models import WorkerBeat
from workflows.reviews.remind import expire_due

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    """Runs a pass every few seconds until it is told to stop; any number may run at once."""

    help = "Re-send lost work, take over what dead workers held, end what is over."

    def add_arguments(self, parser: CommandParser) -> None:
        """One pass or many."""
        parser.add_argument("--once", action="store_true", help="One pass, then end.")

    def handle(self, *args: Any, **options: Any) -> None:
        """The loop. A database that is away is waited for."""
        stop = threading.Event()
        if not options["once"]:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            try:
                self._once()
            except DatabaseError as error:
                log.warning("reconcile cannot reach the database", error=type(error).__name__)
                connection.close()
            if options["once"]:
                return
            stop.wait(settings.ENGINE.reconcile_seconds)

    def _once(self) -> None:
        report, reviews = reconcile(), expire_due()
        host = socket.gethostname()
        WorkerBeat.objects.update_or_create(
            name=f"reconcile-{host}-{os.getpid()}",
            defaults={
                "kind": WorkerBeat.Kind.RECONCILE,
                "host": host,
                "pid": os.getpid(),
                "seen_at": Now(),
            },
        )
        if not report.is_empty or reviews:
            log.info("reconciled", **asdict(report), reviews=reviews)
