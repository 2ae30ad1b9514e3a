"""One workflow: what it does, whether it can run, its latest runs."""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import CycleError

from django.http import HttpResponse
from django.shortcuts import render

from workflows.engine.states import Look
from workflows.executions.launch import check_graph
from workflows.graph.model import Graph, Issue, Node
from workflows.graph.order import topological_order
from workflows.models import WorkflowExecution, WorkflowTemplate
from workflows.runs.drawing import Box, Drawing, drawing_of
from workflows.runs.looks import run_look
from workflows.versions import graph_of
from workflows.views.library.find import find_workflow
from workspaces.access import Action
from workspaces.models import Workspace
from workspaces.pages import PageRequest, page

RUNS = 8


@dataclass(frozen=True, slots=True)
class DrawnNode:
    """A step where it stands in the drawing."""

    box: Box
    node: Node


@dataclass(frozen=True, slots=True)
class Overview:
    """The graph of a version as a page shows it."""

    drawing: Drawing
    nodes: tuple[DrawnNode, ...]
    """Containers before what stands in them."""
    steps: tuple[Node, ...]
    """In the order in which they run."""
    questions: tuple[dict[str, object], ...]
    """What the brief asks."""


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run of the workflow."""

    run: WorkflowExecution
    look: Look


@page(Action.VIEW)
def workflow_page(request: PageRequest, workflow_id: int) -> HttpResponse:
    """The current version, what is wrong with it, and how it has run."""
    workspace = request.access.workspace
    workflow = find_workflow(workspace, workflow_id)
    version = workflow.current_version_id
    issues = check_graph(graph_of(version), workspace) if version else []
    context = {
        "here": "workflows",
        "tab": "overview",
        "workflow": workflow,
        "overview": overview_of(version) if version else None,
        "errors": [issue for issue in issues if issue.severity == "error"],
        "warnings": [issue for issue in issues if issue.severity == "warning"],
        "labels": _labels(version, issues) if version else {},
        "runs": latest_runs(workspace, workflow),
    }
    return render(request, "workflows/workflow.html", context)


def overview_of(version_id: int) -> Overview:
    """The graph of a version, drawn and in order."""
    graph, drawing = graph_of(version_id), drawing_of(version_id)
    brief = next((node for node in graph.nodes if node.type == "brief"), None)
    return Overview(
        drawing=drawing,
        nodes=tuple(DrawnNode(box, graph.by_key[box.key]) for box in drawing.boxes),
        steps=tuple(graph.by_key[key] for key in ordered(graph)),
        questions=tuple(brief.config.get("fields", ())) if brief else (),
    )


def ordered(graph: Graph) -> list[str]:
    """The keys in the order in which they run; as drawn while steps wait for each other."""
    try:
        return topological_order(graph)
    except CycleError:
        return list(graph.by_key)


def latest_runs(workspace: Workspace, workflow: WorkflowTemplate) -> list[RunLine]:
    """The newest runs of any of its versions; one query."""
    rows = WorkflowExecution.objects.filter(workspace=workspace, version__template=workflow)
    rows = rows.select_related("launched_by", "version").defer("inputs", "error")
    return [
        RunLine(run, run_look(run.status, waiting=run.waiting, active_since=run.active_since))
        for run in rows.order_by("-pk")[:RUNS]
    ]


def _labels(version_id: int, issues: list[Issue]) -> dict[str, str]:
    """Names of the steps that the issues are about."""
    nodes = graph_of(version_id).by_key
    named = {issue.node for issue in issues if issue.node}
    return {key: nodes[key].label or key for key in named if key in nodes}
