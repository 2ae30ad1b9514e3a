"""The vocabulary, and the table of moves beside what PostgreSQL lets through."""

import uuid

import pytest
from django.db import DatabaseError, connection, transaction

from tests.factories import ExecutionFactory, NodeRunFactory
from workflows.engine import states
from workflows.engine.states import (
    EXECUTION_MOVES,
    EXECUTION_TERMINAL,
    NODE_MOVES,
    NODE_TERMINAL,
    Door,
    ExecutionStatus,
    NodeStatus,
    may_move,
)

DOORS = [None, *Door]


def allowed(table: str, pk: int, statuses: type, frm: str, door: Door | None) -> set[str]:
    """The statuses that the database lets this row take."""
    found = set()
    for to in statuses:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT set_config('copyloom.door', %s, true)", [door or ""])
                cursor.execute(f"UPDATE {table} SET status = %s WHERE id = %s", [to.value, pk])
                assert cursor.rowcount == 1
                found.add(to)
                transaction.set_rollback(True)
        except DatabaseError as error:
            assert "may not leave" in str(error)
    return found - {frm}


@pytest.mark.django_db
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("frm", NodeStatus)
def test_the_database_lets_a_step_move_as_the_table_says(frm: NodeStatus, door: Door | None):
    run = NodeRunFactory(
        status=frm, token=uuid.uuid4(), wait_for="people", skip_reason="time_limit"
    )
    found = allowed("workflows_noderun", run.pk, NodeStatus, frm, door)
    table = {to for to in NodeStatus if may_move(frm, to, door)}
    if frm in NODE_TERMINAL:
        assert found == table
    else:  # the database guards ends alone; the way there is the compare-and-set's
        assert table <= found


@pytest.mark.django_db
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("frm", ExecutionStatus)
def test_the_database_lets_a_run_move_as_the_table_says(frm: ExecutionStatus, door: Door | None):
    run = ExecutionFactory(status=frm)
    found = allowed("workflows_workflowexecution", run.pk, ExecutionStatus, frm, door)
    if frm in EXECUTION_TERMINAL:
        by_door = door in (Door.RETRY, Door.SKIP)
        assert found == (EXECUTION_MOVES[frm] if by_door else set())
    else:
        assert EXECUTION_MOVES[frm] <= found


def test_nothing_leaves_an_end_without_a_door():
    assert all(not NODE_MOVES[one] for one in NODE_TERMINAL)
    assert all(EXECUTION_MOVES[one] <= {ExecutionStatus.RUNNING} for one in EXECUTION_TERMINAL)


def test_every_status_has_its_moves_and_its_look():
    assert set(NODE_MOVES) == set(states.NODE_LOOKS) == set(NodeStatus)
    assert set(EXECUTION_MOVES) == set(states.EXECUTION_LOOKS) == set(ExecutionStatus)


def test_every_step_can_reach_an_end_from_where_it_is():
    for status in NodeStatus:
        seen, todo = set(), [status]
        while todo:
            one = todo.pop()
            todo += NODE_MOVES[one] - seen
            seen.add(one)
        assert seen & NODE_TERMINAL
