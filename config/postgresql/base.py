"""The database backend: Django's, with two things that save round trips and planning."""

from __future__ import annotations

import select
import time
from typing import Any

import psycopg
from django.db import connection
from django.db.backends.postgresql import base
from django.db.backends.utils import CursorWrapper
from psycopg.pq import TransactionStatus

REST_SECONDS = 5.0
"""A connection that was checked so lately is only looked at; after that it is asked."""


class PreparedCursor(psycopg.Cursor[tuple[Any, ...]]):
    """Binds parameters on the server and has it plan each statement once a connection."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> PreparedCursor:
        """Run one statement.

        A plan that a migration has outdated is given up: outside a transaction the statement
        runs without one, inside it the error is raised and the transaction is to be repeated.
        """
        try:
            return super().execute(query, params, prepare=True, **options)
        except psycopg.errors.FeatureNotSupported:
            if self.connection.info.transaction_status != TransactionStatus.IDLE:
                raise
            self.connection.execute("DEALLOCATE ALL")
            return super().execute(query, params, prepare=True, **options)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection of this process."""

    _checked_at = 0.0

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect. Django's own cursors bind by themselves and never prepare."""
        link = super().get_new_connection(conn_params)
        link.prepare_threshold = 0
        return link

    def is_usable(self) -> bool:
        """Whether the server still has its end of the connection.

        A server that stops, or ends the session, says so, and then there is something to read;
        that is seen without a round trip. After a rest the server is asked, for a network may
        have forgotten the connection in silence.
        """
        now = time.monotonic()
        if now - self._checked_at > REST_SECONDS or _has_news(self.connection):
            if not super().is_usable():
                return False
            self._checked_at = now
        return True

    def prepared(self) -> CursorWrapper:
        """A cursor for statements that run often; each is one statement, never several.

        Its statements name the columns they read: a plan does not outlive a change of ``*``.
        """
        with self.wrap_database_errors:
            self.close_if_health_check_failed()
            self.ensure_connection()
            cursor: Any = PreparedCursor(self.connection)
        return self.make_debug_cursor(cursor) if self.queries_logged else self.make_cursor(cursor)


def prepared() -> CursorWrapper:
    """A cursor of the default connection for a statement that runs often."""
    return connection.prepared()  # type: ignore[attr-defined,no-any-return]  # see the settings


def _has_news(link: Any) -> bool:
    if link is None or link.closed or link.info.transaction_status == TransactionStatus.INERROR:
        return True
    poll = select.poll()
    poll.register(link.fileno(), select.POLLIN)
    return bool(poll.poll(0))
