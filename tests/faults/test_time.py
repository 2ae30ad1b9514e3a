"""Rows 33 and 48: clocks that stand, and clocks that lie."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from tests.engine import Drive
from tests.faults.checks import assert_all_well
from tests.faults.site import CHAIN, Site, step
from tests.workflows.executions.claims import held
from tests.workflows.executions.test_deadline import left, passed
from workflows.executions import reconcile
from workflows.executions.claim import Claim, claim, renew
from workflows.executions.pause import pause
from workflows.executions.resume import resume
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db(transaction=True)


def test_fault_33_a_run_of_29_minutes_that_is_paused_for_2_hours(
    drive: Drive, editor: User, workspace: Workspace
) -> None:
    """Guard: ``run_clock``: a paused run has no deadline and no active time."""
    execution = drive.launch(CHAIN, t="x")
    passed(execution, 29 * 60)
    pause(execution.pk, user=editor)
    passed(execution, 2 * 60 * 60)
    assert reconcile.expire_late() == 0
    resume(execution.pk, user=editor)
    execution.refresh_from_db()
    assert left(execution) == pytest.approx(60, abs=10)
    assert drive.work(execution).status == "completed"
    assert_all_well()


def test_fault_48_workers_whose_clocks_are_off_by_five_minutes(site: Site) -> None:
    """Guard: ``clock_timestamp()`` in ``_CLAIM`` and ``renew``: leases are the database's."""
    site.server.latency = 4
    for seconds in (300, -300):
        site.workers(1, "clock", TEST_CLOCK=str(seconds))
    site.ready(2)
    runs = [site.launch(), site.launch()]
    site.calls(2)
    for one in runs:
        lease = step(one).lease_until
        assert lease is not None
        assert 0 < (lease - timezone.now()).total_seconds() < 5
    site.ended(*runs)
    for one in runs:
        assert (step(one).attempt, step(one).loss_count) == (1, 0)
    assert len(site.server.calls) == 2
    site.well(*runs)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 0, tzinfo=UTC),
        datetime(2001, 1, 1, tzinfo=UTC),
        datetime(2040, 1, 1, tzinfo=UTC),
    ],
)
def test_fault_48_a_clock_that_steps_while_a_step_runs(drive: Drive, moment: datetime) -> None:
    """Guard: the same: neither a takeover nor a deadline asks this process for the time."""
    first = held(drive)
    with time_machine.travel(moment, tick=True):
        assert renew(first) is True
        assert reconcile.take_over() == 0
        assert reconcile.expire_late() == 0
        second = taken_now(first)
        assert renew(second) is True
    drive.sent.clear()
    reconcile.take_over()
    assert_all_well(settled=False)


def taken_now(first: Claim) -> Claim:
    """The next attempt, once the database itself has let the lease run out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workflows_noderun SET lease_until = clock_timestamp() - interval '1 s'"
            " WHERE id = %s",
            [first.node_run_id],
        )
    assert reconcile.take_over() == 1
    found = claim(first.node_run_id, 2)
    assert found is not None
    return found
