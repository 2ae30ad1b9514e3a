"""The lanes of a Parallel container: opening them, reading them, gathering what they made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from workflows.engine.plan import Lanes
from workflows.engine.states import NodeStatus
from workflows.graph.model import Graph, Node
from workflows.models import NodeRun
from workflows.nodes import registry
from workflows.nodes.effects import OpenLanes


def new_run(execution_id: int, node: Node, lane: str = "", item: Any = None) -> NodeRun:
    """A pending row for one step in one lane, not yet written."""
    return NodeRun(
        execution_id=execution_id,
        key=node.key,
        lane=lane,
        type=node.type,
        label=node.label or node.key,
        item=item,
    )


def starts_at_launch(graph: Graph, node: Node) -> bool:
    """Whether a step has its row from the start; inside items its rows come with the lanes."""
    return node.parent is None or not has_items(graph.by_key[node.parent])


def has_items(container: Node) -> bool:
    """Whether a container runs its inside once per item."""
    return container.config.get("items") not in (None, "", [])


def opened(effect: OpenLanes) -> dict[str, Any]:
    """What a waiting container keeps of how it was opened, in its output."""
    return {
        "items": list(effect.items) if effect.items is not None else [],
        "item_name": effect.item_name,
        "max_parallel": effect.max_parallel,
        "on_item_error": effect.on_item_error,
        "with_items": effect.items is not None,
    }


def lane_rows(execution_id: int, graph: Graph, key: str, items: Sequence[Any]) -> list[NodeRun]:
    """Rows for every step inside the container, once per item, in item order."""
    return [
        new_run(execution_id, child, str(index), item)
        for index, item in enumerate(items)
        for child in graph.children.get(key, ())
    ]


def rules(output: Mapping[str, Any]) -> Lanes:
    """The planner's view of a container that waits on its lanes."""
    names = (
        tuple(str(index) for index in range(len(output["items"])))
        if output["with_items"]
        else ("",)
    )
    return Lanes(names, output["max_parallel"], output["on_item_error"] == "continue")


def gathered(
    output: Mapping[str, Any], children: Iterable[NodeRun], failed: Iterable[str]
) -> dict[str, Any]:
    """The output of a container that has settled: ``items, lanes, completed, failed``.

    ``lanes`` has one entry per item, in item order: ``{index, item, status, outputs}``.
    """
    items, broken = output["items"], set(failed)
    rows: dict[str, dict[str, Any]] = {}
    for child in children:
        rows.setdefault(child.lane, {})[child.key] = child.output
    lanes = [
        {
            "index": index,
            "item": item,
            "status": "failed" if str(index) in broken else "completed",
            "outputs": rows.get(str(index), {}),
        }
        for index, item in enumerate(items)
    ]
    return {"items": items, "lanes": lanes}


def joined(
    node: Node, runs: Sequence[NodeRun], items: int, broken: frozenset[str]
) -> dict[str, list[Any]]:
    """A lane step's outputs as steps outside see them: per name, a list in item order.

    A lane that failed, or that did not reach the step, is null.
    """
    by_lane = {run.lane: run for run in runs}
    outputs = [_output(by_lane.get(str(index)), broken) for index in range(items)]
    declared = registry.get(node.type).output_names(node.config) or frozenset()
    names = {*declared, *(name for output in outputs if output for name in output)}
    return {
        name: [output.get(name) if output is not None else None for output in outputs]
        for name in sorted(names)
    }


def _output(run: NodeRun | None, broken: frozenset[str]) -> Mapping[str, Any] | None:
    if run is None or run.lane in broken or run.status != NodeStatus.COMPLETED:
        return None
    return run.output or {}
