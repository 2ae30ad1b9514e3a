"""What the workers run: the only functions a message may name."""

from __future__ import annotations

from workflows.executions.claim import claim
from workflows.executions.run import run
from workflows.executions.watch import watching


def run_node(node_run_id: int, attempt: int) -> None:
    """Run one step if this message is still the one it waits for."""
    held = claim(node_run_id, attempt)
    if held is None:
        return
    with watching(held) as cancelled:
        run(held, cancelled)
