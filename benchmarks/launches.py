"""How long a launch takes: the verb alone, and the call that a program makes."""

from __future__ import annotations

import http.client
import json
import time

from benchmarks import marks
from benchmarks.clock import timed
from benchmarks.ours import Chain
from benchmarks.report import Latency, Results
from benchmarks.web import HOST, headers_of, key_of, serving

STEPS, CALLS, WARM_UP = 50, 200, 20


def measure(results: Results) -> None:
    """Add both latencies; one client, one launch after the other, every one of them admitted."""
    flow = Chain(STEPS)
    flow.workspace.max_concurrent_executions = 10 * CALLS
    flow.workspace.save()
    alone = [timed(flow.launch) for _ in range(WARM_UP + CALLS)][WARM_UP:]
    results.latencies.append(Latency(f"launch of {STEPS} steps, the verb alone", alone))
    flow.clear()
    with serving() as (port, _):
        results.latencies.append(Latency(marks.LAUNCH, _over_http(flow, port)))
    flow.clear()


def _over_http(flow: Chain, port: int) -> list[float]:
    headers = headers_of(key_of(flow, flow.user)) | {"Content-Type": "application/json"}
    body = json.dumps({"template_id": flow.template.pk, "inputs": {}})
    link = http.client.HTTPConnection(HOST, port, timeout=30)
    times = []
    for number in range(WARM_UP + CALLS):
        began = time.perf_counter()
        link.request("POST", "/api/executions/launch", body, headers)
        answer = link.getresponse()
        said = answer.read()
        if number >= WARM_UP:
            times.append((time.perf_counter() - began) * 1000)
        assert answer.status == 202, said[:500]
    link.close()
    return times
