"""Sends work back: the named step and all between it and the review run again."""

from __future__ import annotations

from workflows.engine.states import NodeStatus
from workflows.executions.advance import advance
from workflows.executions.effects import restart
from workflows.executions.moves import event
from workflows.graph.model import Graph
from workflows.graph.order import ancestors
from workflows.models import NodeRun, WorkflowExecution
from workflows.versions import graph_of
from workspaces.models import User


def revise(
    execution: WorkflowExecution, review: NodeRun, key: str, comment: str, user: User | None
) -> None:
    """Start the next round with the comment as ``feedback``; side branches stay.

    The caller holds the execution's lock. Inside a lane, the lane's own steps run again; a
    review outside sends back the step in every lane.
    """
    graph = graph_of(execution.version_id)
    keys = affected(graph, key, review.key)
    rows = NodeRun.objects.filter(execution_id=execution.pk, key__in=keys).order_by("pk")
    if review.lane:
        rows = rows.filter(lane=review.lane)
    for row in rows:
        if row.status != NodeStatus.PENDING:
            restart(row, round=row.round + 1, feedback=comment)
    note = event(
        execution.pk,
        "review.changes_requested",
        node_run_id=review.pk,
        actor_id=user.pk if user else None,
        comment=comment,
        round=review.round,
    )
    advance(execution, note)


def affected(graph: Graph, revised: str, review: str) -> frozenset[str]:
    """Keys that run again: the named step, the review, and every step between them. Pure.

    A container between them runs again with all that it holds; the container around the named
    step opens again for what follows the step inside it.
    """
    above = ancestors(graph)
    between = {key for key in above[review] if revised in above[key]}
    found = {revised, review, *between}
    parent = graph.by_key[revised].parent
    if parent is not None and graph.by_key[review].parent != parent:
        found.add(parent)
    for key in list(found):
        if key != parent:
            found |= {child.key for child in graph.children.get(key, ())}
    return frozenset(found)
