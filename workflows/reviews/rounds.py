"""One review with all its rounds. Queries alone."""

from __future__ import annotations

from workflows.models import ReviewDecision, ReviewTask
from workspaces.models import Workspace


def find_task(workspace: Workspace, pk: int) -> ReviewTask | None:
    """The review with its step and run; None when the workspace has none of that number."""
    rows = ReviewTask.objects.filter(pk=pk, node_run__execution__workspace=workspace)
    heavy = ("node_run__input", "node_run__output", "node_run__history")
    return rows.select_related("node_run__execution__launched_by").defer(*heavy).first()


def rounds_of(task: ReviewTask) -> list[ReviewTask]:
    """Every round of the task's step in this run, oldest first, with who decided it."""
    rows = ReviewTask.objects.filter(node_run_id=task.node_run_id)
    return list(rows.select_related("decision__user").order_by("round"))


def decision_of(task: ReviewTask) -> ReviewDecision | None:
    """What was decided, if anything was."""
    return getattr(task, "decision", None)
