"""Everything that may happen to runs, in any order, and what must hold after each step.

``STATE_MACHINE=long`` plays 5,000 examples of 80 steps, ``STATE_MACHINE=random`` as many as
usual with another seed each time, ``STATE_MACHINE=shrink`` looks for the shortest way to a failure.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from documents.models import DocumentAttachment
from tests.workflows.executions.machine.agents import Agents
from tests.workflows.executions.machine.people import People
from tests.workflows.executions.machine.room import pass_time
from tests.workflows.executions.machine.seen import OVER, Run
from tests.workflows.executions.machine.stage import TALLY
from tests.workflows.executions.machine.workers import Workers
from tests.workflows.executions.machine.world import World
from workflows.models import NodeRun

HOW = os.environ.get("STATE_MACHINE", "")
RULES = (
    *("start", "pause", "resume", "stop", "retry", "skip", "decide"),
    *("claim", "duplicate", "work", "complete", "fail", "hand back", "heartbeat", "lose", "zombie"),
    *("reserve", "park", "grow", "give back", "send", "answer"),
    *("pass time", "flush", "drop", "redis away", "redis back", "reconcile"),
)
LONG_TIME = timedelta(seconds=70)
"""More than a lease and all that reconcile waits for, less than any limit."""


class Runs(People, Workers, Agents, World):
    """All rules together, and the ending that follows whatever they did."""

    def teardown(self) -> None:
        """Called after a rule has failed, too: then there is nothing left to show."""
        try:
            if sys.exc_info()[0] is None:
                self._come_to_rest()
        finally:
            super().teardown()

    def _come_to_rest(self) -> None:
        """Faults off: every run comes to where it needs nobody, or nobody but people."""
        self.post.is_down = False
        self.held.clear()
        for _ in range(5):
            pass_time(LONG_TIME)
            self.reconcile()
            while self.post.messages:
                self.work(1, 0)
            if all(self._rests(run) for run in self.runs):
                break
        assert all(self._rests(run) for run in self.runs), self.runs
        self._attachments_are_right()

    def _rests(self, run: Run) -> bool:
        asks = any(step.wait_for == "people" for step in self.watch.now.steps_of(run.pk))
        return run.status in (*OVER, "paused") or (asks and not run.is_active)

    def _attachments_are_right(self) -> None:
        """One of each image for every attach step that has ended well (I4)."""
        done = NodeRun.objects.filter(type="attach_to_document", output__document_id__isnull=False)
        assert DocumentAttachment.objects.count() == len(self.room.images) * done.count()


@pytest.mark.timeout(24 * 3600 if HOW else 600)
def test_runs_keep_their_promises_whatever_is_done(
    transactional_db: None, record_property: Callable[[str, object], None]
) -> None:
    """Guards: the row lock, the compare-and-sets and the plan, all at once."""
    examples, steps = (5_000, 80) if HOW == "long" else (200, 50)
    run_state_machine_as_test(
        Runs,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=HOW not in ("long", "random"),
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, *([Phase.shrink] if HOW == "shrink" else [])],
            report_multiple_bugs=False,
        ),
    )
    record_property("figures", TALLY.table())
    assert not TALLY.missing(RULES)
    assert TALLY.hits["decide request_changes"]
