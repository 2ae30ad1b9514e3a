"""What the rules stand on: the example's transaction, and what they choose from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import pytest
from django.conf import settings
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from tests.workflows.executions.machine.graphs import features, graphs
from tests.workflows.executions.machine.hands import Held
from tests.workflows.executions.machine.post import Post
from tests.workflows.executions.machine.room import TIMINGS, Room, commit
from tests.workflows.executions.machine.seen import Run, Step
from tests.workflows.executions.machine.tally import Tally
from tests.workflows.executions.machine.watch import Watch
from workflows.executions import reconcile
from workflows.graph.model import Graph
from workflows.reviews import remind

PICK = st.integers(0, 999)
"""Chooses among as many as there are at the moment."""
TALLY = Tally()
T = TypeVar("T")


def one_of(found: Sequence[T], pick: int) -> T:
    """The one that a number chooses."""
    return found[pick % len(found)]


def _each(decide: Callable[..., int], rows: Iterable[tuple[int, ...]]) -> int:
    """As in the product, but what fails is not only logged."""
    return sum(decide(*row) for row in rows)


class _AllRules:
    """Stands in for hypothesis's choice of a few rules for an example."""

    def is_enabled(self, name: str) -> bool:
        return True


class Stage(RuleBasedStateMachine):
    """Runs of one workflow in a workspace with two slots; an example is a transaction."""

    def __init__(self) -> None:
        super().__init__()
        # Most examples may use every rule: by itself hypothesis leaves half of them out of each,
        # and what needs four of them in a row is hardly ever seen.
        some = self._rules_strategy.enabled_rules_strategy
        self._rules_strategy.enabled_rules_strategy = st.shared(
            st.integers(0, 3).flatmap(lambda roll: st.just(_AllRules()) if roll else some),
            key=("rules of the example", id(self)),
        )
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(settings, "ENGINE", TIMINGS)
        self.post = Post()
        self.post.put_in(self.patch)
        for module in (reconcile, remind):
            self.patch.setattr(module, "each", _each)
        self.held: list[Held] = []
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.room = Room()

    @initialize(graph=graphs(), ahead=st.sampled_from([0, 3, 6, 9]))
    def open(self, graph: Graph, ahead: int) -> None:
        """Most examples begin in the middle of a run: reviews are rarely come to by chance."""
        self.room.open(graph)
        self.watch = Watch(graph)
        self.features = features(graph)
        self.launch()
        self.begin(ahead)

    def begin(self, steps: int) -> None:
        """Play the first steps, where there is somebody to play them."""

    def launch(self) -> None:
        self.watch.accepted.add(self.room.launch().pk)
        self.look("start", "run.launched")

    def look(self, cause: str, *kinds: str, opened: Step | None = None) -> None:
        """Commit, compare with the moment before, and count the rule."""
        commit()
        self.watch.look(cause, kinds=kinds, opened=opened)
        self.hit(cause)

    def hit(self, rule: str) -> None:
        TALLY.hit(rule, self.features)

    @property
    def runs(self) -> list[Run]:
        return list(self.watch.now.runs.values())

    @property
    def steps(self) -> list[Step]:
        return list(self.watch.now.steps.values())

    @property
    def current(self) -> list[Held]:
        """Claims that are still those of their steps."""
        steps = self.watch.now.steps
        return [one for one in self.held if steps[one.claim.node_run_id].token == one.claim.token]

    @property
    def lost(self) -> list[Held]:
        current = self.current
        return [one for one in self.held if one not in current]

    def step_of(self, held: Held) -> Step:
        return self.watch.now.steps[held.claim.node_run_id]

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        self.patch.undo()
