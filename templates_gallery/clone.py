"""Copies a template into a workspace, where it can be changed."""

from __future__ import annotations

from django.db import transaction

from workflows.interchange import create_with_free_slug
from workflows.models import WorkflowTemplate
from workflows.versions import graph_of, save_version
from workspaces.models import User, Workspace


@transaction.atomic
def clone(
    template: WorkflowTemplate,
    *,
    workspace: Workspace,
    author: User | None,
    name: str | None = None,
) -> WorkflowTemplate:
    """A copy of the template's current version as version 1 of a template of the workspace.

    It keeps its name unless it is given another. Raises ``ValueError`` for one that was never
    saved or that belongs to another workspace.
    """
    if template.workspace_id not in (None, workspace.pk):
        raise ValueError("A workflow of another workspace cannot be copied.")
    return copy_of(template, workspace=workspace, author=author, name=name or template.name)


def copy_of(
    template: WorkflowTemplate, *, workspace: Workspace | None, author: User | None, name: str
) -> WorkflowTemplate:
    """A copy that stands in the workspace, or in none as a global template.

    Raises ``ValueError`` for one that was never saved.
    """
    version = template.current_version
    if version is None:
        raise ValueError(f"{template.name} has not been saved yet.")
    copy = create_with_free_slug(
        template.slug,
        workspace=workspace,
        name=name,
        description=template.description,
        category=template.category,
        tags=list(template.tags),
        cloned_from=version,
        created_by=author,
    )
    save_version(
        copy,
        graph_of(version.pk),
        author=author,
        note=f"Copied from {template.name}"[:500],
        canvas_notes=version.canvas_notes,
    )
    copy.refresh_from_db()
    return copy
