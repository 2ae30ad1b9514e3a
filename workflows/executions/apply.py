"""Applies what the plan says: queues, skips, settles containers, ends the run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models.functions import Now

from workflows.engine.plan import RunKey, Settled, State, make_plan
from workflows.engine.states import (
    EXECUTION_TERMINAL,
    ExecutionStatus,
    NodeStatus,
    SkipReason,
)
from workflows.executions import lanes, progress
from workflows.executions.dispatch import dispatch_on_commit
from workflows.executions.moves import Statement, append, as_one, event, locked_at, together
from workflows.executions.telling import tell
from workflows.graph.model import Graph
from workflows.models import ExecutionEvent, NodeRun, WorkflowExecution
from workflows.versions import graph_of


@dataclass(slots=True)
class _Row:
    """What a decision needs of a node run."""

    pk: int
    key: str
    lane: str
    label: str
    status: str
    handles: list[str]
    attempt: int
    wait_for: str
    reserved_agents: int
    wanted_agents: int


@dataclass(slots=True)
class _Board:
    """The rows of a run as this decision sees them."""

    execution: WorkflowExecution
    graph: Graph
    runs: dict[RunKey, _Row]
    events: list[ExecutionEvent] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    """Writes that nothing here reads again; sent together at the end."""

    def note(self, kind: str, run: _Row | None = None, **data: Any) -> None:
        self.events.append(
            event(self.execution.pk, kind, node_run_id=run.pk if run else None, **data)
        )


_ROWS = """
SELECT id, key, lane, label, status, handles, attempt, wait_for, reserved_agents, wanted_agents
  FROM workflows_noderun WHERE execution_id = %s ORDER BY id
"""
_QUEUE = """
UPDATE workflows_noderun
   SET status = 'queued', attempt = attempt + 1, queued_at = clock_timestamp(),
       dispatched_at = clock_timestamp(), token = NULL, lease_until = NULL, wait_for = ''
 WHERE id = ANY(%s) AND status = 'pending'
"""
_WAKE = """
UPDATE workflows_noderun
   SET wait_for = '', dispatched_at = clock_timestamp(), queued_at = clock_timestamp()
 WHERE id = ANY(%s) AND status = 'queued'
"""


def rows_of(execution_id: int) -> Statement:
    """The statement that reads the rows which ``apply`` decides on."""
    return _ROWS, [execution_id]


def apply(
    execution: WorkflowExecution, *events: ExecutionEvent, rows: Sequence[Any] | None = None
) -> None:
    """Carry out what follows from the states. The caller holds the execution's row lock.

    ``events`` are written with those of this step; ``rows`` are what ``rows_of`` brought under the
    lock, where the caller has them. Every visible change counts the revision up;
    queued steps are sent after the commit.
    """
    board = _load(execution, rows)
    board.events.extend(events)
    if execution.status == ExecutionStatus.RUNNING:
        plan = make_plan(board.graph, _states(board), _lanes(board))
        _skip(board, plan.skip)
        for settled in plan.settle:
            _settle(board, settled)
        _queue(board, plan.queue)
        _wake(board)
        if plan.outcome:
            _end(board, plan.outcome)
    _save(board)


def can_go_on(execution: WorkflowExecution) -> bool:
    """Whether ``apply`` would do anything for a running run; the caller holds its lock."""
    board = _load(execution)
    plan = make_plan(board.graph, _states(board), _lanes(board))
    return not plan.is_empty or bool(_wakeable(board))


def _load(execution: WorkflowExecution, found: Sequence[Any] | None = None) -> _Board:
    if found is None:
        with connection.cursor() as cursor:
            cursor.execute(*rows_of(execution.pk))
            found = cursor.fetchall()
    rows = [_Row(*row) for row in found]
    runs = {(row.key, row.lane): row for row in rows}
    return _Board(execution, graph_of(execution.version_id), runs)


def _states(board: _Board) -> dict[RunKey, State]:
    return {
        run: State(NodeStatus(row.status), tuple(row.handles)) for run, row in board.runs.items()
    }


def _lanes(board: _Board) -> dict[str, Any]:
    waiting = [row for row in board.runs.values() if row.wait_for == "lanes" and _waits(row)]
    outputs: dict[str, Any] = dict(
        NodeRun.objects.filter(pk__in=[row.pk for row in waiting]).values_list("key", "output")
        if waiting
        else ()
    )
    return {key: lanes.rules(output) for key, output in outputs.items()}


def _waits(row: _Row) -> bool:
    return row.status == NodeStatus.WAITING


def _skip(board: _Board, keys: list[RunKey]) -> None:
    if not keys:
        return
    ids = [board.runs[run].pk for run in keys]
    NodeRun.objects.filter(pk__in=ids, status=NodeStatus.PENDING).update(
        status=NodeStatus.SKIPPED, finished_at=Now(), handles=[], skip_reason=SkipReason.BRANCH
    )
    for run in keys:
        board.runs[run].status = NodeStatus.SKIPPED
        board.note("node.skipped", board.runs[run], reason=SkipReason.BRANCH)


def _queue(board: _Board, keys: list[RunKey]) -> None:
    if not keys:
        return
    sent: list[tuple[int, int]] = []
    for run in keys:
        row = board.runs[run]
        row.status, row.attempt = NodeStatus.QUEUED, row.attempt + 1
        sent.append((row.pk, row.attempt))
        board.note("node.queued", row, attempt=row.attempt)
    board.statements.append((_QUEUE, [[pk for pk, _ in sent]]))
    dispatch_on_commit(sent)


def _wake(board: _Board) -> None:
    """Send steps again that found none of the run's agents free, as far as some are now."""
    woken = [(row.pk, row.attempt) for row in _wakeable(board)]
    if woken:
        board.statements.append((_WAKE, [[pk for pk, _ in woken]]))
        dispatch_on_commit(woken)


def _wakeable(board: _Board) -> list[_Row]:
    parked = [row for row in board.runs.values() if row.wait_for == "agents" and _queued(row)]
    if not parked:
        return []
    running = [row for row in board.runs.values() if row.status == NodeStatus.RUNNING]
    woken = [row for row in board.runs.values() if _queued(row) and not row.wait_for]
    room = board.execution.max_parallel_agents - sum(row.reserved_agents for row in running)
    room -= sum(row.wanted_agents for row in woken)
    found: list[_Row] = []
    for row in parked:
        if room <= 0:
            break
        room -= max(1, row.wanted_agents)
        found.append(row)
    return found


def _queued(row: _Row) -> bool:
    return row.status == NodeStatus.QUEUED


def _settle(board: _Board, settled: Settled) -> None:
    row = board.runs[settled.key, ""]
    kept: Any = NodeRun.objects.values_list("output", flat=True).get(pk=row.pk)
    keys = [child.key for child in board.graph.children.get(settled.key, ())]
    children = NodeRun.objects.filter(execution_id=board.execution.pk, key__in=keys)
    output = lanes.gathered(kept, children, settled.failed_lanes)
    output |= {"completed": settled.completed_count, "failed": settled.failed_count}
    row.status = NodeStatus.FAILED if settled.failed else NodeStatus.COMPLETED
    row.handles = [] if settled.failed else ["out"]
    NodeRun.objects.filter(pk=row.pk, status=NodeStatus.WAITING).update(
        status=row.status,
        handles=row.handles,
        output=output if not settled.failed else kept | output,
        error=_items_failed(settled, kept) if settled.failed else None,
        wait_for="",
        finished_at=Now(),
    )
    board.note(f"node.{row.status}", row, completed=settled.completed_count)


def _items_failed(settled: Settled, kept: dict[str, Any]) -> dict[str, Any]:
    what = "items" if kept["with_items"] else "steps"
    total = len(kept["items"]) if kept["with_items"] else None
    of = f" of {total}" if total else ""
    return {
        "code": "items_failed",
        "message": f"{settled.failed_count}{of} {what} inside failed.",
        "hint": "Open the failed steps inside to see why; finished ones are kept.",
        "retryable": True,
    }


def _end(board: _Board, outcome: str) -> None:
    execution = board.execution
    execution.status = ExecutionStatus(outcome)
    if outcome == "failed":
        broken = [
            row for row in board.runs.values() if row.status == NodeStatus.FAILED and not row.lane
        ]
        execution.error = {
            "code": "node_failed",
            "message": "Failed at " + ", ".join(row.label or row.key for row in broken) + ".",
            "nodes": [row.key for row in broken],
        }
    board.note(f"run.{outcome}")


def _save(board: _Board) -> None:
    execution = board.execution
    now = locked_at(execution)
    statuses = [row.status for row in board.runs.values()]
    progress.count(execution, statuses)
    runs_on = execution.status == ExecutionStatus.RUNNING and progress.is_active(statuses)
    progress.run_clock(execution, active=runs_on, now=now)
    if execution.status in EXECUTION_TERMINAL and execution.finished_at is None:
        execution.finished_at = now
    board.statements.append(progress.saving(execution))
    if board.events:
        board.statements.append(append(board.events))
        board.statements.extend(tell(execution, board.events))
    together(as_one(board.statements))
