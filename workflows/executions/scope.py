"""The variables that a step sees: the brief, the steps above it, its lane, the day."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from workflows.engine.states import NodeStatus
from workflows.executions import lanes
from workflows.graph.bindings import parse_path, references
from workflows.graph.model import Graph, Node
from workflows.models import NodeRun, WorkflowExecution
from workflows.nodes import registry


def build_scope(
    execution: WorkflowExecution, graph: Graph, node: Node, run: NodeRun
) -> dict[str, Any]:
    """Plain values only: dict, list, str, number, bool, None.

    Holds the outputs of the steps that the config names, no others. A step that was skipped has
    its declared outputs with nothing in them, so that a text below a join can name both sides
    and a condition on either is false.
    """
    scope: dict[str, Any] = {
        "brief": execution.inputs,
        "nodes": _outputs(execution, graph, node, run.lane),
        "workspace": {"name": execution.workspace.name},
        "project": {"name": execution.project.name if execution.project else ""},
        "today": timezone.localdate().isoformat(),
        "feedback": run.feedback,
    }
    if run.lane:
        assert node.parent is not None
        scope |= {"item": run.item, "index": int(run.lane)}
        name = graph.by_key[node.parent].config.get("item_name") or "item"
        scope[name] = run.item
    return scope


def _outputs(execution: WorkflowExecution, graph: Graph, node: Node, lane: str) -> dict[str, Any]:
    wanted = _named_steps(node) & graph.by_key.keys()
    if not wanted:
        return {}
    containers = {graph.by_key[key].parent for key in wanted} - {None}
    rows = NodeRun.objects.filter(execution_id=execution.pk, key__in=wanted | containers)
    by_key: dict[str, list[NodeRun]] = {}
    for row in rows:
        by_key.setdefault(row.key, []).append(row)
    found: dict[str, Any] = {}
    for key in wanted:
        named, own = graph.by_key[key], lane if _siblings(graph, key, node) else ""
        output = _output_of(graph, named, by_key, own)
        found[key] = output if output is not None else _nothing(named)
    return found


def _nothing(node: Node) -> dict[str, Any]:
    """The outputs of a step that made none."""
    return dict.fromkeys(registry.get(node.type).output_names(node.config) or ())


def _siblings(graph: Graph, key: str, node: Node) -> bool:
    return node.parent is not None and graph.by_key[key].parent == node.parent


def _output_of(
    graph: Graph, node: Node, rows: dict[str, list[NodeRun]], lane: str
) -> dict[str, Any] | None:
    runs = rows.get(node.key, [])
    if node.parent is not None and not lane and lanes.has_items(graph.by_key[node.parent]):
        container = next(iter(rows.get(node.parent, [])), None)
        if container is None or container.status != NodeStatus.COMPLETED:
            return None
        output = container.output or {}
        broken = {str(one["index"]) for one in output["lanes"] if one["status"] == "failed"}
        return lanes.joined(node, runs, len(output["items"]), frozenset(broken))
    run = next((row for row in runs if row.lane == lane), None)
    if run is None or run.status not in (NodeStatus.COMPLETED, NodeStatus.SKIPPED):
        return None
    if run.status == NodeStatus.SKIPPED:
        return {**_nothing(node), **(run.output or {})} if run.handles else None
    return run.output or {}


def _named_steps(node: Node) -> set[str]:
    """Keys after ``nodes.`` in every field that reads variables."""
    found: set[str] = set()
    for reference in registry.get(node.type).references(node.config):
        if reference.kind == "template":
            paths = [path.segments for path in references(reference.text)]
        elif reference.kind == "variable":
            paths = [parse_path(reference.text).segments]
        else:
            continue
        found |= {str(path[1]) for path in paths if len(path) > 1 and path[0] == "nodes"}
    return found
