"""How long agents usually take, as the latest runs of a workspace tell."""

from __future__ import annotations

from statistics import median

from workflows.engine.states import AgentStatus
from workflows.models import AgentJob, WorkflowExecution

_RUNS = 50
_JOBS = 1_000
Work = tuple[str, str, str]
"""(kind, provider, model)."""


def usual_seconds(workspace_id: int) -> dict[Work, float]:
    """The median of one agent's time by kind, provider and model, from the latest 50 runs."""
    latest = WorkflowExecution.objects.filter(workspace=workspace_id).order_by("-pk")[:_RUNS]
    jobs = AgentJob.objects.filter(
        node_run__execution__in=latest.values("pk"),
        status=AgentStatus.COMPLETED,
        latency_ms__isnull=False,
    )
    found: dict[Work, list[int]] = {}
    rows = jobs.order_by("-pk").values_list("kind", "provider", "model", "latency_ms")[:_JOBS]
    for kind, provider, model, latency in rows:
        found.setdefault((kind, provider, model), []).append(latency or 0)
    return {work: median(times) / 1000 for work, times in found.items()}
