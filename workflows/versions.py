"""Saving a graph as a version of a template, and reading it back."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Max

from workflows.graph.model import Edge, Graph, Node
from workflows.graph.parse import content_hash
from workflows.models import WorkflowEdge, WorkflowNode, WorkflowTemplate, WorkflowVersion
from workspaces.models import User


@transaction.atomic
def save_version(
    template: WorkflowTemplate,
    graph: Graph,
    *,
    author: User | None = None,
    note: str = "",
    canvas_notes: list[Any] | None = None,
) -> WorkflowVersion:
    """Make the graph the template's current version; a save that changes nothing makes none.

    Takes the template's row lock, so that two saves get two numbers.
    """
    template = WorkflowTemplate.objects.select_for_update().get(pk=template.pk)
    current = template.current_version
    digest = content_hash(graph)
    notes = canvas_notes if canvas_notes is not None else (current.canvas_notes if current else [])
    if current is not None and current.content_hash == digest and current.canvas_notes == notes:
        return current
    newest = template.versions.aggregate(newest=Max("number"))["newest"] or 0
    version = _write(template, graph, digest, newest + 1, author, note, notes)
    template.current_version = version
    template.draft = None
    template.save(update_fields=["current_version", "draft", "updated_at"])
    return version


@transaction.atomic
def pin_draft(
    template: WorkflowTemplate, graph: Graph, *, author: User | None = None
) -> WorkflowVersion:
    """Write an unnumbered version for a test run of a draft."""
    return _write(template, graph, content_hash(graph), None, author, "", [])


def _write(
    template: WorkflowTemplate,
    graph: Graph,
    digest: str,
    number: int | None,
    author: User | None,
    note: str,
    canvas_notes: list[Any],
) -> WorkflowVersion:
    version = WorkflowVersion.objects.create(
        template=template,
        number=number,
        author=author,
        note=note,
        content_hash=digest,
        canvas_notes=canvas_notes,
    )
    _write_rows(version, graph)
    return version


def _write_rows(version: WorkflowVersion, graph: Graph) -> None:
    WorkflowNode.objects.bulk_create(
        WorkflowNode(
            version=version,
            key=node.key,
            type=node.type,
            label=node.label,
            config=dict(node.config),
            position_x=node.position[0],
            position_y=node.position[1],
            parent=node.parent or "",
        )
        for node in graph.nodes
    )
    WorkflowEdge.objects.bulk_create(
        WorkflowEdge(
            version=version,
            source=edge.source,
            source_handle=edge.source_handle,
            target=edge.target,
        )
        for edge in graph.edges
    )


@lru_cache(maxsize=512)
def graph_of(version_id: int) -> Graph:
    """The graph of a version; kept in the process, for a version never changes."""
    nodes = WorkflowNode.objects.filter(version_id=version_id).order_by("id")
    edges = WorkflowEdge.objects.filter(version_id=version_id).order_by("id")
    return Graph(
        nodes=tuple(
            Node(
                key=node.key,
                type=node.type,
                label=node.label,
                config=node.config,
                position=(node.position_x, node.position_y),
                parent=node.parent or None,
            )
            for node in nodes
        ),
        edges=tuple(Edge(edge.source, edge.target, edge.source_handle) for edge in edges),
    )
