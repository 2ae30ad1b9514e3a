"""Years of runs do not slow the site down: no query reads a big table from end to end.

The queries are those that pages, API, reconcile and clean-up issue, caught while the code runs;
a new one is covered from the day it is written.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import call_command

from benchmarks.fill import BIG, Filled, fill
from benchmarks.plans import captured, scans
from benchmarks.volume_cases import GROUPS
from templates_gallery.cards import drawn
from workflows.models import NodeRun, WorkflowExecution
from workflows.runs.drawing import drawing_of
from workflows.versions import graph_of

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("volume"), pytest.mark.timeout(600)]
RUNS = 20_000


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Filled]:
    """20,000 runs with 200,000 steps, committed and analysed; gone again after the module."""
    with django_db_blocker.unblock():
        _empty()
        found = fill(RUNS, agents=2, told=1)
    yield found
    with django_db_blocker.unblock():
        _empty()


def _empty() -> None:
    """Drop every row. Ids begin anew, so what this process remembers by id goes too."""
    call_command("flush", interactive=False, verbosity=0)
    graph_of.cache_clear()
    drawing_of.cache_clear()
    drawn.cache_clear()


@pytest.mark.parametrize("group", GROUPS)
def test_no_query_reads_a_big_table_from_end_to_end(
    filled: Filled, group: str, redis_queue: None
) -> None:
    assert (WorkflowExecution.objects.count(), NodeRun.objects.count()) == (RUNS, 10 * RUNS)
    slow, seen = [], set()
    for name, action in GROUPS[group](filled):
        action()  # what is kept for an hour is not asked again
        for statement in captured(action):
            found = scans(statement)
            seen |= {scan.table for scan in found}
            slow += [(name, str(scan), statement) for scan in found if scan.reads_all]
    assert slow == []
    assert "workflows_workflowexecution" in seen


def test_a_scan_from_end_to_end_is_noticed(filled: Filled) -> None:
    [statement] = captured(lambda: list(WorkflowExecution.objects.order_by().values_list("inputs")))
    assert [scan.table for scan in scans(statement) if scan.reads_all] == [
        "workflows_workflowexecution"
    ]
    assert len(BIG) == 4
