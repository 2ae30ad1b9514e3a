"""What a run will take: agent calls, tokens, money and time, before anything is sent.

Every branch is counted that the brief does not rule out, and neither second rounds nor the time
that people take. What cannot be known is None, never 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from django.utils import timezone

from workflows.executions.forecast import Scope, StepForecast, forecast, longest_way, rounds_of
from workflows.executions.inputs import resolve_inputs
from workflows.executions.rates import Rates
from workflows.graph.model import Graph, Issue
from workspaces.models import Project, Workspace

CURRENCY = "USD"
Number = TypeVar("Number", int, float, Decimal)


@dataclass(frozen=True, slots=True)
class NodeEstimate:
    """What one step will take, over all its lanes."""

    key: str
    label: str
    type: str
    agent_calls: int | None
    tokens: int | None
    cost: Decimal | None
    """US dollars."""
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run will take; None where that cannot be known."""

    steps: int
    """All that are drawn, those that the brief's answers skip among them."""
    agent_calls: int | None
    tokens: int | None
    cost: Decimal | None
    """US dollars."""
    currency: str
    seconds: float | None
    """From the first start to the last end; steps side by side count once."""
    nodes: tuple[NodeEstimate, ...]
    """In the order drawn."""
    issues: tuple[Issue, ...] = ()
    """What is wrong with the inputs (``field`` is ``inputs.<key>``); those count as not given."""


def estimate(
    *,
    graph: Graph,
    inputs: Mapping[str, Any],
    workspace: Workspace,
    project: Project | None = None,
    rates: Rates | None = None,
) -> Estimate:
    """Estimate a run of this graph, in whatever state: a draft or a half-filled brief too.

    Asks no service, and the database a few times however many steps there are. Whoever estimates
    many graphs hands the same ``rates`` to each.
    """
    values, issues = _values(graph, inputs, workspace)
    scope: Scope = {
        "brief": values,
        "workspace": {"name": workspace.name},
        "project": {"name": project.name if project else ""},
        "today": timezone.localdate().isoformat(),
        "feedback": "",
    }
    rates = rates or Rates(workspace)
    steps = forecast(graph, scope)
    lane_seconds = {step.node.key: _lane_seconds(step, rates) for step in steps}
    nodes = tuple(
        _node(step, rates, lane_seconds[step.node.key], _rounds(graph, step, scope))
        for step in steps
    )
    return Estimate(
        steps=len(nodes),
        agent_calls=_sum((node.agent_calls for node in nodes), 0),
        tokens=_sum((node.tokens for node in nodes), 0),
        cost=_sum((node.cost for node in nodes), Decimal(0)),
        currency=CURRENCY,
        seconds=_rounded(longest_way(graph, lane_seconds, scope)),
        nodes=nodes,
        issues=tuple(issues),
    )


def _values(
    graph: Graph, inputs: Mapping[str, Any], workspace: Workspace
) -> tuple[dict[str, Any], list[Issue]]:
    """The brief's values without those that are missing or wrong."""
    brief = next((node for node in graph.nodes if node.type == "brief"), None)
    if brief is None:
        return {}, []
    try:
        values, issues = resolve_inputs(brief.config, inputs, workspace)
    except ValueError:  # a brief that is only half drawn
        return {}, []
    wrong = {issue.field for issue in issues}
    return {key: value for key, value in values.items() if f"inputs.{key}" not in wrong}, issues


def _lane_seconds(step: StepForecast, rates: Rates) -> float | None:
    if step.asks is None or step.is_skipped:
        return 0.0 if step.is_skipped else None
    return max((rates.seconds(ask) for ask in step.asks), default=rates.own_work)


def _rounds(graph: Graph, step: StepForecast, scope: Scope) -> int | None:
    return 0 if step.is_skipped else rounds_of(graph, step.node, scope)


def _node(
    step: StepForecast, rates: Rates, seconds: float | None, rounds: int | None
) -> NodeEstimate:
    asks, node = step.asks, step.node
    return NodeEstimate(
        key=node.key,
        label=node.label or node.key,
        type=node.type,
        agent_calls=None if asks is None else sum(ask.calls for ask in asks),
        tokens=None if asks is None else _sum((rates.tokens(ask) for ask in asks), 0),
        cost=None if asks is None else _sum((rates.cost(ask) for ask in asks), Decimal(0)),
        seconds=None if seconds is None or rounds is None else _rounded(seconds * rounds),
    )


def _sum(parts: Iterable[Number | None], start: Number) -> Number | None:
    """The sum, or None where any part is unknown."""
    for part in parts:
        if part is None:
            return None
        start += part
    return start


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
