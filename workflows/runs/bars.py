"""The bars of one row of the timing chart. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Literal

from workflows.engine.states import NODE_LOOKS, NodeStatus
from workflows.runs.axis import Axis, Span
from workflows.runs.rows import StepRow
from workflows.runs.schedule import Slot
from workflows.runs.steps import Step, began, ended

_NARROWEST = 0.9
_GAP = 0.35
_NO_QUEUE = frozenset({NodeStatus.PENDING, NodeStatus.SKIPPED})


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; places are percent of the width."""

    kind: Literal["queue", "work", "wait", "estimate"]
    x: float
    width: float
    token: str = ""
    """The status colour of work."""
    grows: bool = False
    """Whether its end is now."""
    seconds: float = 0.0

    @property
    def end(self) -> float:
        """Where it ends."""
        return self.x + self.width


@dataclass(frozen=True, slots=True)
class Moments:
    """What happened to one row when, in seconds since the run began."""

    zero: datetime | None
    queued: float | None
    start: float | None
    end: float | None
    """Now, while it is under way."""
    since: float | None
    """Seconds since it began, while a worker has it."""

    @property
    def last(self) -> float:
        """The latest moment known."""
        return max((at for at in (self.queued, self.start, self.end) if at is not None), default=0)

    def busy(self, *, is_people: bool) -> Span | None:
        """From the first wish to run it to its end."""
        first = self.queued if self.queued is not None else self.start
        last = self.start if is_people else self.end
        if first is None or last is None:
            return None
        return (first, max(first, last))


def moments_of(row: StepRow, zero: datetime | None, now: datetime) -> Moments:
    """Read one row's moments; a step that is still to come has none."""

    def since_zero(at: datetime | None) -> float | None:
        return None if at is None or zero is None else max(0.0, (at - zero).total_seconds())

    start, end = began(row), ended(row)
    queued = None if row.status in _NO_QUEUE else row.queued_at
    if queued and start and queued > start:
        queued = None
    is_open = row.status in (NodeStatus.QUEUED, NodeStatus.RUNNING, NodeStatus.WAITING)
    runs = row.status == NodeStatus.RUNNING and start is not None
    return Moments(
        zero=zero,
        queued=since_zero(queued),
        start=since_zero(start),
        end=since_zero(now if is_open else end),
        since=(now - start).total_seconds() if runs and start else None,
    )


def bars_of(
    row: StepRow,
    moments: Moments,
    axis: Axis,
    length: float,
    *,
    is_people: bool,
    cuts: Sequence[float] = (),
) -> tuple[Bar, ...]:
    """The wait in the queue, then the work, cut where a try began."""
    found = []
    queued, start, end = moments.queued, moments.start, moments.end
    until = start if start is not None else end
    if queued is not None and until is not None and (until - queued) / length > 0.005:
        grows = row.status == NodeStatus.QUEUED
        found.append(_bar("queue", axis, queued, until, length, grows=grows))
    if start is None or end is None:
        return tuple(found)
    if is_people:
        return (*found, _bar("wait", axis, start, end, length))
    stops = [start, *(cut for cut in cuts if start < cut < end), end]
    token = NODE_LOOKS[row.status].token
    grows = row.status == NodeStatus.RUNNING
    for number, (left, right) in enumerate(pairwise(stops)):
        bar = _bar("work", axis, left, right, length, token=token, grows=grows, cut=number > 0)
        found.append(bar)
    return tuple(found)


def estimated(step: Step, slot: Slot | None, here: float, length: float) -> tuple[Bar, ...]:
    """An outline right of now for what is still to come; ``here`` is now's share of the width."""
    if slot is None or step.waits_for_people:
        return ()
    seconds = slot.end - slot.start
    if seconds <= 0:
        return ()
    x, width = 100 * here + 100 * slot.start / length, 100 * seconds / length
    kind: Literal["wait", "estimate"] = "wait" if step.type == "review" else "estimate"
    return (Bar(kind, round(x, 2), round(max(width, _NARROWEST), 2), seconds=seconds),)


def _bar(
    kind: Literal["queue", "work", "wait"],
    axis: Axis,
    start: float,
    end: float,
    length: float,
    *,
    token: str = "",
    grows: bool = False,
    cut: bool = False,
) -> Bar:
    left, right = 100 * axis.at(start) / length, 100 * axis.at(end) / length
    left += _GAP if cut else 0.0
    return Bar(
        kind, round(left, 2), round(max(right - left, _NARROWEST), 2), token, grows, end - start
    )
