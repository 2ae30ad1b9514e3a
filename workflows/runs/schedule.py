"""When the steps still to come may start and end, by what they usually take. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from workflows.engine.states import NODE_TERMINAL, NodeStatus
from workflows.graph.model import Graph
from workflows.graph.order import topological_order
from workflows.runs.steps import Step

_WAITING = NodeStatus.WAITING


@dataclass(frozen=True, slots=True)
class Slot:
    """What is left of one step; seconds from now."""

    start: float
    end: float
    after_people: bool
    """Whether it cannot start before somebody has decided."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is left of a run."""

    slots: Mapping[str, Slot]
    seconds: float | None
    """Until all that needs nobody has ended; None where that is unknown."""
    until_review: bool
    """Whether a review stands at the end of those seconds."""


def schedule(
    graph: Graph,
    steps: Sequence[Step],
    usual: Mapping[str, float | None],
    *,
    now: datetime,
    people: float,
) -> Schedule:
    """Plan the rest. ``usual`` holds seconds by step, ``people`` how long a review is drawn."""
    by_key = {step.key: step for step in steps}
    slots: dict[str, Slot] = {}
    for key in topological_order(graph):
        step = by_key[key]
        if step.status in NODE_TERMINAL:
            continue
        sources = [edge.source for edge in graph.incoming[key]]
        sources += [child.key for source in sources for child in graph.children.get(source, ())]
        if step.parent:
            sources.append(step.parent)
        before = [slots[source] for source in sources if source in slots]
        blocked = any(by_key[source].type == "review" and source in slots for source in sources)
        start = max((slot.end for slot in before), default=0.0)
        length = people if step.type == "review" else _left(step, usual.get(key) or 0.0, now)
        behind = blocked or any(slot.after_people for slot in before)
        slots[key] = Slot(start, start + length, behind)
    return _sum_up(by_key, slots, usual)


def _left(step: Step, usual: float, now: datetime) -> float:
    """Seconds that a step still needs; one that takes longer than usual may end any moment."""
    if step.is_container:
        return 0.0
    if step.started_at is None:
        return usual
    return max(0.0, usual - (now - step.started_at).total_seconds())


def _sum_up(
    by_key: Mapping[str, Step], slots: Mapping[str, Slot], usual: Mapping[str, float | None]
) -> Schedule:
    alone = {
        key: slot
        for key, slot in slots.items()
        if not slot.after_people and by_key[key].type != "review" and not by_key[key].is_container
    }
    known = all(usual.get(key) is not None for key in alone)
    return Schedule(
        slots=slots,
        seconds=max((slot.end for slot in alone.values()), default=0.0) if known else None,
        until_review=any(by_key[key].type == "review" for key in slots),
    )
