"""A run on a terminal: live where there is one, lines of what changed elsewhere."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self, TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from workflows.engine.states import EXECUTION_LOOKS, NODE_LOOKS, ExecutionStatus, NodeStatus
from workflows.executions.follow import Snapshot, Step

ICONS: dict[NodeStatus, tuple[str, str]] = {
    NodeStatus.PENDING: ("·", "dim"),
    NodeStatus.QUEUED: ("…", "cyan"),
    NodeStatus.RUNNING: ("▸", "blue"),
    NodeStatus.WAITING: ("?", "yellow"),
    NodeStatus.COMPLETED: ("✓", "green"),
    NodeStatus.FAILED: ("✗", "bold red"),
    NodeStatus.SKIPPED: ("-", "dim"),
}
"""Sign and colour; the word always stands beside them."""


class Progress:
    """Shows snapshots on ``stream``. Use as a context manager."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.live: Live | None = None
        self.last: dict[tuple[str, str], tuple[Any, ...]] = {}

    def __enter__(self) -> Self:
        if self.stream.isatty():
            console = Console(file=self.stream)
            self.live = Live(console=console, auto_refresh=False, vertical_overflow="crop")
            self.live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        caught: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.live:
            self.live.stop()

    def show(self, now: Snapshot) -> None:
        """Draw the run as it stands."""
        if self.live:
            self.live.update(drawing(now), refresh=True)
        else:
            for line in self.changes(now):
                self.say(line)

    def say(self, line: str) -> None:
        """A line above what is drawn."""
        if self.live:
            self.live.console.print(Text(line))
        else:
            self.stream.write(line + "\n")
            self.stream.flush()

    def changes(self, now: Snapshot) -> list[str]:
        """A line for every step that stands otherwise than in the snapshot before."""
        lines = []
        for step in now.steps:
            place, state = (step.key, step.lane), (step.status, step.agents_done, step.round)
            unseen = (NodeStatus.PENDING, 0, 1)
            if self.last.get(place, unseen) != state:
                lines.append(f"[{clock(now.seconds)}] {name(step)}: {word(step)}{_agents(step)}")
            self.last[place] = state
        return lines


def drawing(now: Snapshot) -> Group:
    """The whole run: a line a step, a bar, and what it took."""
    table = Table.grid(padding=(0, 2))
    for step in now.steps:
        icon, style = ICONS[step.status]
        table.add_row(
            Text(icon, style),
            Text(name(step)),
            Text(word(step), style),
            Text(_agents(step).strip(" ()")),
            Text(clock(step.seconds) if step.seconds is not None else "", "dim"),
        )
    bar = Table.grid(padding=(0, 1))
    label = EXECUTION_LOOKS[ExecutionStatus(now.status)].label
    bar.add_row(
        ProgressBar(total=100, completed=now.percent, width=32),
        Text(f"{now.percent} %  {label}  {totals(now)}"),
    )
    return Group(Text(now.title, "bold"), table, bar)


def name(step: Step) -> str:
    """The step's label, with its lane counted from 1 and its round after the first."""
    lane = f" #{int(step.lane) + 1}" if step.lane else ""
    return f"{step.label}{lane}{f' (round {step.round})' if step.round > 1 else ''}"


def word(step: Step) -> str:
    """The status in words; a container that waits on its lanes is running to people."""
    if step.status == NodeStatus.WAITING and step.waits_for_lanes:
        return "running its lanes"
    return NODE_LOOKS[step.status].label.lower()


def _agents(step: Step) -> str:
    return f" (agents {step.agents_done}/{step.agents})" if step.agents else ""


def totals(now: Snapshot) -> str:
    """Elapsed time, tokens and cost; a cost that is not the whole says so."""
    more = " plus calls of unknown price" if now.unpriced_calls else ""
    return f"{clock(now.seconds)}, {now.tokens:,} tokens, ${now.cost:.4f}{more}"


def clock(seconds: float) -> str:
    """``7 s`` or ``2:07``."""
    whole = int(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60}:{whole % 60:02}"
