"""The statuses of a run's steps, as the bar of segments shows them."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Min, Q

from workflows.engine.states import NodeStatus
from workflows.models import NodeRun
from workflows.runs.looks import foremost


def read_segments(run_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """By run: one status for each step, whatever its lanes; one query."""
    rows = NodeRun.objects.filter(~Q(type="parallel"), execution_id__in=run_ids)
    grouped = rows.values("execution_id", "key").annotate(
        statuses=ArrayAgg("status", distinct=True), first=Min("pk")
    )
    found: dict[int, list[str]] = {}
    for row in grouped.order_by("execution_id", "first"):
        status = foremost(NodeStatus(one) for one in row["statuses"])
        found.setdefault(row["execution_id"], []).append(status.value)
    return {run: tuple(statuses) for run, statuses in found.items()}
