"""How often templates have run in a workspace, how long that took and what it cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Aggregate, Count, FloatField, Q

from workflows.engine.states import ExecutionStatus
from workflows.models import WorkflowExecution
from workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Usage:
    """The runs of one template."""

    runs: int = 0
    seconds: float | None = None
    """The median of active time; None before a run has completed."""
    cost: Decimal | None = None
    """The median in US dollars, of the runs whose every call has a known price."""


class Median(Aggregate):
    """The middle value."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def usage_of(workspace: Workspace, template_ids: Iterable[int]) -> dict[int, Usage]:
    """By template; one query."""
    done = Q(status=ExecutionStatus.COMPLETED)
    rows = WorkflowExecution.objects.filter(
        workspace=workspace, version__template__in=list(template_ids)
    ).order_by()
    found = rows.values_list("version__template").annotate(
        runs=Count("pk"),
        seconds=Median("active_seconds", filter=done),
        cost=Median("cost", filter=done & Q(unpriced_calls=0)),
    )
    return {
        template: Usage(runs, seconds, None if cost is None else Decimal(str(cost)))
        for template, runs, seconds, cost in found
    }
