"""Compares each moment with the one before: what may never be seen, whatever was done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db import connection

from tests.workflows.executions.machine.asked import asked_too_often
from tests.workflows.executions.machine.room import SLOTS
from tests.workflows.executions.machine.seen import ENDED, OVER, Run, Seen, Step, read
from workflows.executions import invariants
from workflows.graph.model import Graph

_AGAIN = {"node.queued", "node.retried", "node.lost", "node.handed_back"}
"""Events that count a step's attempt up."""
_LATE = ("without a lease", "never sent")
"""What the invariants say of rows that reconcile has left alone for too long."""


class Watch:
    """The strict reader of one example."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.last = 0
        self.now = Seen({}, {}, [])
        self.accepted: set[int] = set()
        """Runs whose launch was accepted."""
        self.fired: Counter[tuple[int, int]] = Counter()
        """How often the graph let (step, round) go."""

    def look(
        self, cause: str = "", *, kinds: Iterable[str] = (), opened: Step | None = None
    ) -> Seen:
        """Read again and compare. ``cause`` is what was done; ``kinds`` are the events it owes.

        ``opened`` is a container that was opened by it.
        """
        before, self.now = self.now, read(self.last)
        self.last = self.now.told[-1].pk if self.now.told else self.last
        with connection.cursor() as cursor:
            # All of an example is one transaction; in life a door is shut with its own.
            cursor.execute("SELECT set_config('copyloom.door', '', true)")
        told = {one.kind for one in self.now.told}
        assert set(kinds) <= told, f"{cause}: not told of {set(kinds) - told}"
        assert self.accepted <= self.now.runs.keys(), "a launched run has vanished"
        assert before.steps.keys() <= self.now.steps.keys(), "a step has vanished"
        self._runs(before, cause)
        for pk, step in self.now.steps.items():
            self._ended_stays(before.steps.get(pk), step, cause, opened)
        self._attempts(before)
        self._firing()
        self._slots(before)
        for run in self.now.runs.values():
            self._sums(run)
        self._invariants(cause)
        assert asked_too_often() == [], cause
        return self.now

    def same(self, cause: str) -> None:
        """Look again; nothing that can be seen may have changed."""
        before = self.now
        now = self.look(cause)
        assert (now.runs, now.steps, now.told) == (before.runs, before.steps, []), cause

    def _invariants(self, cause: str) -> None:
        """What waits for reconcile is broken only where reconcile has just been by."""
        broken = [str(one) for one in invariants.check()]
        if cause != "reconcile":
            broken = [one for one in broken if not any(late in one for late in _LATE)]
        assert not broken, f"{cause}: {broken}"

    def _runs(self, before: Seen, cause: str) -> None:
        changed = {
            step.run
            for pk, step in self.now.steps.items()
            if pk not in before.steps or before.steps[pk].shown != step.shown
        }
        for pk, run in self.now.runs.items():
            old = before.runs.get(pk)
            if old is None:
                continue
            if old.shown != run.shown or pk in changed:
                assert run.revision > old.revision, f"{cause}: {run} changed unseen"
            assert run.revision >= old.revision
            if old.status in OVER and run.status != old.status:
                assert old.status == "failed", f"{cause}: run left {old.status}"
                assert cause in ("retry", "skip"), f"{cause}: run left {old.status}"

    def _ended_stays(self, old: Step | None, step: Step, cause: str, opened: Step | None) -> None:
        if old is None or not old.has_ended or old[5:] == step[5:]:
            return
        by_person = cause in ("retry", "skip") and (
            old.status == "failed" or old.skip_reason == "time_limit"
        )
        next_round = step.round > old.round and (
            cause == "decide"
            or (opened is not None and self.graph.by_key[step.key].parent == opened.key)
        )
        assert by_person or next_round, f"{cause}: {old} became {step}"

    def _attempts(self, before: Seen) -> None:
        """Each new attempt has one event, and each event that promises one has its attempt."""
        again: Counter[int] = Counter(
            one.step
            for one in self.now.told
            if one.step is not None
            and one.kind in _AGAIN
            and not self._reopened(one.step, one.kind)
        )
        for pk, step in self.now.steps.items():
            old = before.steps.get(pk)
            risen = step.attempt - (old.attempt if old else 0)
            assert risen == again[pk], f"{step}: {risen} attempts, {again[pk]} events"

    def _reopened(self, pk: int, kind: str) -> bool:
        """Whether a container was told to be retried that only waits on its lanes again."""
        step = self.now.steps[pk]
        return kind == "node.retried" and step.type == "parallel" and step.status != "queued"

    def _firing(self) -> None:
        """A step is let go once a round, with its inputs settled and a way in taken (I3)."""
        for one in self.now.told:
            if one.kind != "node.queued":
                continue
            assert one.step is not None
            step = self.now.steps[one.step]
            self.fired[step.pk, step.round] += 1
            assert self.fired[step.pk, step.round] == 1, f"{step} fired twice in its round"
            by_key = {
                other.key: other for other in self.now.steps_of(step.run) if other.lane == step.lane
            }
            edges = self.graph.incoming[step.key]
            sources = [by_key[edge.source] for edge in edges]
            assert all(source.status in ("completed", "skipped") for source in sources), (
                f"{step} fired before its inputs were settled"
            )
            taken = [
                edge.source_handle in source.handles
                for edge, source in zip(edges, sources, strict=True)
            ]
            assert any(taken) or not taken, f"{step} fired and no way in was taken"
            self._container_waits(step)

    def _container_waits(self, step: Step) -> None:
        parent = self.graph.by_key[step.key].parent
        if parent is not None:
            (around,) = [one for one in self.now.steps_of(step.run) if one.key == parent]
            assert around.status == "waiting", f"{step} fired in a container that is closed"

    def _slots(self, before: Seen) -> None:
        """Never over the limit by an admission, first in first out, and no slot idle (I6)."""
        runs = self.now.runs
        held = sum(run.status == "running" and run.is_active for run in runs.values())
        line = [pk for pk, run in runs.items() if run.status == "pending"]
        admitted = [
            pk
            for pk, run in runs.items()
            if run.status not in ("pending", "paused", "stopped")
            and (pk not in before.runs or before.runs[pk].status == "pending")
        ]
        if admitted:
            assert held <= SLOTS, f"admitted {admitted} with {held} held"
            assert not line or max(admitted) < min(line), f"{admitted} passed {line}"
        assert not line or held >= SLOTS, f"{line} stand in line though {held} slots are held"

    def _sums(self, run: Run) -> None:
        """Counters, clock and agents of a run are those of its rows."""
        steps = self.now.steps_of(run.pk)
        by_status = Counter(step.status for step in steps)
        counts = [by_status[one] for one in (*ENDED, "running", "waiting")]
        assert run.counts == [len(steps), *counts], f"{run}: {counts}"
        busy = run.status == "running" and bool(by_status["queued"] + by_status["running"])
        assert run.is_active == run.has_deadline == busy, f"{run}: {by_status}"
        holders = [step for step in steps if step.reserved]
        assert sum(step.reserved for step in holders) <= run.agents, f"{run} over its agents"
        assert all(step.status == "running" for step in holders), f"{holders} hold agents"
        running = [step for step in steps if step.status == "running"]
        assert all(step.token and step.has_lease for step in running), f"{running}: no lease"
        if run.status in OVER:
            assert not by_status.keys() - {*ENDED, "pending"}, f"{run} has ended: {by_status}"
            assert run.status == "failed" or not by_status["pending"], f"{run}: {by_status}"
        if run.status == "running":
            self._goes_on(run, steps)

    def _goes_on(self, run: Run, steps: list[Step]) -> None:
        """A run that goes on has something under way, or asks people; agents are not idle (I1)."""
        under_way = [step for step in steps if step.status in ("queued", "running")]
        asking = [step for step in steps if step.wait_for == "people"]
        assert under_way or asking, f"{run} waits for nothing"
        parked = [step for step in under_way if step.wait_for == "agents"]
        reserved = sum(step.reserved for step in steps)
        if parked and reserved < run.agents:
            assert len(under_way) > len(parked), f"{parked} wait though agents are free"
