"""The steps of a run as pages show them: one for each step of the graph, its lanes inside. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows.engine.states import NODE_LOOKS, NODE_TERMINAL, Look, NodeStatus
from workflows.graph.model import Graph, Node
from workflows.runs.looks import foremost, lane_words, step_words
from workflows.runs.rows import AgentCount, AgentRow, StepRow

_RUNNING = NODE_LOOKS[NodeStatus.RUNNING]
_TO_COME = frozenset({NodeStatus.PENDING, NodeStatus.QUEUED})


@dataclass(frozen=True, slots=True)
class Lane:
    """One step for one item of its container."""

    row: StepRow
    name: str
    look: Look
    words: str
    took: float | None
    since: float | None
    agents: AgentCount


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the graph with all its lanes."""

    key: str
    label: str
    type: str
    parent: str | None
    is_container: bool
    status: NodeStatus
    look: Look
    words: str
    agents: AgentCount
    rows: tuple[StepRow, ...]
    """One outside lanes, none for a lane step whose container has not opened."""
    lanes: tuple[Lane, ...]
    """Empty outside lanes."""
    started_at: datetime | None
    took: float | None
    """Seconds from the first start to the last end; None until it has ended."""
    since: float | None
    """Seconds since it began, while a worker has it."""
    mark: str
    """Another text whenever something of the step has changed."""

    @property
    def short(self) -> str:
        """Its words where there is little room."""
        return "Waiting" if self.status == NodeStatus.WAITING else self.words

    @property
    def error(self) -> Mapping[str, Any] | None:
        """Of the first lane that failed."""
        return next((row.error for row in self.rows if row.error), None)

    @property
    def handles(self) -> frozenset[str]:
        """The handles that it chose, in any lane."""
        return frozenset(handle for row in self.rows for handle in row.handles)

    @property
    def waits_for_people(self) -> bool:
        """Whether somebody must decide before it goes on."""
        return any(row.wait_for == "people" for row in self.rows)


def build_steps(
    graph: Graph,
    rows: Sequence[StepRow],
    agents: Sequence[AgentRow],
    expected: Mapping[str, int | None],
    now: datetime,
) -> tuple[Step, ...]:
    """Every step in the order drawn; ``expected`` holds how many agents each is to call."""
    by_key: dict[str, list[StepRow]] = {node.key: [] for node in graph.nodes}
    for row in rows:
        by_key.setdefault(row.key, []).append(row)
    by_run: dict[int, list[AgentRow]] = {}
    for agent in agents:
        by_run.setdefault(agent.node_run_id, []).append(agent)
    return tuple(
        _step(graph, node, by_key, by_run, expected.get(node.key) or 0, now) for node in graph.nodes
    )


def _step(
    graph: Graph,
    node: Node,
    by_key: Mapping[str, list[StepRow]],
    by_run: Mapping[int, list[AgentRow]],
    expected: int,
    now: datetime,
) -> Step:
    rows = by_key[node.key]
    count = AgentCount.of([one for row in rows for one in by_run.get(row.pk, [])], expected)
    status = foremost(row.status for row in rows)
    look, took = NODE_LOOKS[status], took_of(rows)
    children = graph.children.get(node.key)
    lanes = tuple(_lane(row, by_run.get(row.pk, []), now) for row in rows if row.lane)
    if children is not None and status == NodeStatus.WAITING:
        status, look, words = _container(children, by_key)
    elif lanes:
        words = lane_words(Counter(row.status for row in rows))
    else:
        words = step_words(rows[0], count, took) if rows else "Pending"
    return Step(
        key=node.key,
        label=node.label or node.key,
        type=node.type,
        parent=node.parent,
        is_container=children is not None,
        status=status,
        look=look,
        words=words,
        agents=count,
        rows=tuple(rows),
        lanes=lanes,
        started_at=min((at for row in rows if (at := began(row))), default=None),
        took=took,
        since=_since(rows, now),
        mark=_mark(rows, count),
    )


def _container(
    children: Sequence[Node], by_key: Mapping[str, list[StepRow]]
) -> tuple[NodeStatus, Look, str]:
    """A container that waits on its lanes looks as what is inside it does."""
    inside: dict[str, list[NodeStatus]] = {}
    for child in children:
        for row in by_key[child.key]:
            inside.setdefault(row.lane or child.key, []).append(row.status)
    parts = Counter(_part(statuses) for statuses in inside.values())
    busy = foremost(status for status in parts if status not in NODE_TERMINAL)
    look = NODE_LOOKS[busy] if busy == NodeStatus.WAITING else _RUNNING
    done = parts[NodeStatus.COMPLETED] + parts[NodeStatus.SKIPPED]
    return NodeStatus.RUNNING, look, f"{done} of {parts.total()} done"


def _part(statuses: Sequence[NodeStatus]) -> NodeStatus:
    """One status for a lane of several steps: done only when all of them are."""
    if all(status in NODE_TERMINAL for status in statuses):
        return foremost(statuses)
    return foremost(status for status in statuses if status not in NODE_TERMINAL)


def _lane(row: StepRow, agents: Sequence[AgentRow], now: datetime) -> Lane:
    count, took = AgentCount.of(agents), took_of([row])
    return Lane(
        row=row,
        name=item_name(row),
        look=NODE_LOOKS[row.status],
        words=step_words(row, count, took),
        took=took,
        since=_since([row], now),
        agents=count,
    )


def item_name(row: StepRow) -> str:
    """What a lane is for: its number and its item, short."""
    item = row.item
    if isinstance(item, Mapping):
        named = (item.get(name) for name in ("name", "title", "label", "key"))
        item = next((name for name in named if name), "")
    text = " ".join(str(item if item is not None else "").split())
    number = int(row.lane) + 1 if row.lane.isdecimal() else row.lane
    return f"{number}. {text[:60]}" if text else str(number)


def began(row: StepRow) -> datetime | None:
    """When the present round of a step started; one that is to run again has not."""
    return None if row.status in _TO_COME else row.started_at


def ended(row: StepRow) -> datetime | None:
    """When the present round of a step ended."""
    return row.finished_at if row.status in NODE_TERMINAL else None


def took_of(rows: Sequence[StepRow]) -> float | None:
    """Seconds from the first start to the last end; None until all have ended."""
    starts = [at for row in rows if (at := began(row))]
    ends = [at for row in rows if (at := ended(row))]
    if not starts or len(ends) < len(rows):
        return None
    return max(0.0, (max(ends) - min(starts)).total_seconds())


def _since(rows: Sequence[StepRow], now: datetime) -> float | None:
    starts = [at for row in rows if row.status == NodeStatus.RUNNING and (at := began(row))]
    return max(0.0, (now - min(starts)).total_seconds()) if starts else None


def _mark(rows: Sequence[StepRow], agents: AgentCount) -> str:
    statuses = "".join(row.status[0] for row in rows)
    tries = sum(row.attempt + row.round for row in rows)
    return f"{statuses}.{tries}.{agents.done}.{agents.failed}.{agents.running}"
