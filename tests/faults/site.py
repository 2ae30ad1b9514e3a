"""One copy of Copyloom to break: real processes, a scripted service, somebody who launches."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from tests.conftest import Processes
from tests.engine import Drive
from tests.faults.checks import ENDED, assert_all_well
from tests.faults.patches import FOLDER
from tests.graphs import brief, copy, graph, text
from tests.scripted_openai import Call, ScriptedOpenAI
from workflows.executions.reconcile import reconcile
from workflows.graph.model import Graph
from workflows.models import NodeRun, WorkerBeat, WorkflowExecution

COPY = graph([brief("t"), copy("copy"), text("end")], "brief > copy > end")
CHAIN = graph([brief("t"), text("a"), text("b")], "brief > a > b")


def fan(width: int, **last: Any) -> Graph:
    """A brief, so many branches and the step that joins them."""
    keys = [f"b{number}" for number in range(width)]
    join = text("join", **last)
    return graph(
        [brief("t"), *(text(key) for key in keys), join], *(f"brief > {key} > join" for key in keys)
    )


class Site:
    """What a test of a fault works on."""

    def __init__(
        self, drive: Drive, processes: Processes, server: ScriptedOpenAI, folder: Path
    ) -> None:
        self.drive = drive
        self.processes = processes
        self.server = server
        self.folder = folder
        processes.env[FOLDER] = str(folder)

    def launch(self, made: Graph = COPY, **inputs: Any) -> WorkflowExecution:
        """Start a run on the real queue."""
        return self.drive.launch(made, **(inputs or {"t": "tea"}))

    def workers(self, count: int = 1, *patches: str, **env: str) -> subprocess.Popen[bytes]:
        """A pool of so many workers, broken as the patches say."""
        if patches:
            env["TEST_PATCHES"] = " ".join(f"tests.faults.patches.{one}" for one in patches)
        return self.processes.start("worker", "--processes", str(count), **env)

    def crashing(
        self, point: str, mode: str = "kill", *, count: int = 1, times: int = 1
    ) -> subprocess.Popen[bytes]:
        """A pool whose first processes to reach a crash point do so."""
        return self.workers(count, "crash", TEST_CRASH=f"{point} {mode} {times}")

    def ready(self, count: int) -> None:
        """Wait until so many workers have started."""
        self.until(lambda: WorkerBeat.objects.count() >= count, what="workers")

    def crashed(self, times: int = 1) -> list[int]:
        """Wait until the crash point was reached so often; the pids that were there."""
        self.until(lambda: (self.folder / f"crash-{times - 1}").exists(), 40, "crash point")
        time.sleep(0.1)
        return [int(one.name.removeprefix("pid-")) for one in self.folder.glob("pid-*")]

    def noted(self, name: str) -> None:
        """Wait for the word of a process."""
        self.until((self.folder / name).exists, 40, name)

    def until(self, check: Callable[[], Any], seconds: float = 40, what: str = "") -> Any:
        """Wait for a truthy answer, with passes of reconcile meanwhile."""
        ends, swept = time.monotonic() + seconds, float("-inf")
        while time.monotonic() < ends:
            try:
                if time.monotonic() - swept > settings.ENGINE.reconcile_seconds:
                    reconcile()
                    swept = time.monotonic()
                if found := check():
                    return found
            except DatabaseError:
                connection.close()
            time.sleep(0.05)
        raise AssertionError(f"not within {seconds} s: {what}\n{picture()}")

    def ended(
        self, *executions: WorkflowExecution, status: str = "completed", seconds: float = 60
    ) -> None:
        """Wait until the runs have ended, and see that they ended so."""

        def all_ended() -> bool:
            for one in executions:
                one.refresh_from_db(fields=["status"])
            return all(one.status in ENDED for one in executions)

        self.until(all_ended, seconds, "ends")
        for one in executions:
            one.refresh_from_db()
            assert one.status == status, picture()

    def calls(self, count: int = 1, seconds: float = 40) -> list[Call]:
        """Wait until so many calls have reached the service."""
        return self.until(
            lambda: len(self.server.calls) >= count and self.server.calls, seconds, "calls"
        )

    def well(self, *accepted: WorkflowExecution, **how: Any) -> None:
        """Check everything that must hold."""
        assert_all_well(self.server, accepted=[one.pk for one in accepted], **how)


def step(execution: WorkflowExecution, key: str = "copy") -> NodeRun:
    """A step of a run as it stands."""
    return NodeRun.objects.get(execution=execution, key=key, lane="")


def picture() -> str:
    """How every run stands, for the text of a failure."""
    lines = []
    for one in WorkflowExecution.objects.order_by("pk"):
        rows = one.node_runs.values_list("key", "lane", "status", "attempt", "error__code")
        lines.append(f"run {one.pk} {one.status}: {list(rows)[:30]}")
    return "\n".join(lines)


def children(pid: int) -> list[int]:
    """Child processes."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def behind(gate: threading.Event) -> float:
    """A latency for ``server.latency``: the answer waits for the gate."""
    gate.wait(60)
    return 0.0


def alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """End a pool and its workers with SIGKILL."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
