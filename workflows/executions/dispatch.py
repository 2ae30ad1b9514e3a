"""Sends queued steps to the workers, after the commit that queued them."""

from __future__ import annotations

import structlog
from django.db import connection, transaction

from config.crash import crash_point
from workflows import queue

_UNSENT = """
UPDATE workflows_noderun SET dispatched_at = NULL WHERE id = ANY(%s) AND status = 'queued'
"""
log = structlog.get_logger(__name__)


def dispatch_on_commit(runs: list[tuple[int, int]]) -> None:
    """Send (node run id, attempt) messages once the present transaction has committed.

    Whatever goes wrong then is logged: what was decided stands, and ``reconcile`` sends the rest.
    """

    def send() -> None:  # a partial has no name, and Django's log of a failure asks for one
        dispatch(runs)

    if runs:
        transaction.on_commit(send, robust=True)


def dispatch(runs: list[tuple[int, int]]) -> bool:
    """Send the messages of steps whose rows already say when.

    Saying so in the transaction that queues them saves one a step. A crash before the message
    leaves shows in Redis, where ``reconcile`` looks. Bounded at 1 s; with Redis away nothing is
    raised: the rows are marked as unsent, and ``reconcile`` sends them later. False says so.
    """
    crash_point("dispatch.before_send")
    try:
        queue.send(runs)
    except queue.QueueError as error:
        log.warning("dispatch failed", runs=len(runs), error=type(error).__name__)
        with connection.cursor() as cursor:
            cursor.execute(_UNSENT, [[node_run_id for node_run_id, _ in runs]])
        return False
    crash_point("dispatch.after_send")
    return True
