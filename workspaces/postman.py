"""Delivers the outbox beside the work of ``reconcile``, which no slow mail server holds up."""

from __future__ import annotations

import threading
import time

import structlog
from django.db import Error, connection

from workspaces.notices import deliver, forget_old

log = structlog.get_logger(__name__)
FORGET_EVERY = 3600.0
"""Seconds between two looks for e-mails that are kept no longer."""
LAST_WORDS = 15.0
"""Seconds that an e-mail under way has to get out when the process ends."""


class Postman:
    """A thread with a database connection of its own, from ``start`` until ``stop``."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="postman", daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def stop(self) -> None:
        """End after the e-mail in hand; one that takes too long is sent again by the next."""
        self._stopping.set()
        self._thread.join(LAST_WORDS)

    def _work(self) -> None:
        forgot = float("-inf")
        while not self._stopping.is_set():
            try:
                deliver()
                if time.monotonic() - forgot >= FORGET_EVERY:
                    forgot = time.monotonic()
                    forget_old()
            except Error as error:
                log.warning("postman cannot reach the database", error=type(error).__name__)
                connection.close()
            self._stopping.wait(self._every)
        connection.close()
