"""Create a document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from documents.content import fit
from documents.models import Document, DocumentVersion
from workspaces.models import Project, User, Workspace


@transaction.atomic
def create_document(
    *,
    workspace: Workspace,
    title: str,
    body: str,
    project: Project | None = None,
    author: User | None = None,
    source: Mapping[str, Any] | None = None,
) -> Document:
    """Create a document with its version 1; ``source`` says where the text came from.

    The title is cut to 200 characters. Raises ``ValueError`` for a project of another workspace.
    """
    if project and project.workspace_id != workspace.pk:
        raise ValueError("The project belongs to another workspace.")
    content = fit(title, body)
    document = Document.objects.create(
        workspace=workspace,
        project=project,
        title=content.title,
        body=content.body,
        created_by=author,
    )
    DocumentVersion.objects.create(
        document=document,
        number=document.version,
        title=content.title,
        body=content.body,
        author=author,
        source=dict(source or {}),
        content_hash=content.hash,
    )
    return document
