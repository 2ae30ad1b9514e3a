"""The history of a workflow: every version can be seen and brought back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from workflows.models import WorkflowTemplate, WorkflowVersion
from workflows.templates import restore_version
from workflows.views.library.find import find_workflow
from workflows.views.library.workflow import overview_of
from workspaces.access import Action
from workspaces.pages import PageRequest, page


@page(Action.VIEW)
def version_list(request: PageRequest, workflow_id: int) -> HttpResponse:
    """Every saved version, newest first."""
    workflow = find_workflow(request.access.workspace, workflow_id)
    rows = workflow.versions.filter(number__isnull=False).select_related("author")
    context = {
        "here": "workflows",
        "tab": "versions",
        "workflow": workflow,
        "versions": list(rows.defer("canvas_notes").order_by("-number")),
    }
    return render(request, "workflows/version_list.html", context)


@page(Action.VIEW)
def version_page(request: PageRequest, workflow_id: int, number: int) -> HttpResponse:
    """One version as it was saved."""
    workflow = find_workflow(request.access.workspace, workflow_id)
    version = _find(workflow, number)
    context = {
        "here": "workflows",
        "tab": "versions",
        "workflow": workflow,
        "version": version,
        "overview": overview_of(version.pk),
    }
    return render(request, "workflows/version.html", context)


@page(Action.EDIT, "POST")
def restore(request: PageRequest, workflow_id: int, number: int) -> HttpResponse:
    """Make the version's graph the newest version; runs keep the version they have."""
    workflow = find_workflow(request.access.workspace, workflow_id)
    version = _find(workflow, number)
    before = workflow.current_version_id
    restored = restore_version(workflow, version, author=request.user)
    if restored.current_version_id == before:
        messages.info(request, f"Version {number} is the same as the current one.")
    else:
        messages.success(request, f"Version {number} is back, as the newest version.")
    return redirect("workflows:workflow", request.access.workspace.slug, workflow_id)


def _find(workflow: WorkflowTemplate, number: int) -> WorkflowVersion:
    found = workflow.versions.select_related("author").filter(number=number).first()
    if found is None:
        raise Http404("There is no such version.")
    return found
