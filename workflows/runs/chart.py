"""The timing chart: a row for each step and lane, bars in percent of the width. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from workflows.engine.states import NODE_TERMINAL, NodeStatus
from workflows.runs.axis import Axis, Span, make_axis, ticks
from workflows.runs.bars import Bar, Moments, bars_of, estimated, moments_of
from workflows.runs.rows import AgentRow, StepRow
from workflows.runs.schedule import Schedule
from workflows.runs.steps import Step, took_of
from workspaces.templatetags.interface import seconds as duration

MAX_ROWS = 150


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One step, or one lane of it."""

    key: str
    lane: str
    label: str
    type: str
    bars: tuple[Bar, ...]
    words: str
    """How long it took, ``waits``, or ``about 3 s``."""
    tries: int
    """Over 1 where a failed agent was called several times."""
    since: float | None
    """Seconds since it began, while a worker has it."""


@dataclass(frozen=True, slots=True)
class Chart:
    """The whole chart."""

    rows: tuple[ChartRow, ...]
    hidden: int
    """Rows that are left out."""
    ticks: tuple[tuple[float, str], ...]
    """(percent, label)."""
    now: float | None
    """Percent; None once the run has ended."""
    speed: float
    """Percent that ``now`` moves each second; 0 while nothing runs."""
    has_queue: bool
    has_estimate: bool


def make_chart(
    steps: Sequence[Step],
    agents: Mapping[int, Sequence[AgentRow]],
    schedule: Schedule,
    *,
    start: datetime | None,
    now: datetime,
    has_ended: bool,
) -> Chart:
    """Lay the chart out. ``start`` is when the run began, ``agents`` are by node run."""
    drawn = [step for step in steps if _is_shown(step, has_ended=has_ended)]
    moments = {row.pk: moments_of(row, start, now) for step in drawn for row in step.rows}
    at_now = (now - start).total_seconds() if start else 0.0
    axis = make_axis(_busy(drawn, moments), _end(moments, at_now, has_ended))
    here = axis.at(at_now)
    length = _length(axis, moments, schedule, here, has_ended=has_ended)
    rows = [
        row
        for step in drawn
        for row in _rows(step, axis, moments, agents, schedule, here / length, length, has_ended)
    ]
    runs = any(step.since is not None for step in drawn)
    shown = rows[:MAX_ROWS]
    return Chart(
        rows=tuple(shown),
        hidden=len(rows) - len(shown),
        ticks=tuple(_ticks(axis, length)),
        now=None if has_ended else 100 * here / length,
        speed=100 / length if runs and not has_ended else 0.0,
        has_queue=any(bar.kind == "queue" for row in shown for bar in row.bars),
        has_estimate=any(bar.kind == "estimate" for row in shown for bar in row.bars),
    )


def _is_shown(step: Step, *, has_ended: bool) -> bool:
    """Steps that ran, and while the run goes on those that may."""
    may_run = not has_ended and step.status != NodeStatus.SKIPPED
    return not step.is_container and (may_run or step.started_at is not None)


def _busy(steps: Iterable[Step], moments: Mapping[int, Moments]) -> list[Span]:
    """When something was queued or ran; a person's time is none of it."""
    found = []
    for step in steps:
        for row in step.rows:
            span = moments[row.pk].busy(is_people=step.type == "review")
            if span is not None:
                found.append(span)
    return found


def _end(moments: Mapping[int, Moments], at_now: float, has_ended: bool) -> float:
    last = max((found.last for found in moments.values()), default=0.0)
    return last if has_ended else max(last, at_now)


def _length(
    axis: Axis,
    moments: Mapping[int, Moments],
    schedule: Schedule,
    here: float,
    *,
    has_ended: bool,
) -> float:
    """Drawn seconds of the whole width: what was, what is to come, and room to move."""
    last = axis.at(max((found.last for found in moments.values()), default=0.0))
    if has_ended:
        return max(1.0, last * 1.02)
    to_come = max((slot.end for slot in schedule.slots.values()), default=0.0)
    return max(5.0, (here + to_come) * 1.04, here * 1.15, last * 1.02)


def _rows(
    step: Step,
    axis: Axis,
    moments: Mapping[int, Moments],
    agents: Mapping[int, Sequence[AgentRow]],
    schedule: Schedule,
    here: float,
    length: float,
    has_ended: bool,
) -> Iterable[ChartRow]:
    slot = None if has_ended else schedule.slots.get(step.key)
    outline = estimated(step, slot, here, length)
    if not step.rows:
        yield _row(step, "", step.label, outline, _words(step, None, outline), 0, None)
    for row in step.rows:
        found = agents.get(row.pk, ())
        tries = _tries(row, found)
        bars = bars_of(
            row,
            moments[row.pk],
            axis,
            length,
            is_people=step.type == "review",
            cuts=_cuts(tries, moments[row.pk]),
        )
        if not row.lane:
            bars = (*bars, *outline)
        number = f" {int(row.lane) + 1}" if row.lane.isdecimal() else ""
        yield _row(
            step,
            row.lane,
            f"{step.label}{number}",
            bars,
            _words(step, row, outline if not row.lane else ()),
            len(tries),
            moments[row.pk].since,
        )


def _row(
    step: Step,
    lane: str,
    label: str,
    bars: Sequence[Bar],
    words: str,
    tries: int,
    since: float | None,
) -> ChartRow:
    return ChartRow(step.key, lane, label, step.type, tuple(bars), words, tries, since)


def _words(step: Step, row: StepRow | None, outline: Sequence[Bar]) -> str:
    status = row.status if row else step.status
    if step.type == "review" and status not in NODE_TERMINAL:
        return "waits"
    took = took_of([row]) if row else None
    if took is not None:
        return duration(took) if took >= 1 else "< 1 s"
    if not outline or step.since is not None or outline[0].seconds < 1:
        return ""
    return f"about {duration(outline[0].seconds)}"


def _tries(row: StepRow, agents: Sequence[AgentRow]) -> list[datetime]:
    """When the failed agent that was called most often was called."""
    if row.status != NodeStatus.FAILED:
        return []
    calls = max((agent.calls for agent in agents), key=len, default=())
    return [datetime.fromisoformat(str(call["at"])) for call in calls if call.get("at")]


def _cuts(tries: Sequence[datetime], moments: Moments) -> list[float]:
    if moments.start is None or len(tries) < 2:
        return []
    return [(at - moments.zero).total_seconds() for at in tries[1:]] if moments.zero else []


def _ticks(axis: Axis, length: float) -> Iterable[tuple[float, str]]:
    for seconds in ticks(length):
        place = axis.of_work(seconds)
        if place <= length:
            yield 100 * place / length, clock(seconds)


def clock(seconds: float) -> str:
    """``1:12`` or ``1:02:05``."""
    minutes, left = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
