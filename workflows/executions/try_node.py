"""Runs one step on data that the caller gives: for real, bounded, and without a run."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from workflows.executions.check import check_step
from workflows.executions.context import Context
from workflows.executions.run import as_node_error, filled_config
from workflows.executions.trial import Trial, TriedCall
from workflows.graph.model import Issue
from workflows.models import WorkflowExecution
from workflows.nodes import registry
from workflows.nodes.base import NodeConfig, NodeResult, NodeType
from workflows.providers.base import Deadline, ProviderError
from workspaces.models import User, Workspace

MAX_CALLS = 4
"""Agents of one try; a step that asks for more is tried with so many."""
SECONDS = 60.0


class TryRefused(Exception):
    """The step cannot be tried as it is; ``issues`` names every reason."""

    def __init__(self, issues: list[Issue]) -> None:
        super().__init__("; ".join(issue.message for issue in issues))
        self.issues = issues


@dataclass(frozen=True, slots=True)
class Tried:
    """What the step gave, what it would do, and what it took."""

    output: Mapping[str, Any]
    handles: tuple[str, ...]
    effect: Mapping[str, Any] | None
    """What a run would do next, such as save a document; nothing of it was done."""
    rendered: Mapping[str, Any]
    """The config as it ran, with ``prompts`` where agents were asked."""
    calls: tuple[TriedCall, ...]
    limited_to: int | None
    """How many agents were asked, where the step wants more than a try may."""
    seconds: float

    @property
    def cost(self) -> Decimal | None:
        """US dollars; None where the price of a call is unknown."""
        costs = [call.cost for call in self.calls]
        return None if None in costs else sum((cost or Decimal(0) for cost in costs), Decimal(0))

    @property
    def tokens(self) -> int:
        """Tokens that the services told of."""
        return sum((one.prompt_tokens or 0) + (one.completion_tokens or 0) for one in self.calls)


def try_node(
    *,
    type: str,
    config: Mapping[str, Any],
    context: Mapping[str, Any],
    workspace: Workspace,
    user: User | None,
) -> Tried:
    """Run a step with ``context`` as its variables: ``{brief, nodes, item, index, feedback}``.

    Pictures are stored as images of the workspace. Raises ``TryRefused`` for a bad config,
    ``NodeError`` when the step or its provider fails.
    """
    began = time.monotonic()
    issues = [one for one in check_step(type, config, workspace.pk) if one.severity == "error"]
    if issues:
        raise TryRefused(issues)
    kind = registry.get(type)
    scope = _scope(context, workspace)
    ready, limited_to = _bounded(filled_config(kind, config, scope))
    trial = Trial(workspace, user, type, Deadline(SECONDS))
    result = _run(kind, ready, scope, trial)
    rendered = ready.model_dump(mode="json")
    if trial.prompts:
        rendered["prompts"] = trial.prompts
    effect = result.effect
    return Tried(
        output=result.output,
        handles=result.handles,
        effect=None if effect is None else {"kind": _kind(effect), **asdict(effect)},
        rendered=rendered,
        calls=tuple(trial.calls),
        limited_to=limited_to,
        seconds=round(time.monotonic() - began, 2),
    )


def _scope(context: Mapping[str, Any], workspace: Workspace) -> dict[str, Any]:
    usual = {
        "brief": {},
        "nodes": {},
        "workspace": {"name": workspace.name},
        "project": {"name": ""},
        "today": timezone.localdate().isoformat(),
        "feedback": "",
    }
    return {**usual, **context}


def _bounded(config: NodeConfig) -> tuple[NodeConfig, int | None]:
    if getattr(config, "quantity", 1) <= MAX_CALLS:
        return config, None
    return config.model_copy(update={"quantity": MAX_CALLS}), MAX_CALLS


def _run(
    kind: NodeType[Any], config: NodeConfig, scope: Mapping[str, Any], trial: Trial
) -> NodeResult:
    context = Context(
        execution=WorkflowExecution(workspace=trial.workspace),
        key="step",
        lane="",
        round=1,
        feedback=str(scope["feedback"] or ""),
        scope=scope,
        agents=trial.run,
    )
    try:
        return kind.run(config, context)
    except ProviderError as error:
        raise as_node_error(error) from error


def _kind(effect: object) -> str:
    """``SaveDocument`` as ``save_document``."""
    name = effect.__class__.__name__
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]
