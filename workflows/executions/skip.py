"""Goes on past a failed step with what its agents had finished."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models.functions import Now

from workflows.engine.states import Control, Door, NodeStatus, SkipReason
from workflows.executions.advance import advance
from workflows.executions.broken import Broken, find, finished_of, reopen
from workflows.executions.decision import one_decision
from workflows.executions.lanes import gathered
from workflows.executions.moves import check_legal, event, lock, open_door
from workflows.graph.model import Graph
from workflows.models import ExecutionEvent, NodeRun, WorkflowExecution
from workflows.nodes import registry
from workflows.versions import graph_of
from workspaces.models import User


@one_decision
def skip(
    execution_id: int, *, key: str, lane: str | None = None, user: User | None
) -> WorkflowExecution:
    """Skip a failed step in one lane, or in all where it failed, and let the run go on.

    The step leaves by its ``out`` edge (a condition by ``else``, a review by ``approved``). A
    container is skipped whole: its finished lanes are its output. Raises ``NotNow``, also for a
    step that runs, and ``NoSuchStep``.
    """
    execution = lock(execution_id)
    check_legal(execution, Control.SKIP)
    graph = graph_of(execution.version_id)
    broken = find(execution, key, lane)
    whole = [row for row in broken.containers if row.key == key]
    inside = [row for row in broken.steps if row.key == key]
    around = [row for row in broken.containers if row.key != key]
    reopen(execution, Broken(tuple(inside), tuple(around)), Door.SKIP)
    open_door(Door.SKIP)
    actor = user.pk if user else None
    told: list[ExecutionEvent] = []
    for row in [*inside, *whole]:
        finished = finished_of(row)
        output = (
            _lanes_of(row, graph, execution)
            if row in whole
            else registry.get(row.type).gather(finished)
        )
        _leave(row, output, graph)
        told.append(
            event(
                execution.pk,
                "node.skipped",
                node_run_id=row.pk,
                actor_id=actor,
                reason=SkipReason.PERSON,
                kept=len(finished),
            )
        )
        told += _close(row, graph)
    advance(execution, *told)
    return execution


def _close(row: NodeRun, graph: Graph) -> list[ExecutionEvent]:
    """Skip what had not begun inside a container that is skipped, opened or not."""
    keys = [child.key for child in graph.children.get(row.key, ())]
    inside = NodeRun.objects.filter(execution_id=row.execution_id, key__in=keys)
    ids = list(inside.filter(status=NodeStatus.PENDING).order_by("pk").values_list("pk", flat=True))
    NodeRun.objects.filter(pk__in=ids).update(
        status=NodeStatus.SKIPPED, skip_reason=SkipReason.PERSON, finished_at=Now(), handles=[]
    )
    return [
        event(row.execution_id, "node.skipped", node_run_id=pk, reason=SkipReason.PERSON)
        for pk in ids
    ]


def _leave(row: NodeRun, output: Mapping[str, Any], graph: Graph) -> None:
    kind, config = registry.get(row.type), graph.by_key[row.key].config
    NodeRun.objects.filter(pk=row.pk, status=NodeStatus.FAILED).update(
        status=NodeStatus.SKIPPED,
        skip_reason=SkipReason.PERSON,
        output=dict(output),
        handles=[kind.handle_when_skipped(config)],
        wait_for="",
        finished_at=Now(),
    )


def _lanes_of(row: NodeRun, graph: Graph, execution: WorkflowExecution) -> dict[str, Any]:
    """A container's output over the lanes that came through."""
    keys = [child.key for child in graph.children.get(row.key, ())]
    children = list(NodeRun.objects.filter(execution=execution, key__in=keys))
    unfinished = (NodeStatus.FAILED, NodeStatus.PENDING)
    bad = {child.lane for child in children if child.status in unfinished}
    lanes = {child.lane for child in children}
    output = gathered(row.output or {}, children, bad)
    return output | {"completed": len(lanes - bad), "failed": len(bad)}
