"""Delivers the outboxes beside the work of ``reconcile``, which no slow server holds up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog
from django.db import Error, connection

from workspaces import deliveries, notices

log = structlog.get_logger(__name__)
COURIERS = 3
"""Webhooks that are called at once."""
FORGET_EVERY = 3600.0
"""Seconds between two looks for what is kept no longer."""
LAST_WORDS = 15.0
"""Seconds that what is under way has to get out when the process ends."""


class Postman:
    """Threads, each with a database connection of its own, from ``start`` until ``stop``."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._stopping = threading.Event()
        self._forgot = float("-inf")
        self._threads = [
            threading.Thread(target=self._repeat, args=[work], name=name, daemon=True)
            for name, work in [
                ("postman", self._send_mail),
                *((f"courier-{number}", self._call_webhooks) for number in range(COURIERS)),
            ]
        ]

    def start(self) -> None:
        """Begin to deliver."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after what is in hand; what takes too long is sent again by the next."""
        self._stopping.set()
        ends = time.monotonic() + LAST_WORDS
        for thread in self._threads:
            thread.join(max(0.0, ends - time.monotonic()))

    def _repeat(self, work: Callable[[], None]) -> None:
        while not self._stopping.is_set():
            try:
                work()
            except Error as error:
                log.warning("postman cannot reach the database", error=type(error).__name__)
                connection.close()
            self._stopping.wait(self._every)
        connection.close()

    def _send_mail(self) -> None:
        notices.deliver()
        if time.monotonic() - self._forgot >= FORGET_EVERY:
            self._forgot = time.monotonic()
            notices.forget_old()
            deliveries.forget_old()

    def _call_webhooks(self) -> None:
        while not self._stopping.is_set() and deliveries.send_next():
            pass
