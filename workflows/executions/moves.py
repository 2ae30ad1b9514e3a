"""The compare-and-set behind every change of a status, and the lock that orders them.

Lock order everywhere: execution, then node runs by id, then document (reliability.md, rule 1).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from config.postgresql.base import prepared
from workflows.engine.states import (
    EXECUTION_LOOKS,
    LEGAL,
    Control,
    Door,
    ExecutionStatus,
    NodeStatus,
    may_move,
)
from workflows.models import ExecutionEvent, NodeRun, WorkflowExecution


class IllegalMove(Exception):
    """A move that the table of states does not know; a bug, not a lost race."""

    def __init__(self, frm: str, to: str) -> None:
        super().__init__(f"{frm} -> {to}")
        self.frm = frm
        self.to = to


class NotNow(Exception):
    """What a person asks for is not legal as things stand; nothing was changed.

    ``status`` is the run's, ``node_status`` that of the step where one was named. The text says
    it to people.
    """

    def __init__(self, text: str, execution: WorkflowExecution, node_status: str | None = None):
        super().__init__(text)
        self.status = str(execution.status)
        self.node_status = node_status


class NoSuchStep(Exception):
    """The run has no step of this key and lane."""


_VERBS = {
    Control.PAUSE: "paused",
    Control.RESUME: "resumed",
    Control.STOP: "stopped",
    Control.RETRY: "retried",
    Control.SKIP: "skipped past",
}


def check_legal(execution: WorkflowExecution, control: Control) -> None:
    """Refuse a verb that the run's status does not allow. Raises ``NotNow``."""
    if execution.status in LEGAL[control]:
        return
    look = EXECUTION_LOOKS[ExecutionStatus(execution.status)].label.lower()
    raise NotNow(f"The run is {look}; it cannot be {_VERBS[control]}.", execution)


Statement = tuple[str, list[Any]]
"""SQL and its parameters."""

_UNREAD = frozenset({"inputs", "expected"})
"""Large, and nothing that a decision looks at; read when somebody asks."""
_READ = [field.attname for field in WorkflowExecution._meta.fields if field.name not in _UNREAD]
_COLUMNS = ", ".join(_READ)
_LOCK = f"""
WITH locked AS MATERIALIZED (
    SELECT {_COLUMNS} FROM workflows_workflowexecution WHERE id = %s FOR UPDATE
) SELECT locked.*, clock_timestamp() AS locked_at FROM locked
"""  # noqa: S608 - names of columns
_TRY_LOCK = _LOCK.replace("FOR UPDATE", "FOR UPDATE SKIP LOCKED")
_EVENTS = """
INSERT INTO workflows_executionevent (execution_id, node_run_id, actor_id, kind, data, at)
SELECT run, step, actor, kind, data::jsonb, clock_timestamp()
  FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[])
       WITH ORDINALITY AS told (run, step, actor, kind, data, place)
 ORDER BY place
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one statement brought."""

    count: int
    rows: list[Any]


def lock(execution_id: int) -> WorkflowExecution:
    """The execution under its row lock; must be called inside a transaction.

    ``locked_at`` on it is the database's clock once the lock was held: deadlines never trust a
    worker's own. Raises ``WorkflowExecution.DoesNotExist``.
    """
    return lock_and(execution_id)[0]


def lock_and(execution_id: int, *statements: Statement) -> tuple[WorkflowExecution, list[Answer]]:
    """The same, and statements that need the lock, in the same round trip.

    Each sees what was committed before it began, which is after the lock was got.
    """
    locked, *answers = together((_LOCK, [execution_id]), *statements)
    if not locked.rows:
        raise WorkflowExecution.DoesNotExist(f"There is no run {execution_id}.")
    return _execution(locked.rows[0]), answers


def _execution(row: Sequence[Any]) -> WorkflowExecution:
    """The row that ``_LOCK`` brought. JSON comes as text past the ORM."""
    execution = WorkflowExecution.from_db("default", _READ, row[:-1])
    if execution.error is not None:
        execution.error = json.loads(execution.error)
    execution.locked_at = row[-1]  # type: ignore[attr-defined]  # told in lock()
    return execution


def try_lock(execution_id: int) -> WorkflowExecution | None:
    """The same without waiting: None when somebody else holds it, or it is gone."""
    return next(iter(WorkflowExecution.objects.raw(_TRY_LOCK, [execution_id])), None)


def locked_at(execution: WorkflowExecution) -> datetime:
    """When ``lock`` got the lock, by the database's clock; now, for a row just written."""
    moment = getattr(execution, "locked_at", None)
    if moment is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            (moment,) = cursor.fetchone()
    assert isinstance(moment, datetime)
    return moment


def move(
    node_run_id: int,
    frm: NodeStatus,
    to: NodeStatus,
    *,
    door: Door | None = None,
    expect: dict[str, Any] | None = None,
    **fields: Any,
) -> bool:
    """Move one step if it still is where the caller saw it.

    ``expect`` names further columns that must hold (token, attempt). False means that somebody
    was faster or the claim is lost: the caller leaves quietly. Raises ``IllegalMove``.
    """
    if not may_move(frm, to, door):
        raise IllegalMove(frm, to)
    if door is not None:
        open_door(door)
    rows = NodeRun.objects.filter(pk=node_run_id, status=frm, **(expect or {}))
    return bool(rows.update(status=to, **fields))


def open_door(door: Door) -> None:
    """Let this transaction take a terminal step out by the named door; a trigger checks it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('copyloom.door', %s, true)", [door.value])


def event(
    execution_id: int,
    kind: str,
    *,
    node_run_id: int | None = None,
    actor_id: int | None = None,
    **data: Any,
) -> ExecutionEvent:
    """An event, not yet written."""
    return ExecutionEvent(
        execution_id=execution_id, kind=kind, node_run_id=node_run_id, actor_id=actor_id, data=data
    )


def write_events(events: Sequence[ExecutionEvent]) -> None:
    """Append events in the order given, in one statement."""
    if events:
        together(append(events))


def together(*statements: Statement) -> list[Answer]:
    """Send statements in one round trip, in order; each is planned once a connection.

    Read and written past the ORM: JSON comes as text.
    """
    with ExitStack() as stack:
        cursors = [stack.enter_context(prepared()) for _ in statements]
        with connection.wrap_database_errors, connection.connection.pipeline():
            for cursor, (sql, values) in zip(cursors, statements, strict=True):
                cursor.execute(sql, values)
        return [
            Answer(cursor.rowcount, cursor.fetchall() if cursor.pgresult.nfields else [])
            for cursor in cursors
        ]


def as_one(statements: Sequence[Statement]) -> Statement:
    """One statement that does what these do; none may touch a row that another writes."""
    *before, (last, values) = statements
    if not before:
        return last, values
    named = ", ".join(f"s{number} AS ({sql})" for number, (sql, _) in enumerate(before))
    return f"WITH {named} {last}", [one for _, some in before for one in some] + values


def append(events: Sequence[ExecutionEvent]) -> Statement:
    """The statement that writes events, in the order given; there must be one."""
    return _EVENTS, [
        [one.execution_id for one in events],
        [one.node_run_id for one in events],
        [one.actor_id for one in events],
        [one.kind for one in events],
        [json.dumps(one.data) for one in events],
    ]
