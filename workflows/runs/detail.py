"""One step of a run with everything that is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from workflows.engine.states import (
    LEGAL,
    NODE_LOOKS,
    AgentStatus,
    Control,
    ExecutionStatus,
    Look,
    NodeStatus,
)
from workflows.graph.model import Node
from workflows.models import AgentJob, ExecutionEvent, NodeRun, WorkflowExecution
from workflows.nodes import registry
from workflows.runs.looks import step_words
from workflows.runs.made import Made, made_by, made_of, values_of
from workflows.runs.rows import AgentCount, AgentRow, StepRow
from workflows.runs.steps import began, item_name, took_of
from workflows.runs.troubles import Mending, mending_of
from workflows.runs.words import SKIPPED, told
from workflows.versions import graph_of

_HIDDEN_INPUTS = frozenset({"prompt", "system", "prompts", "retry"})
_AGENT_LOOKS = {
    AgentStatus.PENDING: NODE_LOOKS[NodeStatus.QUEUED],
    AgentStatus.RUNNING: NODE_LOOKS[NodeStatus.RUNNING],
    AgentStatus.COMPLETED: NODE_LOOKS[NodeStatus.COMPLETED],
    AgentStatus.FAILED: NODE_LOOKS[NodeStatus.FAILED],
    AgentStatus.UNKNOWN: Look("Answer unknown", "waiting", "circle-alert"),
}


@dataclass(frozen=True, slots=True)
class Call:
    """One agent's job as its row shows it."""

    job: AgentJob
    look: Look

    @property
    def tries(self) -> int:
        """How many provider calls it took."""
        return len(self.job.calls)

    @property
    def seconds(self) -> float | None:
        """How long its calls took."""
        return None if self.job.latency_ms is None else self.job.latency_ms / 1000


@dataclass(frozen=True, slots=True)
class Round:
    """An earlier round: a reviewer asked for changes after it."""

    number: int
    made: tuple[Made, ...]


@dataclass(frozen=True, slots=True)
class Detail:
    """One step in one lane."""

    node: Node
    run: NodeRun
    row: StepRow
    look: Look
    words: str
    took: float | None
    since: float | None
    lanes: tuple[tuple[str, str, Look], ...]
    """(lane, name, look) of all lanes; empty outside lanes."""
    lane_name: str
    prompts: tuple[str, ...]
    system: str
    inputs: tuple[tuple[str, str], ...]
    made: tuple[Made, ...]
    values: tuple[tuple[str, str], ...]
    """What else it gave: a branch, a decision, a count."""
    document_id: int | None
    calls: tuple[Call, ...]
    events: tuple[tuple[ExecutionEvent, str], ...]
    """(event, its words), oldest first."""
    rounds: tuple[Round, ...]
    mending: Mending | None
    """What can be done about it, where it has failed and the run can still go on."""

    @property
    def type_name(self) -> str:
        """What its type is called."""
        kind = registry.catalog.get(self.node.type)
        return kind.label if kind else self.node.type

    @property
    def why(self) -> str:
        """Why it was skipped."""
        return SKIPPED.get(self.row.skip_reason, SKIPPED["branch"])


def read_detail(execution: WorkflowExecution, key: str, lane: str) -> Detail | None:
    """A step of a run; the first lane where none is named. None when there is no such step.

    A step inside a container that has not opened yet has no row: it is shown as pending.
    """
    runs = NodeRun.objects.filter(execution_id=execution.pk, key=key).order_by("pk")
    siblings = [_sibling(*values) for values in runs.values_list("pk", "lane", "status", "item")]
    chosen = next((one for one in siblings if not lane or one.lane == lane), None)
    node = graph_of(execution.version_id).by_key.get(key)
    if chosen is not None:
        run = runs.get(pk=chosen.pk)
        run.execution = execution
    elif node is not None and not lane:
        run = NodeRun(execution=execution, key=key, type=node.type)
    else:
        return None
    return _detail(
        node or Node(key, run.type, run.label), run, [one for one in siblings if one.lane]
    )


def _sibling(pk: int, lane: str, status: str, item: Any) -> StepRow:
    return StepRow(pk=pk, key="", lane=lane, status=NodeStatus(status), item=item)


def _detail(node: Node, run: NodeRun, siblings: Sequence[StepRow]) -> Detail:
    row, output = _row(run), run.output or {}
    jobs = AgentJob.objects.filter(node_run_id=run.pk or 0).order_by("round", "index", "attempt")
    latest = {job.index: job for job in jobs if job.round == run.round}
    agents = [
        AgentRow(job.pk, run.pk, job.index, AgentStatus(job.status)) for job in latest.values()
    ]
    count, can_mend = AgentCount.of(agents), _can_mend(run)
    took, now = took_of([row]), timezone.now()
    start = began(row) if row.status == NodeStatus.RUNNING else None
    used = run.input or {}
    events = (
        ExecutionEvent.objects.filter(node_run_id=run.pk or 0)
        .select_related("actor")
        .order_by("pk")
    )
    document_id = output.get("document_id")
    return Detail(
        node=node,
        run=run,
        row=row,
        look=NODE_LOOKS[row.status],
        words=step_words(row, count, took),
        took=took,
        since=(now - start).total_seconds() if start else None,
        lanes=tuple((one.lane, item_name(one), NODE_LOOKS[one.status]) for one in siblings),
        lane_name=item_name(row) if run.lane else "",
        prompts=tuple(used.get("prompts") or filter(None, [used.get("prompt")])),
        system=str(used.get("system") or ""),
        inputs=tuple(values_of(used, _HIDDEN_INPUTS)),
        made=tuple(made_of(node, output) or made_by(node, latest.values())),
        values=tuple(values_of(output, _OUTPUTS)) if row.status not in _EARLY else (),
        document_id=document_id if isinstance(document_id, int) else None,
        calls=tuple(Call(job, _AGENT_LOOKS[AgentStatus(job.status)]) for job in jobs),
        events=tuple((event, told(event)) for event in events),
        rounds=tuple(
            Round(past.get("round", 0), tuple(made_of(node, past.get("output") or {})))
            for past in run.history
        ),
        mending=mending_of(node.type, count, None) if can_mend else None,
    )


def _can_mend(run: NodeRun) -> bool:
    status = ExecutionStatus(run.execution.status)
    return run.status == NodeStatus.FAILED and status in LEGAL[Control.RETRY]


_EARLY = frozenset({NodeStatus.PENDING, NodeStatus.QUEUED, NodeStatus.RUNNING})
_OUTPUTS = frozenset(
    {"text", "variants", "images", "image", "lanes", "items", "finished", "document_id",
     "attachment_ids", "with_items"}
)  # fmt: skip


def _row(run: NodeRun) -> StepRow:
    output = run.output or {}
    return StepRow(
        pk=run.pk,
        key=run.key,
        lane=run.lane,
        status=NodeStatus(run.status),
        attempt=run.attempt,
        round=run.round,
        wait_for=run.wait_for,
        skip_reason=run.skip_reason,
        handles=run.handles,
        queued_at=run.queued_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        error=run.error,
        item=run.item,
        facts={name: output[name] for name in ("branch", "decision") if name in output},
    )
