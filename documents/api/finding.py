"""The rows that an address or a body names, in the caller's workspace alone."""

from __future__ import annotations

from django.http import Http404

from documents.models import Document
from workspaces.api.errors import refused
from workspaces.models import Project, Workspace


def find_document(workspace: Workspace, document_id: int) -> Document:
    """The document. Raises ``Http404`` when it is elsewhere, archived or not there."""
    rows = Document.objects.select_related("workspace", "project")
    document = rows.filter(workspace=workspace, pk=document_id, archived_at=None).first()
    if document is None:
        raise Http404
    return document


def find_project(workspace: Workspace, project_id: int | None) -> Project | None:
    """The project of a body's ``project_id``. Raises 422 for one that is not of the workspace."""
    if project_id is None:
        return None
    project = workspace.projects.filter(pk=project_id).first()
    if project is None:
        raise refused(
            "project_id", f"There is no project {project_id} in this workspace.", "unknown_project"
        )
    return project
