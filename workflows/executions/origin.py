"""Says where a document's text came from: a snapshot that outlives the run."""

from __future__ import annotations

from typing import Any

from workflows.engine.states import AgentStatus, Verdict
from workflows.graph.order import ancestors
from workflows.models import AgentJob, NodeRun, ReviewDecision, WorkflowExecution
from workflows.versions import graph_of


def origin(execution: WorkflowExecution, run: NodeRun) -> dict[str, Any]:
    """Ids of the run and its step, with the names that people know them by.

    ``models`` wrote the copy that the step could read, ``reviewers`` approved on the way to it.
    """
    upstream = ancestors(graph_of(execution.version_id)).get(run.key, frozenset())
    runs = NodeRun.objects.filter(execution=execution, key__in=upstream)
    if run.lane:
        runs = runs.filter(lane__in=["", run.lane])
    jobs = AgentJob.objects.filter(node_run__in=runs, kind=AgentJob.Kind.COPY)
    models = jobs.filter(status=AgentStatus.COMPLETED).exclude(model="")
    decisions = ReviewDecision.objects.filter(
        task__node_run__in=runs, verdict=Verdict.APPROVE, user__isnull=False
    )
    people = {one.user for one in decisions.select_related("user") if one.user}
    return {
        "execution": execution.pk,
        "run": execution.title,
        "node": run.key,
        "step": run.label or run.key,
        "lane": run.lane,
        "round": run.round,
        "models": sorted(set(models.values_list("model", flat=True))),
        "reviewers": [
            {"id": user.pk, "name": str(user)} for user in sorted(people, key=lambda one: one.pk)
        ],
    }
