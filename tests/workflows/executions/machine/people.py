"""What people do: start runs, control them, decide reviews."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.workflows.executions.machine.seen import Step
from tests.workflows.executions.machine.stage import PICK, Stage, one_of
from workflows.engine.states import LEGAL, Control, Verdict
from workflows.executions.moves import NoSuchStep, NotNow
from workflows.executions.pause import pause
from workflows.executions.resume import resume
from workflows.executions.retry import retry
from workflows.executions.skip import skip
from workflows.executions.stop import stop
from workflows.models import ReviewTask
from workflows.reviews.decide import AlreadyDecided, decide
from workflows.reviews.picks import BadDecision

MOST_RUNS = 4
_VERDICTS = [Verdict.REQUEST_CHANGES, Verdict.REQUEST_CHANGES, Verdict.APPROVE, Verdict.REJECT]
_VERBS: dict[Control, tuple[Any, str]] = {
    Control.PAUSE: (pause, "run.paused"),
    Control.RESUME: (resume, "run.resumed"),
    Control.STOP: (stop, "run.stopped"),
}


class People(Stage):
    """Rules of people."""

    @precondition(lambda self: len(self.runs) < MOST_RUNS)
    @rule(count=st.integers(1, 2))
    def start(self, count: int) -> None:
        for _ in range(count):
            self.launch()

    @rule(pick=PICK, verb=st.sampled_from(sorted(_VERBS)))
    def control(self, pick: int, verb: Control) -> None:
        """A click; where it is legal is preferred, so that most of them do something."""
        function, kind = _VERBS[verb]
        legal = [run for run in self.runs if run.status in LEGAL[verb]]
        run = one_of(legal if legal and pick % 5 else self.runs, pick)
        try:
            function(run.pk, user=None)
        except NotNow:
            assert run not in legal, f"{verb} was refused for {run}"
            self.watch.same(verb)
        else:
            assert run in legal, f"{verb} was taken for {run}"
            self.look(verb, kind)

    @property
    def failed(self) -> list[Step]:
        return [step for step in self.steps if step.status == "failed"]

    @precondition(lambda self: self.failed)
    @rule(pick=PICK, fresh=st.booleans(), by=st.sampled_from(["step", "lane", "run"]))
    def retry(self, pick: int, fresh: bool, by: str) -> None:
        step = one_of(self.failed, pick)
        key = None if by == "run" else step.key
        lane = step.lane if by == "lane" else None
        try:
            retry(step.run, key=key, lane=lane, fresh=fresh, user=None)
        except NotNow:
            self._is_rightly_refused(step, Control.RETRY)
        else:
            self.look("retry", "node.retried")
            self.hit(f"retry {'fresh' if fresh else by}")

    retry_too = retry

    @precondition(lambda self: self.failed)
    @rule(pick=PICK, whole=st.booleans())
    def skip(self, pick: int, whole: bool) -> None:
        step = one_of(self.failed, pick)
        try:
            skip(step.run, key=step.key, lane=None if whole else step.lane, user=None)
        except NotNow:
            self._is_rightly_refused(step, Control.SKIP)
        else:
            self.look("skip", "node.skipped")

    def _is_rightly_refused(self, step: Step, verb: Control) -> None:
        """The run has ended for good, or has gone on without the lane that failed."""
        run = self.watch.now.runs[step.run]
        parent = self.watch.graph.by_key[step.key].parent
        around = [one for one in self.watch.now.steps_of(step.run) if one.key == parent]
        went_on = any(one.status in ("completed", "skipped") for one in around)
        assert run.status not in LEGAL[verb] or went_on, f"{verb} was refused for {step}"
        self.watch.same(verb)

    @rule(pick=PICK, verb=st.sampled_from([Control.RETRY, Control.SKIP]))
    def refused(self, pick: int, verb: Control) -> None:
        """A step that has not failed, or that there is not."""
        step = one_of(self.steps, pick)
        if step.status == "failed" or step.type == "parallel":
            return
        function = retry if verb == Control.RETRY else skip
        with pytest.raises((NotNow, NoSuchStep)):
            function(step.run, key=step.key, lane="9" if pick % 5 == 0 else step.lane, user=None)
        self.watch.same(verb)

    @precondition(lambda self: any(one.wait_for == "people" for one in self.steps))
    @rule(pick=PICK, verdict=st.sampled_from(_VERDICTS))
    def decide(self, pick: int, verdict: Verdict) -> None:
        tasks = ReviewTask.objects.order_by("pk").values_list("pk", flat=True)
        waiting, every = list(tasks.filter(state="waiting")), list(tasks)
        answerable = waiting
        if verdict == Verdict.REQUEST_CHANGES:
            answerable = list(tasks.filter(state="waiting").exclude(rules__revise="")) or waiting
        task = one_of(answerable if waiting and pick % 5 else every, pick)
        try:
            decide(task, verdict=verdict, user=None, comment="More")
        except AlreadyDecided:
            assert task not in waiting
            self.watch.same("decide")
        except BadDecision:
            assert verdict == Verdict.REQUEST_CHANGES
            self.watch.same("decide")
        else:
            again = verdict == Verdict.REQUEST_CHANGES
            self.look("decide", "review.changes_requested" if again else "review.decided")
            self.hit(f"decide {verdict}")

    decide_too = decide_also = decide_again = decide
