"""What can be read of the runs at one moment, in three queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection


class Run(NamedTuple):
    """A row of ``WorkflowExecution``."""

    pk: int
    status: str
    control: str
    revision: int
    counts: list[int]
    is_active: bool
    has_deadline: bool
    agents: int
    shown: str


class Step(NamedTuple):
    """A row of ``NodeRun``."""

    pk: int
    run: int
    key: str
    lane: str
    type: str
    status: str
    attempt: int
    round: int
    token: Any
    has_lease: bool
    reserved: int
    wait_for: str
    handles: list[str]
    skip_reason: str
    losses: int
    shown: str

    @property
    def has_ended(self) -> bool:
        """Whether its status is a terminal one."""
        return self.status in ENDED


class Told(NamedTuple):
    """A row of ``ExecutionEvent``."""

    pk: int
    run: int
    step: int | None
    kind: str


ENDED = ("completed", "failed", "skipped")
OVER = ("completed", "failed", "stopped")

_RUNS = """
SELECT id, status, control, revision,
       ARRAY[total, completed, failed, skipped, running, waiting], active_since IS NOT NULL,
       deadline_at IS NOT NULL, max_parallel_agents,
       md5(concat_ws('|', status, control, total, completed, failed, skipped, running, waiting,
                     error, prompt_tokens, cost, started_at IS NULL, finished_at IS NULL))
  FROM workflows_workflowexecution ORDER BY id
"""
_STEPS = """
SELECT id, execution_id, key, lane, type, status, attempt, round, token, lease_until IS NOT NULL,
       reserved_agents, wait_for, handles, skip_reason, loss_count,
       md5(concat_ws('|', status, attempt, round, handles, error, output, finished_at IS NULL))
  FROM workflows_noderun ORDER BY id
"""
_TOLD = """
SELECT id, execution_id, node_run_id, kind FROM workflows_executionevent
 WHERE id > %s ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """Rows by id, and the events since the last look."""

    runs: dict[int, Run]
    steps: dict[int, Step]
    told: list[Told]

    def steps_of(self, run: int) -> list[Step]:
        """The steps of a run."""
        return [step for step in self.steps.values() if step.run == run]


def read(since: int) -> Seen:
    """Look at everything; ``since`` is the last event that was read."""
    with connection.cursor() as cursor:
        cursor.execute(_RUNS)
        runs = {row[0]: Run(*row) for row in cursor.fetchall()}
        cursor.execute(_STEPS)
        steps = {row[0]: Step(*row) for row in cursor.fetchall()}
        cursor.execute(_TOLD, [since])
        told = [Told(*row) for row in cursor.fetchall()]
    return Seen(runs, steps, told)
