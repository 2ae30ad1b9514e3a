"""What a run was estimated to take; worked out when it is first looked at, then kept on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from workflows.executions.estimate import Estimate, estimate
from workflows.models import WorkflowExecution
from workflows.versions import graph_of


@dataclass(frozen=True, slots=True)
class Expected:
    """What a run will take in all; None where that is unknown."""

    calls: int | None
    cost: Decimal | None
    step_calls: Mapping[str, int | None]
    step_seconds: Mapping[str, float | None]
    call_costs: Mapping[str, Decimal]
    """What one call of a step costs, where that is known and not nothing."""


def expected_of(execution: WorkflowExecution) -> Expected:
    """Read what was kept; one query more, and those of an estimate, the first time."""
    if execution.expected is None:
        found = estimate(
            graph=graph_of(execution.version_id),
            inputs=execution.inputs,
            workspace=execution.workspace,
            project=execution.project,
        )
        execution.expected = _kept(found)
        WorkflowExecution.objects.filter(pk=execution.pk).update(expected=execution.expected)
    kept: dict[str, Any] = execution.expected
    return Expected(
        calls=kept["calls"],
        cost=None if kept["cost"] is None else Decimal(kept["cost"]),
        step_calls={key: step[0] for key, step in kept["steps"].items()},
        step_seconds={key: step[1] for key, step in kept["steps"].items()},
        call_costs={
            key: Decimal(step[2]) / step[0]
            for key, step in kept["steps"].items()
            if step[0] and len(step) > 2 and Decimal(step[2] or 0)
        },
    )


def _kept(found: Estimate) -> dict[str, Any]:
    return {
        "calls": found.agent_calls,
        "cost": None if found.cost is None else str(found.cost),
        "steps": {
            node.key: [
                node.agent_calls,
                node.seconds,
                None if node.cost is None else str(node.cost),
            ]
            for node in found.nodes
        },
    }
