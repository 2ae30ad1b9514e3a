"""A run's progress in a terminal: a live table where there is one, else a line a change."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from workflows.engine.states import ExecutionStatus
from workflows.executions.snapshot import Snapshot, Step
from workspaces.templatetags.interface import ordinal

LOOKS = {
    "pending": ("○", "dim"),
    "queued": ("◌", "blue"),
    "running": ("●", "bright_blue"),
    "waiting": ("◆", "yellow"),
    "completed": ("✓", "green"),
    "failed": ("✗", "red"),
    "skipped": ("-", "dim"),
}
WORDS = {"waiting": "waiting for review"}
_SAID = {
    ExecutionStatus.PENDING: "not bold blue",
    ExecutionStatus.PAUSED: "not bold yellow",
    ExecutionStatus.STOPPED: "not bold dim",
}
"""Statuses of a run that its steps do not show by themselves, and their styles."""


class Display:
    """Shows snapshots until it is closed; as a context manager it leaves the last one standing."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._live = Live(console=console, auto_refresh=False) if console.is_terminal else None
        self._told: dict[str, str] = {}

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self, snapshot: Snapshot) -> None:
        """Draw a snapshot, or say what has changed since the last."""
        if self._live is not None:
            self._live.update(_picture(snapshot), refresh=True)
            return
        self._say_standing(snapshot)
        for step in snapshot.steps:
            line = _sentence(step)
            if line != self._told.get(step.key) and step.status != "pending":
                self.console.print(f"{snapshot.percent:3d} %  {line}", markup=False, soft_wrap=True)
            self._told[step.key] = line

    def _say_standing(self, snapshot: Snapshot) -> None:
        words = run_words(snapshot)
        known = self._told.get("")
        if words != known and (known is not None or words != ExecutionStatus.RUNNING):
            self.console.print(f"Run {snapshot.execution.pk} is {words}.", markup=False)
        self._told[""] = words


def run_words(snapshot: Snapshot) -> str:
    """How the run as a whole stands, behind ``The run is``."""
    execution = snapshot.execution
    if execution.status == ExecutionStatus.PENDING:
        place = f", {ordinal(snapshot.place)} in line" if snapshot.place else ""
        return f"waiting for a free slot{place}"
    if execution.status == ExecutionStatus.PAUSED:
        return f"paused; manage.py control_run {execution.pk} resume lets it go on"
    return str(execution.status)


def _picture(snapshot: Snapshot) -> Group:
    table = Table.grid(padding=(0, 2))
    for step in snapshot.steps:
        symbol, style = LOOKS[step.status]
        table.add_row(
            Text(symbol, style),
            escape(step.label),
            Text(_state(step), style),
            _agents(step),
            _seconds(step),
        )
    execution = snapshot.execution
    bar = Table.grid(padding=(0, 2))
    bar.add_row(
        ProgressBar(100, snapshot.percent, width=40), f"{snapshot.percent} %", _spent(snapshot)
    )
    head = Text(f"{execution.title}  (run {execution.pk})", "bold")
    if execution.status in _SAID:
        head.append(f"  {run_words(snapshot)}", _SAID[ExecutionStatus(execution.status)])
    return Group(head, table, bar)


def _sentence(step: Step) -> str:
    parts = [step.label, _state(step), _agents(step), _seconds(step)]
    return "  ".join(part for part in parts if part)


def _state(step: Step) -> str:
    word = WORDS.get(step.status, step.status)
    if step.type == "parallel" and step.status == "waiting":
        word = "running its steps"
    if step.status == "queued" and step.wait_for == "agents":
        word = "waiting for free agents"
    lanes = step.statuses.total()
    if lanes == 1:
        return word
    done = step.statuses["completed"] + step.statuses["skipped"] + step.statuses["failed"]
    return f"{word}, {done} of {lanes} items"


def _agents(step: Step) -> str:
    return f"{step.agents_done} of {step.agents} agents" if step.agents > 1 else ""


def _seconds(step: Step) -> str:
    return f"{step.seconds:.1f} s" if step.seconds is not None and step.seconds >= 0.05 else ""


def _spent(snapshot: Snapshot) -> str:
    execution = snapshot.execution
    tokens = execution.prompt_tokens + execution.completion_tokens
    parts = [f"{tokens:,} tokens"] if tokens else []
    if execution.cost:
        parts.append(f"${execution.cost:.4f}")
    if execution.unpriced_calls:
        parts.append(f"{execution.unpriced_calls} calls of unknown price")
    return ", ".join(parts)
