"""What workers do: claim, end, die, come back too late."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.workflows.executions.claims import lapse
from tests.workflows.executions.machine import hands
from tests.workflows.executions.machine.hands import Held
from tests.workflows.executions.machine.post import Message
from tests.workflows.executions.machine.stage import PICK, Stage, one_of
from workflows.executions import finish
from workflows.executions.claim import claim, hand_back, renew
from workflows.executions.reserve import NoAgentFree, grow, reserve
from workflows.nodes.base import NodeError


class Workers(Stage):
    """Rules of workers."""

    @precondition(lambda self: self.post.messages)
    @rule(pick=PICK)
    def claim(self, pick: int) -> None:
        self._claim(self.post.messages.pop(pick % len(self.post.messages)), "claim")

    claim_too = claim_also = claim

    @precondition(lambda self: self.post.history)
    @rule(pick=PICK, times=st.integers(1, 3))
    def duplicate(self, pick: int, times: int) -> None:
        """An old message again, or the same one to several."""
        message = one_of(self.post.history, pick)
        got = [self._claim(message, "duplicate") for _ in range(times)]
        assert got.count(True) <= 1

    def _claim(self, message: Message, cause: str) -> bool:
        step = self.watch.now.steps[message[0]]
        run = self.watch.now.runs[step.run]
        ready = (step.status, step.attempt, run.status) == ("queued", message[1], "running")
        found = claim(*message)
        assert (found is not None) == ready, f"{cause} of {step} in {run}: {found}"
        if found is None:
            self.watch.same(cause)
            return False
        self.held.append(Held(found))
        self.look(cause, "node.started")
        return True

    def begin(self, steps: int) -> None:
        for _ in range(steps):
            self._work(1, 0)
        while steps % 2 and self.post.messages:
            self._claim(self.post.messages.pop(), "claim")

    @precondition(lambda self: self.post.messages)
    @rule(count=st.integers(1, 3), choice=PICK)
    def work(self, count: int, choice: int) -> None:
        """Take the oldest messages and end their steps well."""
        self._work(count, choice)

    def _work(self, count: int, choice: int) -> None:
        for _ in range(min(count, len(self.post.messages))):
            if self._claim(self.post.messages.pop(0), "work"):
                self._complete(self.held[-1], choice, "work")

    @precondition(lambda self: self.current)
    @rule(pick=PICK, choice=PICK)
    def complete(self, pick: int, choice: int) -> None:
        self._complete(one_of(self.current, pick), choice, "complete")

    complete_too = complete_also = complete

    def _complete(self, held: Held, choice: int, cause: str) -> None:
        hands.complete(held, self.room, choice)
        self.held.remove(held)
        step = self.step_of(held)
        kind = {"parallel": "node.opened", "review": "review.requested"}
        self.look(cause, kind.get(step.type, "node.completed"), opened=step)

    @precondition(lambda self: self.current)
    @rule(pick=PICK)
    def fail(self, pick: int) -> None:
        held = one_of(self.current, pick)
        finish.fail(held.claim, {}, NodeError("x", "No"))
        self.held.remove(held)
        self.look("fail")
        assert self.step_of(held).status == "failed"

    @precondition(lambda self: self.current)
    @rule(pick=PICK)
    def hand_back(self, pick: int) -> None:
        held = one_of(self.current, pick)
        assert hand_back(held.claim)
        self.look("hand back", "node.handed_back")

    @precondition(lambda self: self.held)
    @rule(pick=PICK)
    def heartbeat(self, pick: int) -> None:
        held = one_of(self.held, pick)
        was_current = held in self.current
        run = self.watch.now.runs[held.claim.execution_id]
        answered = renew(held.claim)
        assert (answered is not None) == was_current
        assert not answered or run.status in ("running", "paused")
        self.watch.same("heartbeat")
        self.hit("heartbeat")

    @precondition(lambda self: self.current)
    @rule(pick=PICK)
    def lose(self, pick: int) -> None:
        """The lease lapses; the worker may be dead, or may write yet."""
        held = one_of(self.current, pick)
        lapse(held.claim.node_run_id, seconds=1)
        self.watch.same("lose")
        self.hit("lose")

    @precondition(lambda self: self.lost)
    @rule(pick=PICK, how=st.integers(0, 5))
    def zombie(self, pick: int, how: int) -> None:
        """A worker whose claim is lost writes nothing."""
        held = one_of(self.lost, pick)
        if how == 0:
            with pytest.raises(finish.ClaimLost):
                finish.complete(held.claim, {}, hands.result_of(held.claim, self.room, pick))
        elif how == 1:
            with pytest.raises(finish.ClaimLost):
                finish.fail(held.claim, {}, NodeError("x", "late"))
        elif how == 2:
            assert hand_back(held.claim) is False
        elif how == 3:
            with pytest.raises(NoAgentFree):
                reserve(held.claim, 2)
        elif how == 4:
            assert grow(held.claim, 2) == 0
        else:
            self.held.remove(held)
        self.watch.same("zombie")
        self.hit("zombie")
