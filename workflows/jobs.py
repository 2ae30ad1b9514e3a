"""What the workers run: the only functions a message may name."""

from __future__ import annotations

from config.crash import crash_point
from workflows.executions.claim import claim
from workflows.executions.run import run
from workflows.executions.watch import watching


def run_node(node_run_id: int, attempt: int) -> None:
    """Run one step if this message is still the one it waits for."""
    crash_point("job.dequeued")
    held = claim(node_run_id, attempt)
    if held is None:
        return
    with watching(held) as cancelled:
        run(held, cancelled)
    crash_point("job.done")
