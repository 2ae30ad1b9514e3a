"""What may happen next in a run: a pure decision from the graph and the states of its steps.

The rule of readiness, stated once. An edge is *taken* when its source ended and chose its
handle, *skipped* when the source ended without choosing it, *undecided* otherwise; a failed
source leaves its edges undecided for ever. A step with an undecided edge waits; with all its
edges skipped it is skipped, and so on down; else it is ready. A step that a person skipped
chose ``out``.

Inside a container the rule holds per lane, once the container is waiting on its lanes. Without
items there is one lane, ``""``. At most ``max_parallel`` lanes (without items: steps) are under
way; a failed lane stops new ones from starting unless the container goes on over errors. When
no lane is under way and none may start, the container settles. One that goes on over errors
completes with what succeeded, if anything did.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from workflows.engine.states import NODE_TERMINAL, NodeStatus
from workflows.graph.model import Edge, Graph, Node

RunKey = tuple[str, str]
"""(step key, lane)."""

_UNDER_WAY = frozenset({NodeStatus.QUEUED, NodeStatus.RUNNING, NodeStatus.WAITING})


@dataclass(frozen=True, slots=True)
class State:
    """What is known of one step in one lane."""

    status: NodeStatus
    handles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lanes:
    """How a container that waits on its lanes was opened."""

    names: tuple[str, ...]
    """Lanes in item order; ``("",)`` without items."""
    max_parallel: int = 20
    go_on: bool = False
    """Whether a failed lane leaves the container alive (``on_item_error`` continue)."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A container that has come to its end."""

    key: str
    failed: bool
    completed_count: int
    failed_count: int
    """Lanes, or steps where the container has no items."""
    failed_lanes: tuple[str, ...]


@dataclass(slots=True)
class Plan:
    """What to do now."""

    queue: list[RunKey] = field(default_factory=list)
    skip: list[RunKey] = field(default_factory=list)
    settle: list[Settled] = field(default_factory=list)
    outcome: Literal["completed", "failed"] | None = None
    """How the run ended, when nothing is left to run or to wait for."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.queue or self.skip or self.settle or self.outcome)


def make_plan(graph: Graph, states: Mapping[RunKey, State], lanes: Mapping[str, Lanes]) -> Plan:
    """Decide what follows from the states.

    ``states`` has one entry per step outside containers and per opened (step, lane);
    ``lanes`` has one entry per container that waits on its lanes.
    """
    return _Planner(graph, dict(states), lanes).run()


class _Planner:
    """Works on a copy of the states until nothing more follows from them."""

    def __init__(
        self, graph: Graph, states: dict[RunKey, State], lanes: Mapping[str, Lanes]
    ) -> None:
        self.graph = graph
        self.states = states
        self.lanes = lanes
        self.plan = Plan()

    def run(self) -> Plan:
        moved = True
        while moved:
            moved = self._step_scope(self._top_level(), "")
            for key, rules in self.lanes.items():
                if self.states[key, ""].status == NodeStatus.WAITING:
                    moved = self._step_container(key, rules) or moved
        self._decide_outcome()
        return self.plan

    def _top_level(self) -> Iterable[Node]:
        return [node for node in self.graph.nodes if node.parent is None]

    def _step_scope(self, nodes: Iterable[Node], lane: str, room: int | None = None) -> bool:
        """Queue and skip what follows among these steps; ``room`` bounds what may be queued."""
        moved = False
        for node in nodes:
            state = self.states.get((node.key, lane))
            if state is None or state.status != NodeStatus.PENDING:
                continue
            verdict = self._readiness(node, lane)
            if verdict == "skip":
                self._skip(node, lane)
                moved = True
            elif verdict == "ready" and (room is None or room > 0):
                self._set((node.key, lane), NodeStatus.QUEUED)
                self.plan.queue.append((node.key, lane))
                moved = True
                room = None if room is None else room - 1
        return moved

    def _readiness(self, node: Node, lane: str) -> Literal["wait", "skip", "ready"]:
        edges = self.graph.incoming[node.key]
        decisions = [self._decision(edge, lane) for edge in edges]
        if None in decisions:
            return "wait"
        if decisions and not any(decisions):
            return "skip"
        return "ready"

    def _decision(self, edge: Edge, lane: str) -> bool | None:
        source = self.states.get((edge.source, lane))
        if source is None or source.status not in NODE_TERMINAL:
            return None
        if source.status == NodeStatus.FAILED:
            return None
        return edge.source_handle in source.handles

    def _skip(self, node: Node, lane: str) -> None:
        """Skip a step, and what a container holds with it, lanes of an earlier round too."""
        inside = {child.key for child in self.graph.children.get(node.key, ())}
        for run in [(node.key, lane), *(run for run in self.states if run[0] in inside)]:
            if self.states[run].status == NodeStatus.PENDING:
                self._set(run, NodeStatus.SKIPPED)
                self.plan.skip.append(run)

    def _set(self, run: RunKey, status: NodeStatus, handles: tuple[str, ...] = ()) -> None:
        self.states[run] = State(status, handles)

    def _step_container(self, key: str, rules: Lanes) -> bool:
        children = self.graph.children.get(key, ())
        failed = [lane for lane in rules.names if self._has_failed(children, lane)]
        stopping = bool(failed) and not rules.go_on
        if rules.names == ("",):
            busy = sum(self._is_under_way(child, "") for child in children)
            moved = self._step_scope(children, "", 0 if stopping else rules.max_parallel - busy)
        else:
            moved = self._step_lanes(children, rules, stopping)
        if moved:
            return True
        if any(self._is_under_way(child, lane) for lane in rules.names for child in children):
            return False
        self._settle(key, children, rules, failed)
        return True

    def _step_lanes(self, children: tuple[Node, ...], rules: Lanes, stopping: bool) -> bool:
        moved, open_lanes = False, 0
        for lane in rules.names:
            if self._has_started(children, lane):
                moved = self._step_scope(children, lane) or moved
                open_lanes += any(self._is_under_way(child, lane) for child in children)
        for lane in rules.names:
            if stopping or open_lanes >= rules.max_parallel:
                break
            if not self._has_started(children, lane) and self._step_scope(children, lane):
                moved = True
                open_lanes += 1
        return moved

    def _settle(
        self, key: str, children: tuple[Node, ...], rules: Lanes, failed: list[str]
    ) -> None:
        if rules.names == ("",):
            statuses = [self.states[child.key, ""].status for child in children]
            good = statuses.count(NodeStatus.COMPLETED)
            bad = statuses.count(NodeStatus.FAILED)
        else:
            started = [lane for lane in rules.names if self._has_started(children, lane)]
            good, bad = len(started) - len(failed), len(failed)
        unfinished = bool(failed) and (good == 0 or not rules.go_on)
        if not unfinished:
            self._close_lanes(children, failed)
        status = NodeStatus.FAILED if unfinished else NodeStatus.COMPLETED
        self._set((key, ""), status, () if unfinished else ("out",))
        self.plan.settle.append(Settled(key, unfinished, good, bad, tuple(failed)))

    def _close_lanes(self, children: tuple[Node, ...], failed: list[str]) -> None:
        """What a failed step blocks in a lane that is given up will never run: skip it."""
        for lane in failed:
            for child in children:
                if self.states[child.key, lane].status == NodeStatus.PENDING:
                    self._set((child.key, lane), NodeStatus.SKIPPED)
                    self.plan.skip.append((child.key, lane))

    def _has_failed(self, children: tuple[Node, ...], lane: str) -> bool:
        return any(self.states[child.key, lane].status == NodeStatus.FAILED for child in children)

    def _has_started(self, children: tuple[Node, ...], lane: str) -> bool:
        return any(self.states[child.key, lane].status != NodeStatus.PENDING for child in children)

    def _is_under_way(self, node: Node, lane: str) -> bool:
        return self.states[node.key, lane].status in _UNDER_WAY

    def _decide_outcome(self) -> None:
        if any(state.status in _UNDER_WAY for state in self.states.values()):
            return
        top = [self.states[node.key, ""].status for node in self._top_level()]
        self.plan.outcome = "failed" if NodeStatus.FAILED in top else "completed"
