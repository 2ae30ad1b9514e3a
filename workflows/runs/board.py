"""Everything that the page of one run shows, read at one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from workflows.engine.states import (
    EXECUTION_TERMINAL,
    LEGAL,
    Control,
    ExecutionStatus,
    Look,
    NodeStatus,
)
from workflows.models import WorkflowExecution
from workflows.runs import reading
from workflows.runs.chart import Chart, clock, make_chart
from workflows.runs.expected import expected_of
from workflows.runs.looks import run_look
from workflows.runs.outline import Group, outline
from workflows.runs.outputs import Piece, Section, sections_of, wanted_jobs
from workflows.runs.picture import Picture, picture_of
from workflows.runs.rows import AgentRow, OpenReview, StepRow, Word
from workflows.runs.schedule import Schedule, schedule
from workflows.runs.steps import Step, build_steps
from workflows.runs.troubles import Trouble, troubles_of
from workflows.versions import graph_of

_PEOPLE = 12.0
"""Seconds as long as which a review still to come is drawn, where the work gives no measure."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the run is, and what it has taken."""

    segments: tuple[Step, ...]
    """Every step that is no container."""
    done: int
    skipped: int
    failed: int
    elapsed: float
    """Seconds of active time."""
    ticks: bool
    """Whether ``elapsed`` grows while nothing changes."""
    left: float | None
    until_review: bool
    calls: int
    calls_expected: int | None
    cost: Decimal | None
    """None where no call's price is known."""
    cost_expected: Decimal | None


@dataclass(frozen=True, slots=True)
class Ask:
    """A review that waits for somebody."""

    label: str
    row: StepRow
    review: OpenReview


@dataclass(frozen=True, slots=True)
class Board:
    """One run."""

    execution: WorkflowExecution
    look: Look
    steps: tuple[Step, ...]
    progress: Progress
    groups: tuple[Group, ...]
    picture: Picture
    chart: Chart
    sections: tuple[Section, ...]
    troubles: tuple[Trouble, ...]
    asks: tuple[Ask, ...]
    has_ended: bool
    mark: str
    """What the next poll says that it has drawn."""
    place: int | None
    """Where a pending run stands in line."""
    word: Word | None
    """Who paused or stopped it."""
    poll_seconds: int
    """How long to wait before asking again; 0 for a run of which nothing more comes."""

    views = (("graph", "Graph", "workflow"), ("list", "List", "list"))
    """(word in the address, label, icon) of the ways to show the steps."""

    @property
    def can(self) -> Mapping[str, bool]:
        """Which verbs are legal as the run stands; retry and skip need a failed step besides."""
        status = ExecutionStatus(self.execution.status)
        return {control.value: status in LEGAL[control] for control in Control}

    @property
    def retryable(self) -> int:
        """How many failed steps and lanes can be tried again."""
        return sum(1 for trouble in self.troubles if trouble.key) if self.can["retry"] else 0

    @property
    def documents(self) -> tuple[Piece, ...]:
        """What the run has written so far."""
        return tuple(
            piece
            for section in self.sections
            for piece in section.pieces
            if piece.kind == "document"
        )

    @property
    def elapsed_text(self) -> str:
        """``1:12``."""
        return clock(self.progress.elapsed)


def read_board(execution: WorkflowExecution) -> Board:
    """Read and lay out a run that ``reading.find_run`` found.

    Three queries, whatever the size of the run, and those of the estimate the very first time.
    """
    now = timezone.now()
    graph, expected = graph_of(execution.version_id), expected_of(execution)
    agents = reading.read_agents(execution.pk)
    steps = build_steps(graph, reading.read_steps(execution.pk), agents, expected.step_calls, now)
    by_run = _by_run(agents)
    made = reading.read_made(wanted_jobs(steps, by_run))
    has_ended = execution.status in EXECUTION_TERMINAL
    elapsed = _elapsed(execution, now)
    plan = schedule(
        graph, steps, expected.step_seconds, now=now, people=max(_PEOPLE, elapsed * 0.2)
    )
    place = getattr(execution, "place", None)
    return Board(
        execution=execution,
        look=run_look(
            execution.status,
            waiting=execution.waiting,
            active_since=execution.active_since,
            place=place,
        ),
        steps=steps,
        progress=_progress(
            execution, steps, plan, elapsed, expected.calls, expected.cost, has_ended=has_ended
        ),
        groups=outline(steps, has_ended=has_ended),
        picture=picture_of(execution.version_id, steps),
        chart=make_chart(
            steps, by_run, plan, start=execution.started_at, now=now, has_ended=has_ended
        ),
        sections=sections_of(graph, steps, by_run, made),
        troubles=tuple(troubles_of(steps, execution.error, expected.call_costs)),
        asks=tuple(
            Ask(step.label, row, row.review)
            for step in steps
            for row in step.rows
            if row.review is not None
        ),
        has_ended=has_ended,
        mark=reading.mark(execution.revision, place),
        place=place,
        word=reading.word_of(execution),
        poll_seconds=_poll_seconds(execution),
    )


def _poll_seconds(execution: WorkflowExecution) -> int:
    """People take longer than workers, and may retry what has failed; the rest is over."""
    if execution.status in (ExecutionStatus.COMPLETED, ExecutionStatus.STOPPED):
        return 0
    if execution.status == ExecutionStatus.FAILED:
        return 10
    is_idle = execution.active_since is None and execution.status != ExecutionStatus.PENDING
    return 5 if is_idle else 1


def _by_run(agents: Sequence[AgentRow]) -> Mapping[int, Sequence[AgentRow]]:
    found: dict[int, list[AgentRow]] = {}
    for agent in agents:
        found.setdefault(agent.node_run_id, []).append(agent)
    return found


def _elapsed(execution: WorkflowExecution, now: datetime) -> float:
    since = execution.active_since
    stretch = (now - since).total_seconds() if since else 0.0
    return execution.active_seconds + max(0.0, stretch)


def _progress(
    execution: WorkflowExecution,
    steps: Sequence[Step],
    plan: Schedule,
    elapsed: float,
    calls: int | None,
    cost: Decimal | None,
    *,
    has_ended: bool,
) -> Progress:
    parts = tuple(step for step in steps if not step.is_container)
    statuses = [step.status for step in parts]
    made = sum(step.agents.done for step in parts)
    known = execution.cost if execution.cost or not execution.unpriced_calls else None
    return Progress(
        segments=parts,
        done=statuses.count(NodeStatus.COMPLETED),
        skipped=statuses.count(NodeStatus.SKIPPED),
        failed=statuses.count(NodeStatus.FAILED),
        elapsed=elapsed,
        ticks=execution.active_since is not None and not has_ended,
        left=None if has_ended else plan.seconds,
        until_review=plan.until_review,
        calls=made,
        calls_expected=None if calls is None else max(calls, made),
        cost=known,
        cost_expected=cost,
    )
