"""The JSON of workflows and their versions."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from workflows.api.graph_shapes import CanvasNote, Edge, EdgesField, Issue, Node, NodesField
from workflows.executions.launch import check_graph
from workflows.graph.model import Graph
from workflows.graph.model import Issue as GraphIssue
from workflows.graph.parse import to_json
from workflows.models import WorkflowTemplate, WorkflowVersion
from workflows.templates import NotEditable, check_editable, draft_graph, no_version
from workflows.versions import graph_of
from workspaces.api.serializers import StrictSerializer
from workspaces.models import User, Workspace

SCOPES = ["global", "workspace"]


class TemplateRow(serializers.Serializer[WorkflowTemplate]):
    """A workflow in a list."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    slug = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    category = serializers.CharField(allow_blank=True)
    tags = serializers.ListField(child=serializers.CharField())
    scope = serializers.SerializerMethodField(
        help_text="`global`: of the gallery, visible to all; `workspace`: the workspace's own."
    )
    version = serializers.IntegerField(
        source="current_version.number", allow_null=True, default=None
    )
    cloned_from = serializers.IntegerField(
        source="cloned_from.template_id",
        allow_null=True,
        default=None,
        help_text="The id of the workflow that this is a copy of.",
    )
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    def get_scope(self, row: WorkflowTemplate) -> str:
        """Whose it is."""
        return "workspace" if row.workspace_id else "global"


class Draft(serializers.Serializer[Any]):
    """A graph that was saved beside the current version."""

    nodes = Node(many=True)
    edges = Edge(many=True)
    canvas_notes = CanvasNote(many=True)


class Template(TemplateRow):
    """A workflow with its graph."""

    nodes = Node(many=True)
    edges = Edge(many=True)
    canvas_notes = CanvasNote(many=True)
    issues = Issue(many=True, help_text="What is wrong with the current version.")
    launchable = serializers.BooleanField(help_text="Whether no issue is an error.")
    draft = Draft(allow_null=True, help_text="Null when it is as the current version is.")
    editable = serializers.BooleanField(
        help_text="False for a global template, unless you are staff: clone it first."
    )


class DraftSaved(serializers.Serializer[Any]):
    """A draft as it was kept."""

    draft = Draft(allow_null=True, help_text="Null when it is as the current version is.")
    issues = Issue(many=True, help_text="What is wrong with the draft.")
    launchable = serializers.BooleanField()


class VersionRow(serializers.Serializer[WorkflowVersion]):
    """One saved state of a workflow."""

    number = serializers.IntegerField()
    note = serializers.CharField(allow_blank=True)
    author = serializers.StringRelatedField[Any](allow_null=True)
    current = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    def get_current(self, row: WorkflowVersion) -> bool:
        """Whether runs are launched from it."""
        return bool(row.pk == row.template.current_version_id)


class Version(VersionRow):
    """A version with its graph."""

    nodes = Node(many=True)
    edges = Edge(many=True)
    canvas_notes = CanvasNote(many=True)


class _Graph(StrictSerializer):
    nodes = NodesField(required=False)
    edges = EdgesField(required=False)
    canvas_notes = serializers.ListField(child=CanvasNote(), required=False, max_length=100)


class TemplateBody(_Graph):
    """A new workflow."""

    name = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=100_000, required=False, allow_blank=True)
    category = serializers.RegexField(
        r"^[-a-zA-Z0-9_]{0,40}$", required=False, allow_blank=True, help_text="A slug."
    )
    tags = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=30, required=False
    )


class TemplateChange(TemplateBody):
    """A changed workflow; what is left out stays, but `nodes` and `edges` go together."""

    name = serializers.CharField(max_length=200, required=False)
    note = serializers.CharField(
        max_length=500, required=False, allow_blank=True, help_text="Kept with the version."
    )


class DraftBody(_Graph):
    """A graph to keep beside the current version."""

    nodes = NodesField()
    edges = EdgesField()


def present(template: WorkflowTemplate, workspace: Workspace, user: User) -> dict[str, Any]:
    """The workflow as ``Template`` has it."""
    version, may_edit = template.current_version, editable(template, user)
    graph = graph_of(version.pk) if version else Graph()
    issues = check_graph(graph, workspace) if version else [no_version()]
    return {
        **TemplateRow(template).data,
        **to_json(graph),
        "canvas_notes": version.canvas_notes if version else [],
        **_judged(issues),
        "draft": template.draft if may_edit else None,
        "editable": may_edit,
    }


def present_draft(template: WorkflowTemplate, workspace: Workspace) -> dict[str, Any]:
    """The draft as ``DraftSaved`` has it."""
    graph = draft_graph(template)
    issues = check_graph(graph, workspace) if graph is not None else [no_version()]
    return {"draft": template.draft, **_judged(issues)}


def present_version(version: WorkflowVersion) -> dict[str, Any]:
    """The version as ``Version`` has it."""
    graph = to_json(graph_of(version.pk))
    return {**VersionRow(version).data, **graph, "canvas_notes": version.canvas_notes}


def _judged(issues: list[GraphIssue]) -> dict[str, Any]:
    return {
        "issues": [issue.as_json() for issue in issues],
        "launchable": not any(issue.severity == "error" for issue in issues),
    }


def editable(template: WorkflowTemplate, user: User) -> bool:
    """Whether the person may change the workflow, as far as the workflow goes."""
    try:
        check_editable(template, user)
    except NotEditable:
        return False
    return True
