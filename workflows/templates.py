"""Making and changing workflows: saved, drafted, restored, archived.

Every change takes the template's row lock. A ``guard`` is called under it, before anything is
written; what it raises keeps the change from happening.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from workflows.graph.model import Graph, Issue, Limits, Node
from workflows.graph.parse import GraphParseError, parse, refuse_twins, to_json
from workflows.interchange import create_with_free_slug
from workflows.models import WorkflowTemplate, WorkflowVersion
from workflows.versions import graph_of, save_version
from workspaces.api.etags import etag
from workspaces.models import User, Workspace

Guard = Callable[[WorkflowTemplate], None]
FIELDS = ("name", "description", "category", "tags")


class NotEditable(Exception):
    """A global template, which only staff may change; the text says the way out."""

    def __init__(self) -> None:
        super().__init__(
            "This template is shared by all workspaces and only staff may change it. "
            "Clone it first and change the copy."
        )


def read_graph(data: Mapping[str, Any], workspace: Workspace) -> Graph:
    """The graph of ``{nodes, edges}`` within the workspace's limits. Raises ``GraphParseError``."""
    return parse(data, limits=Limits(max_nodes=workspace.limits.max_nodes))


def graph_to_save(data: Mapping[str, Any], workspace: Workspace) -> Graph:
    """The same for one that is to be kept: no two steps have a key. Raises ``GraphParseError``."""
    return refuse_twins(read_graph(data, workspace))


def read_step(type: str, config: Mapping[str, Any]) -> Node:
    """One step outside of any graph, within a step's limits. Raises ``GraphParseError``."""
    try:
        graph = parse({"nodes": [{"key": "step", "type": type, "config": dict(config)}]})
    except GraphParseError as error:
        short = [_without_step(issue) for issue in error.errors]
        raise GraphParseError(short) from None
    return graph.nodes[0]


def _without_step(issue: Issue) -> Issue:
    """Paths as the caller knows them: ``config`` and not ``nodes.0.config``."""
    prefix, field = "nodes.0.", issue.field or ""
    return replace(
        issue, message=issue.message.replace(prefix, ""), field=field.removeprefix(prefix) or None
    )


def revision_of(template: WorkflowTemplate) -> str:
    """What differs after every change of the template or its draft."""
    return f"{template.draft_revision}-{int(template.updated_at.timestamp() * 1_000_000)}"


def tag_of(template: WorkflowTemplate) -> str:
    """The ETag of a workflow and its draft."""
    return etag("template", template.pk, revision_of(template))


def check_editable(template: WorkflowTemplate, user: User) -> None:
    """Refuse a change of a global template by anyone but staff. Raises ``NotEditable``."""
    if template.workspace_id is None and not user.is_staff:
        raise NotEditable


@transaction.atomic
def create_template(
    *,
    workspace: Workspace,
    name: str,
    graph: Graph,
    author: User | None,
    description: str = "",
    category: str = "",
    tags: Sequence[str] = (),
    canvas_notes: Sequence[Any] = (),
) -> WorkflowTemplate:
    """A new workflow of the workspace with the graph as version 1, whatever its issues."""
    template = create_with_free_slug(
        slugify(name)[:80] or "workflow",
        workspace=workspace,
        name=name,
        description=description,
        category=category,
        tags=list(tags),
        created_by=author,
    )
    save_version(template, graph, author=author, canvas_notes=list(canvas_notes))
    template.refresh_from_db()
    return template


@transaction.atomic
def update_template(
    template: WorkflowTemplate,
    *,
    fields: Mapping[str, Any],
    graph: Graph | None,
    author: User | None,
    note: str = "",
    canvas_notes: Sequence[Any] | None = None,
    guard: Guard | None = None,
) -> WorkflowTemplate:
    """Write the named ``FIELDS``, and the graph as the next version if it is another one.

    What is not given stays. Saving a graph ends the draft.
    """
    locked = _lock(template, guard)
    changed = [name for name in FIELDS if name in fields and getattr(locked, name) != fields[name]]
    for name in changed:
        setattr(locked, name, fields[name])
    if changed:
        locked.save(update_fields=[*changed, "updated_at"])
    if graph is not None:
        notes = None if canvas_notes is None else list(canvas_notes)
        save_version(locked, graph, author=author, note=note, canvas_notes=notes)
        _end_draft(locked)
    locked.refresh_from_db()
    return locked


@transaction.atomic
def save_draft(
    template: WorkflowTemplate,
    graph: Graph,
    *,
    canvas_notes: Sequence[Any] | None = None,
    guard: Guard | None = None,
) -> WorkflowTemplate:
    """Keep a graph beside the current version; one that is the same as it ends the draft."""
    locked = _lock(template, guard)
    current = locked.current_version
    notes = list(canvas_notes) if canvas_notes is not None else _notes(locked)
    draft: dict[str, Any] | None = {**to_json(graph), "canvas_notes": notes}
    if current is not None and draft == _as_draft(current):
        draft = None
    if draft != locked.draft:
        locked.draft, locked.draft_revision = draft, locked.draft_revision + 1
        locked.save(update_fields=["draft", "draft_revision", "updated_at"])
    return locked


@transaction.atomic
def restore_version(
    template: WorkflowTemplate,
    version: WorkflowVersion,
    *,
    author: User | None,
    guard: Guard | None = None,
) -> WorkflowTemplate:
    """Make an earlier version's graph the next version; the draft ends."""
    return update_template(
        template,
        fields={},
        graph=graph_of(version.pk),
        author=author,
        note=f"Restored version {version.number}",
        canvas_notes=version.canvas_notes,
        guard=guard,
    )


@transaction.atomic
def archive_template(template: WorkflowTemplate, *, guard: Guard | None = None) -> None:
    """Take a workflow out of every list; its runs and versions stay."""
    locked = _lock(template, guard)
    locked.archived_at = timezone.now()
    locked.save(update_fields=["archived_at", "updated_at"])


def draft_graph(template: WorkflowTemplate) -> Graph | None:
    """The drafted graph, else the current version's; None for a template never saved."""
    if template.draft is not None:
        return parse({name: template.draft[name] for name in ("nodes", "edges")})
    return graph_of(template.current_version_id) if template.current_version_id else None


def no_version() -> Issue:
    """What is wrong with a template that was never saved."""
    return Issue("no_version", "The workflow has not been saved yet.")


def _lock(template: WorkflowTemplate, guard: Guard | None) -> WorkflowTemplate:
    rows = WorkflowTemplate.objects.select_for_update(of=("self",))
    locked = rows.select_related("current_version").get(pk=template.pk)
    if guard is not None:
        guard(locked)
    return locked


def _end_draft(template: WorkflowTemplate) -> None:
    """A graph that is the current one already made no version; its draft ends all the same."""
    template.refresh_from_db()
    if template.draft is not None:
        template.draft = None
        template.save(update_fields=["draft", "updated_at"])


def _notes(template: WorkflowTemplate) -> list[Any]:
    if template.draft is not None:
        return list(template.draft.get("canvas_notes", []))
    return list(template.current_version.canvas_notes) if template.current_version else []


def _as_draft(version: WorkflowVersion) -> dict[str, Any]:
    return {**to_json(graph_of(version.pk)), "canvas_notes": version.canvas_notes}
