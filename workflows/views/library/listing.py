"""The workflows of the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import render

from workflows.engine.states import Look
from workflows.models import WorkflowExecution, WorkflowNode, WorkflowTemplate
from workflows.runs.looks import run_look
from workspaces.access import Action
from workspaces.models import Workspace
from workspaces.pages import PageRequest, page


@dataclass(frozen=True, slots=True)
class WorkflowRow:
    """One workflow in the list."""

    workflow: WorkflowTemplate
    steps: int
    run: WorkflowExecution | None
    """The latest."""

    @property
    def look(self) -> Look | None:
        """How the latest run stands."""
        run = self.run
        if run is None:
            return None
        return run_look(run.status, waiting=run.waiting, active_since=run.active_since)


@page(Action.VIEW)
def workflow_list(request: PageRequest) -> HttpResponse:
    """Every workflow of the workspace, the last changed first."""
    context = {"here": "workflows", "rows": workflow_rows(request.access.workspace)}
    return render(request, "workflows/workflow_list.html", context)


def workflow_rows(workspace: Workspace) -> list[WorkflowRow]:
    """Two queries."""
    runs = WorkflowExecution.objects.filter(version__template=OuterRef("pk"), workspace=workspace)
    nodes = WorkflowNode.objects.filter(version=OuterRef("current_version")).order_by()
    count = nodes.values("version").annotate(count=Count("pk")).values("count")
    rows = WorkflowTemplate.objects.filter(workspace=workspace, archived_at=None)
    found = list(
        rows.select_related("current_version")
        .defer("draft", "current_version__canvas_notes")
        .annotate(
            steps=Subquery(count, output_field=IntegerField()),
            last_run=Subquery(runs.order_by("-pk").values("pk")[:1]),
        )
        .order_by("-updated_at")
    )
    latest = _runs([row.last_run for row in found])
    return [WorkflowRow(row, row.steps or 0, latest.get(row.last_run)) for row in found]


def _runs(ids: list[int | None]) -> Mapping[int | None, WorkflowExecution]:
    wanted = [one for one in ids if one is not None]
    rows = WorkflowExecution.objects.filter(pk__in=wanted).defer("inputs", "error")
    return {row.pk: row for row in rows}
