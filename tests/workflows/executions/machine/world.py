"""What befalls the runs from outside: time, Redis, reconcile."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.workflows.executions.machine.room import pass_time
from tests.workflows.executions.machine.stage import PICK, Stage
from workflows.executions import reconcile
from workflows.reviews.remind import expire_due

_TIMES = (10, 50, 70, 700, 1_900, 3_700)
"""Seconds; no sum of them is near a limit, so that a slow machine sees the same as a fast one."""


class World(Stage):
    """Rules of the world."""

    @rule(kind=st.sampled_from(["time", "drop", "flush", "away"]), pick=PICK)
    def trouble(self, kind: str, pick: int) -> None:
        """Time passes; Redis loses a message just taken off it, or all; or it goes or comes."""
        if kind == "time":
            pass_time(timedelta(seconds=_TIMES[pick % len(_TIMES)]))
            self.hit("pass time")
        elif self.post.is_down or kind == "away":
            self.post.is_down = not self.post.is_down
            self.hit("redis away" if self.post.is_down else "redis back")
        elif kind == "drop" and self.post.messages:
            self.post.messages.pop(pick % len(self.post.messages))
            self.hit("drop")
        else:
            self.post.flush()
            self.hit("flush")

    @rule(passes=st.integers(1, 2))
    def reconcile(self, passes: int = 1) -> None:
        for _ in range(passes):
            self._reconcile()

    def _reconcile(self) -> None:
        report = reconcile.reconcile()
        assert (report.unstuck, report.admitted) == (0, 0), report
        self.look("reconcile away" if self.post.is_down else "reconcile")
        if expire_due():
            self.look("decide")
