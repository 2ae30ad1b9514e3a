"""Sends queued steps to the workers, after the commit that queued them."""

from __future__ import annotations

from functools import partial

import structlog
from django.db import transaction
from django.db.models.functions import Now

from workflows import queue
from workflows.engine.states import NodeStatus
from workflows.models import NodeRun

log = structlog.get_logger(__name__)


def dispatch_on_commit(runs: list[tuple[int, int]]) -> None:
    """Send (node run id, attempt) messages once the present transaction has committed."""
    if runs:
        transaction.on_commit(partial(dispatch, runs), robust=True)


def dispatch(runs: list[tuple[int, int]]) -> bool:
    """Send the messages and note when.

    Bounded at 1 s. With Redis away nothing is raised: the rows stay undispatched and
    ``reconcile`` sends them later. False says so.
    """
    try:
        queue.send(runs)
    except queue.QueueError as error:
        log.warning("dispatch failed", runs=len(runs), error=type(error).__name__)
        return False
    ids = [node_run_id for node_run_id, _ in runs]
    NodeRun.objects.filter(pk__in=ids, status=NodeStatus.QUEUED).update(dispatched_at=Now())
    return True
