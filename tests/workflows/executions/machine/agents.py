"""What a step does about its agents: reserve, send, hear."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.workflows.executions.machine import hands
from tests.workflows.executions.machine.hands import Held
from tests.workflows.executions.machine.room import AGENTS
from tests.workflows.executions.machine.stage import PICK, Stage, one_of
from workflows.executions import finish
from workflows.executions.reserve import NoAgentFree, give_back, grow, reserve
from workflows.nodes.base import NodeError


class Agents(Stage):
    """Rules of agents."""

    @precondition(lambda self: self.current)
    @rule(pick=PICK, wanted=st.sampled_from([2, 1, 3, 4]))
    def reserve(self, pick: int, wanted: int) -> None:
        without = [one for one in self.current if not self.step_of(one).reserved]
        self._reserve(one_of(without or self.current, pick), wanted)

    reserve_too = reserve_also = reserve

    @precondition(lambda self: self.crowds)
    @rule(pick=PICK)
    def crowd(self, pick: int) -> None:
        """Steps of one run all ask for every agent: but for the first, none is left for them."""
        for held in one_of(self.crowds, pick):
            self._reserve(held, AGENTS)

    crowd_too = crowd

    @property
    def crowds(self) -> list[list[Held]]:
        """The claims of each run that has more than one."""
        runs = sorted({one.claim.execution_id for one in self.current})
        found = [[one for one in self.current if one.claim.execution_id == run] for run in runs]
        return [claims for claims in found if len(claims) > 1]

    def _reserve(self, held: Held, wanted: int) -> None:
        free = self._free(held)
        try:
            granted = reserve(held.claim, wanted)
        except NoAgentFree:
            assert not free
            self.held.remove(held)
            self.look("park", "node.parked")
        else:
            assert granted == min(wanted, free)
            self.look("reserve")

    def _free(self, held: Held) -> int:
        """Agents of the run that the other steps leave."""
        mine = self.step_of(held)
        others = [one for one in self.watch.now.steps_of(mine.run) if one.pk != mine.pk]
        return AGENTS - sum(one.reserved for one in others)

    @precondition(lambda self: self.with_agents)
    @rule(pick=PICK, count=st.integers(1, AGENTS), up=st.booleans())
    def resize(self, pick: int, count: int, up: bool) -> None:
        held = one_of(self.with_agents, pick)
        if up:
            assert grow(held.claim, count) == min(count, self._free(held))
            self.look("grow")
            return
        most = self.step_of(held).reserved
        give_back(held.claim, count)
        self.look("give back")
        assert self.step_of(held).reserved == min(most, count)

    resize_too = resize

    @property
    def with_agents(self) -> list[Held]:
        return [one for one in self.current if self.step_of(one).reserved]

    @precondition(lambda self: self.writers)
    @rule(pick=PICK)
    def send(self, pick: int) -> None:
        """Provider calls go out, each on the ledger before it."""
        held = one_of(self.writers, pick)
        try:
            assert hands.send(held, self.room)
        except NodeError as error:
            assert error.code == "agent_lost"
            finish.fail(held.claim, {}, error)
            self.held.remove(held)
        self.look("send")

    send_too = send

    @property
    def writers(self) -> list[Held]:
        """Copy steps that have not called anybody."""
        return [one for one in self.current if one.kind == "generate_copy" and not one.ledger]

    @precondition(lambda self: any(one.jobs for one in self.held))
    @rule(pick=PICK)
    def answer(self, pick: int) -> None:
        """An answer comes, perhaps to a worker that has lost its claim."""
        hands.answer(one_of([one for one in self.held if one.jobs], pick), self.room)
        self.look("answer", "agent.completed")

    answer_too = answer
