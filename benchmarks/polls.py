"""200 clients follow 20 runs about once a second each, while half of the runs move on.

Ten clients follow each run; five of them send ``If-None-Match`` with the tag that they have,
five always want the body. A step ends each second in each run that moves. Then the same clients'
connections poll without a pause, for the most that the web processes give.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

from benchmarks import marks
from benchmarks.ours import Chain
from benchmarks.processes import ROOT, cpu_seconds
from benchmarks.report import Latency, Results
from benchmarks.web import key_of, serving
from workflows.jobs import run_node
from workflows.models import NodeRun, WorkflowExecution

STEPS, FOLLOWED, FOLLOWERS = 50, 20, 10
CLOSED_CLIENTS = 16
WARM_UP, CLOSED_SECONDS = 3.0, 8.0
Order = list[dict[str, Any]]


def measure(results: Results, seconds: float) -> None:
    """Add the latencies, and notes on throughput and on what the clients took."""
    flow = Chain(STEPS)
    flow.workspace.max_concurrent_executions = FOLLOWED
    flow.workspace.save()
    runs = [flow.launch() for _ in range(FOLLOWED)]
    _move(runs, STEPS // 3)
    order = _clients(flow, runs)
    with serving() as (port, web):
        _tell(results, _follow(port, order, runs[::2], seconds), seconds)
        for kind in (True, False):
            some = [one for one in order if one["conditional"] is kind][::3][:CLOSED_CLIENTS]
            before = cpu_seconds(web)
            found = _poll(port, some, None, CLOSED_SECONDS)
            taken = (cpu_seconds(web) - before) * 1000 / found["all"]
            _tell_most(results, found, taken, conditional=kind)
    flow.clear()


def _clients(flow: Chain, runs: list[WorkflowExecution]) -> Order:
    """A person with a key follows each run ten times; calls are counted by person."""
    order: Order = []
    for run in runs:
        key = key_of(flow, flow.member())
        for number in range(FOLLOWERS):
            path = f"/api/executions/{run.pk}"
            order.append({"path": path, "key": key, "conditional": number % 2 == 0})
    return order


def _follow(
    port: int, order: Order, moving: list[WorkflowExecution], seconds: float
) -> dict[str, Any]:
    process = _start(port, order, 1.0, seconds)
    ends = time.monotonic() + WARM_UP + seconds
    while time.monotonic() < ends and process.poll() is None:
        for run in moving:
            _move([run], 1)
            time.sleep(1 / len(moving))
    return _end(process)


def _move(runs: list[WorkflowExecution], steps: int) -> None:
    """Run the steps that are due, as a worker would."""
    for run in runs:
        for _ in range(steps):
            due = NodeRun.objects.filter(execution=run, status="queued").first()
            if due is not None:
                run_node(due.pk, due.attempt)


def _poll(port: int, order: Order, interval: float | None, seconds: float) -> dict[str, Any]:
    return _end(_start(port, order, interval, seconds))


def _start(
    port: int, order: Order, interval: float | None, seconds: float
) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.poller"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    warm_up = WARM_UP if interval else 1.0
    wanted = {"port": port, "clients": order, "interval": interval}
    assert process.stdin is not None
    json.dump({**wanted, "warm_up": warm_up, "seconds": seconds}, process.stdin)
    process.stdin.close()
    return process


def _end(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    found: dict[str, Any] = json.load(process.stdout)
    process.wait()
    return found


def _tell(results: Results, found: dict[str, Any], seconds: float) -> None:
    polls = found["polls"]
    odd = [status for _, status, _ in polls if status not in (200, 304)]
    assert not odd, f"{len(odd)} polls were answered with {set(odd)}"
    bodies = [(took, size) for took, status, size in polls if status == 200]
    same = [took for took, status, _ in polls if status == 304]
    results.latencies += [
        Latency(marks.POLL, [took for took, _, _ in polls]),
        Latency("  of which 200 with the body", [took for took, _ in bodies]),
        Latency("  of which 304", same),
    ]
    body = sum(size for _, size in bodies) / max(1, len(bodies))
    results.notes.append(
        f"polls: {len(polls) / seconds:.0f}/s, {len(same) / len(polls):.0%} of them 304, a body"
        f" {body / 1000:.1f} kB, {found['connections']} connections; the poller took"
        f" {found['cpu']:.0%} of a core"
    )


def _tell_most(results: Results, found: dict[str, Any], cpu: float, *, conditional: bool) -> None:
    times = Latency("", [took for took, _, _ in found["polls"]])
    kind = "304" if conditional else "bodies"
    results.notes.append(
        f"polls without a pause, {CLOSED_CLIENTS} clients, {kind}:"
        f" {len(times.times) / CLOSED_SECONDS:.0f}/s, p50 {times.at(50):.1f} ms,"
        f" p95 {times.at(95):.1f} ms; {cpu:.2f} ms of the web processes' time a call;"
        f" the poller took {found['cpu']:.0%} of a core"
    )
