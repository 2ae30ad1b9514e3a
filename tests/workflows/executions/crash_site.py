"""Where processes die at crash points: one run, a scripted service, processes forked at a word."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection

from tests.crashing import Crash
from tests.engine import Drive
from tests.faults.checks import assert_all_well, paid
from tests.graphs import brief, copy, graph, node, text
from tests.scripted_openai import Call, ScriptedOpenAI
from tests.workflows.executions import crash_calls
from tests.zygote import CRASHED, Zygote
from workflows.executions.claim import claim
from workflows.executions.retry import retry
from workflows.executions.run import run
from workflows.graph.model import Graph
from workflows.models import NodeRun, WorkflowExecution
from workspaces.models import Workspace

_ART = node(
    "art",
    "generate_image",
    prompt="Draw",
    provider="scripted",
    size="64x64",
    retry={"max_attempts": 1, "backoff_seconds": 0},
)
_COPY = copy("copy", "Write {{ variant }}", quantity=2)
_DOC = {"title": "T", "body": "{{ nodes.copy.text }}"}
FLOW = graph([brief("t"), _COPY, node("doc", "attach_to_document", **_DOC)], "brief > copy > doc")
PICTURED = graph(
    [
        brief("t"),
        _COPY,
        _ART,
        node("doc", "attach_to_document", **_DOC, images=["nodes.art.images"]),
    ],
    "brief > copy > art > doc",
)
ASKING = graph(
    [
        brief("t"),
        node("ask", "review", show=["brief.t"], role="editor", due_in_hours=1, on_timeout="fail"),
        text("end"),
    ],
    "brief > ask.approved > end",
)
JUDGED = graph(
    [
        brief("t"),
        _ART,
        node("ask", "review", show=["nodes.art.images"], role="editor"),
        text("end"),
    ],
    "brief > art > ask.approved > end",
)
SIDES = graph(
    [brief("t"), _COPY, text("other"), text("end")],
    "brief > copy > end",
    "brief > other > end",
)
OVER = ("completed", "failed", "stopped")


class Site:
    """One test's run and processes."""

    def __init__(
        self, zygote: Zygote, server: ScriptedOpenAI, workspace: Workspace, folder: Path
    ) -> None:
        self.zygote = zygote
        self.server = server
        self.drive = Drive([], workspace, None)  # type: ignore[arg-type]
        self.folder = folder
        self.before = len(server.calls)
        self.run: WorkflowExecution | None = None

    @property
    def mark(self) -> Path:
        """Made when the point was reached."""
        return self.folder / "reached"

    @property
    def calls(self) -> list[Call]:
        """What this test has asked of the service."""
        return self.server.calls[self.before :]

    def launch(self, made: Graph = FLOW) -> WorkflowExecution:
        """Start the run on the real queue."""
        self.run = self.drive.launch(made, t="tea")
        return self.run

    def step(self, key: str) -> NodeRun:
        """A step of the run as it stands."""
        assert self.run is not None
        return NodeRun.objects.get(execution=self.run, key=key)

    def work(self, key: str) -> None:
        """Run a queued step here, in the test's own process."""
        row = self.step(key)
        held = claim(row.pk, row.attempt)
        assert held is not None
        run(held, threading.Event())

    def worker(self, plan: str = "") -> int:
        """A worker on the real queue, which follows the plan."""
        return self._fork("worker", crash=plan)

    def call(self, name: str, plan: str, **values: Any) -> int | None:
        """A process that does one thing; how it ended."""
        function = f"{crash_calls.__name__}.{name}"
        pid = self._fork("call", crash=plan, function=function, values=values)
        return self.zygote.wait(pid, 20)

    def _fork(self, do: str, **order: Any) -> int:
        media = str(self.folder / "media")
        connection.close()
        return self.zygote.fork(do, media=media, mark=str(self.mark), **order)

    def until(self, check: Callable[[], object], what: str, seconds: float = 20) -> None:
        """Wait, with passes of reconcile meanwhile."""
        ends = time.monotonic() + seconds
        while not check():
            assert time.monotonic() < ends, f"not within {seconds} s: {what}\n{self.picture()}"
            with contextlib.suppress(Crash):
                crash_calls.reconcile()
            time.sleep(0.05)

    def has_ended(self) -> bool:
        """Whether the run is over."""
        assert self.run is not None
        self.run.refresh_from_db()
        return self.run.status in OVER

    def ended(self, status: str = "completed") -> None:
        """Wait for the end of the run; a person retries what a crash has failed, twice at most."""
        assert self.run is not None
        for _ in range(3):
            self.until(self.has_ended, "the run's end")
            if self.run.status != "failed":
                break
            retry(self.run.pk, user=None)
        assert self.run.status == status, self.picture()

    def well(self, calls: int, extra: int) -> None:
        """Everything holds, and no more was asked of the service than the crash explains."""
        found = paid(self.calls)
        assert calls <= found <= calls + extra, f"{found} calls\n{self.picture()}"
        assert_all_well(self.calls, accepted=[self.run.pk] if self.run else [])

    def picture(self) -> str:
        """How every step stands."""
        rows = NodeRun.objects.order_by("pk").values_list(
            "key", "status", "attempt", "loss_count", "wait_for", "error"
        )
        return f"{self.run} {self.run and self.run.status}\n" + "\n".join(map(str, rows))


def died(status: int | None, mode: str) -> None:
    """A process that called one function ended as the mode has it."""
    assert status == (-9 if mode == "kill" else CRASHED), status


def passed(status: int | None, mode: str) -> None:
    """A pass of reconcile was killed, or failed, or told the log of a decision and went on."""
    assert status in ((-9,) if mode == "kill" else (0, CRASHED)), status
