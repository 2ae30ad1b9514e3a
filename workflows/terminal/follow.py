"""Follows a run to its end, deciding its reviews if asked to."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

from workflows.engine.states import ExecutionStatus, ReviewState, Verdict
from workflows.executions.snapshot import Snapshot, take
from workflows.models import ReviewTask
from workflows.reviews.decide import AlreadyDecided, decide
from workflows.reviews.picks import default_choices
from workflows.terminal.display import Display
from workspaces.models import User

EVERY = 0.25
"""Seconds between looks."""
PATIENCE = 30.0
"""Seconds that a database may be away before the run is left to itself."""
T = TypeVar("T")


class Exit(IntEnum):
    """What the exit status of ``run_template`` says."""

    COMPLETED = 0
    FAILED = 1
    BAD_INPUT = 2
    STOPPED = 3
    TIMED_OUT = 4
    LEFT_RUNNING = 130


@dataclass(frozen=True, slots=True)
class Wishes:
    """How to follow."""

    approve: bool
    """Approve every review with the picks that it asks for, the first ones."""
    user: User | None
    timeout: float | None
    """Seconds; None waits as long as it takes."""


def follow(execution_id: int, wishes: Wishes, display: Display) -> tuple[Snapshot, Exit]:
    """Show a run until it ends or the time is over."""
    ends = time.monotonic() + wishes.timeout if wishes.timeout is not None else None
    announced: set[int] = set()
    while True:
        snapshot = patiently(lambda: take(execution_id))
        display.show(snapshot)
        if snapshot.has_ended:
            return snapshot, _exit(snapshot)
        if ends is not None and time.monotonic() > ends:
            return snapshot, Exit.TIMED_OUT
        patiently(lambda: _reviews(execution_id, wishes, display, announced))
        time.sleep(EVERY)


def patiently(action: Callable[[], T]) -> T:
    """Do it again while PostgreSQL is away, for ``PATIENCE`` seconds; then raise its error."""
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            return action()
        except (OperationalError, InterfaceError):
            connection.close()
            if time.monotonic() > ends:
                raise
            time.sleep(1)


def _exit(snapshot: Snapshot) -> Exit:
    return {
        ExecutionStatus.COMPLETED: Exit.COMPLETED,
        ExecutionStatus.STOPPED: Exit.STOPPED,
    }.get(ExecutionStatus(snapshot.execution.status), Exit.FAILED)


def _reviews(execution_id: int, wishes: Wishes, display: Display, announced: set[int]) -> None:
    open_tasks = ReviewTask.objects.filter(
        node_run__execution_id=execution_id, state=ReviewState.WAITING
    )
    for task in open_tasks:
        if wishes.approve:
            _approve(task, wishes.user)
        elif task.pk not in announced:
            announced.add(task.pk)
            display.console.print(
                f"Review {task.pk} waits for a person: manage.py decide_review {task.pk} --help",
                markup=False,
            )


def _approve(task: ReviewTask, user: User | None) -> None:
    try:
        decide(
            task.pk,
            verdict=Verdict.APPROVE,
            user=user,
            choices=default_choices(task.items, task.rules),
        )
    except AlreadyDecided:
        return
