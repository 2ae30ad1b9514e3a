"""A project: the documents in it, and the runs that were launched for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from documents.selectors.documents import document_cards
from workflows.models import WorkflowExecution
from workflows.runs.looks import run_look
from workflows.views.library.workflow import RunLine
from workspaces.access import Action
from workspaces.models import Project, Workspace
from workspaces.pages import PageRequest, page
from workspaces.views.projects import find_project

RUNS = 25


@page(Action.VIEW)
def project_documents(request: PageRequest, project_id: int) -> HttpResponse:
    """What was written for it, the last changed first."""
    workspace = request.access.workspace
    project = find_project(workspace, project_id)
    found = document_cards(workspace, project=project.pk)
    context = {"tab": "documents", "found": found, "cards": found.rows}
    return _show(request, project, context)


@page(Action.VIEW)
def project_runs(request: PageRequest, project_id: int) -> HttpResponse:
    """What ran for it, the newest first."""
    workspace = request.access.workspace
    project = find_project(workspace, project_id)
    context = {"tab": "runs", "runs": _runs(workspace, project)}
    return _show(request, project, context)


def _show(request: PageRequest, project: Project, context: dict[str, Any]) -> HttpResponse:
    base = {"here": "projects", "project": project}
    return render(request, "workspaces/project.html", base | context)


def _runs(workspace: Workspace, project: Project) -> Sequence[RunLine]:
    rows = WorkflowExecution.objects.filter(workspace=workspace, project=project)
    rows = rows.select_related("version__template", "launched_by")
    rows = rows.defer("inputs", "error", "version__template__draft", "version__canvas_notes")
    return [
        RunLine(run, run_look(run.status, waiting=run.waiting, active_since=run.active_since))
        for run in rows.order_by("-pk")[:RUNS]
    ]
