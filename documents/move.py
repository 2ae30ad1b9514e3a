"""Put a document into a project."""

from __future__ import annotations

from documents.models import Document
from workspaces.models import Project


def move_document(document: Document, project: Project | None) -> None:
    """Put the document into a project of its workspace, or into none.

    Raises ``ValueError`` for a project of another workspace.
    """
    if project and project.workspace_id != document.workspace_id:
        raise ValueError("The project belongs to another workspace.")
    document.project = project
    document.save(update_fields=["project"])
