"""A run without a database: the planner's decisions applied to states in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise

from workflows.engine.plan import Lanes, Plan, RunKey, Settled, State, make_plan
from workflows.engine.states import NODE_TERMINAL, NodeStatus
from workflows.graph.model import Edge, Graph, Node

P, Q, R, W = NodeStatus.PENDING, NodeStatus.QUEUED, NodeStatus.RUNNING, NodeStatus.WAITING
C, F, S = NodeStatus.COMPLETED, NodeStatus.FAILED, NodeStatus.SKIPPED

Ends = Callable[[str, str], tuple[str, ...] | None]
"""The handles that a step in a lane chooses when it ends; None when it fails."""


def drawn(*chains: str, inside: Mapping[str, str] | None = None) -> Graph:
    """A graph from drawings (``"a > check.yes > b"``); ``inside`` names steps in containers."""
    edges: list[Edge] = []
    keys: dict[str, None] = {}
    for chain in chains:
        steps = [step.strip() for step in chain.split(">")]
        keys |= dict.fromkeys(step.partition(".")[0] for step in steps)
        for left, right in pairwise(steps):
            source, _, handle = left.partition(".")
            edge = Edge(source, right.partition(".")[0], handle or "out")
            if edge not in edges:
                edges.append(edge)
    parents = {key: parent for parent, found in (inside or {}).items() for key in found.split()}
    keys |= dict.fromkeys(parents)
    nodes = tuple(Node(key, "step", parent=parents.get(key)) for key in keys)
    return Graph(nodes, tuple(edges))


def always_out(key: str, lane: str) -> tuple[str, ...]:
    """Every step completes."""
    return ("out",)


class Game:
    """Plays a run: ``finish`` ends a step, and the plan that follows is applied and checked."""

    def __init__(
        self, graph: Graph, lanes: Mapping[str, Lanes] | None = None, ends: Ends = always_out
    ) -> None:
        self.graph = graph
        self.rules = dict(lanes or {})
        self.ends = ends
        self.open: dict[str, Lanes] = {}
        self.states: dict[RunKey, State] = {
            (node.key, ""): State(P) for node in graph.nodes if self._starts_at_launch(node)
        }
        self.queued: Counter[RunKey] = Counter()
        self.settled: list[Settled] = []
        self.outcome: str | None = None
        self.advance()

    def _starts_at_launch(self, node: Node) -> bool:
        return node.parent is None or self.rules[node.parent].names == ("",)

    @property
    def under_way(self) -> list[RunKey]:
        """Steps that a worker holds, oldest first; containers that wait are not among them."""
        return [run for run, state in self.states.items() if state.status in (Q, R)]

    def status(self, key: str, lane: str = "") -> NodeStatus:
        return self.states[key, lane].status

    def finish(self, key: str, lane: str = "") -> None:
        """End a queued step as ``ends`` says; a container opens its lanes instead."""
        assert self.states[key, lane].status == Q
        handles = self.ends(key, lane)
        if key in self.rules and handles is not None:
            self.open[key] = self.rules[key]
            self.states[key, lane] = State(W)
            for name in self.rules[key].names:
                for child in self.graph.children[key]:
                    self.states.setdefault((child.key, name), State(P))
        else:
            self.states[key, lane] = State(F) if handles is None else State(C, handles)
        self.advance()

    def play(self, pick: Callable[[int], int] = lambda count: 0) -> Game:
        """Finish steps until none is under way; ``pick`` chooses among so many."""
        while runs := self.under_way:
            assert self.outcome is None
            self.finish(*runs[pick(len(runs))])
        return self

    def advance(self) -> None:
        plan = make_plan(self.graph, self.states, self.open)
        self._check(plan)
        for run in plan.skip:
            self.states[run] = State(S)
        for one in plan.settle:
            self.states[one.key, ""] = State(F) if one.failed else State(C, ("out",))
            del self.open[one.key]
        for run in plan.queue:
            self.queued[run] += 1
            self.states[run] = State(Q)
        self.settled += plan.settle
        self.outcome = plan.outcome
        again = make_plan(self.graph, self.states, self.open)
        assert replace(again, outcome=None).is_empty, f"the same decision twice: {again}"

    def _check(self, plan: Plan) -> None:
        """What a plan may never do, whatever the graph."""
        moved = [*plan.queue, *plan.skip]
        assert len(moved) == len(set(moved)), f"moved twice: {moved}"
        assert all(self.states[run].status == P for run in moved)
        after = self.states | dict.fromkeys(plan.skip, State(S))
        after |= {
            (one.key, ""): State(F) if one.failed else State(C, ("out",)) for one in plan.settle
        }
        for key, lane in plan.queue:
            sources = [after[edge.source, lane] for edge in self.graph.incoming[key]]
            assert all(one.status in NODE_TERMINAL - {F} for one in sources), f"early: {key}"
            taken = [
                edge.source_handle in after[edge.source, lane].handles
                for edge in self.graph.incoming[key]
            ]
            assert any(taken) or not taken, f"no way in was taken: {key}"
            parent = self.graph.by_key[key].parent
            assert parent is None or self.states[parent, ""].status == W
        for one in plan.settle:
            names = self.open[one.key].names
            inside = [(child.key, lane) for child in self.graph.children[one.key] for lane in names]
            assert not [run for run in inside if after[run].status in (Q, R, W)]
