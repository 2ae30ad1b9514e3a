"""Where a workflow is drawn: the page around the builder, and how a new workflow begins."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from workflows.graph.model import Graph, Node
from workflows.models import WorkflowTemplate
from workflows.nodes import registry
from workflows.selectors import visible_templates
from workflows.templates import create_template
from workflows.views.builder.data import builder_data
from workspaces.access import Action
from workspaces.pages import PageRequest, page


@page(Action.VIEW)
def builder(request: PageRequest, workflow_id: int) -> HttpResponse:
    """One workflow to draw; who may not change it, and everybody on a phone, reads it."""
    rows = visible_templates(request.access.workspace, request.user)
    workflow: WorkflowTemplate = get_object_or_404(rows, pk=workflow_id)
    context = {
        "here": "workflows",
        "workflow": workflow,
        "data": builder_data(workflow, request.access, request.user),
    }
    return render(request, "workflows/builder.html", context)


@page(Action.EDIT, "POST")
def new_workflow(request: PageRequest) -> HttpResponse:
    """A workflow with nothing but a brief, opened to be drawn."""
    workspace = request.access.workspace
    made = create_template(
        workspace=workspace, name="Untitled workflow", graph=blank(), author=request.user
    )
    return redirect("workflows:builder", workspace.slug, made.pk)


def blank() -> Graph:
    """What an empty canvas starts with."""
    roots = (kind for kind in registry.all_types() if kind.is_root)
    return Graph(
        tuple(Node("brief", kind.type, kind.label, kind.new_config(), (240, 40)) for kind in roots)
    )
