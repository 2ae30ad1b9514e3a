"""Edit a document's text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from documents.content import fit
from documents.models import Document, DocumentVersion
from workspaces.models import Project, User


class VersionConflict(Exception):
    """Someone else has saved since the editor read the text."""

    def __init__(self, expected: int, current: int) -> None:
        super().__init__(
            f"You edited version {expected}, but the document is at version {current} by now."
            " Load it again and repeat your change."
        )
        self.expected = expected
        self.current = current


def move_document(document: Document, project: Project | None) -> None:
    """Put a document into a project of its workspace, or into none.

    Raises ``ValueError`` for a project of another workspace.
    """
    if project and project.workspace_id != document.workspace_id:
        raise ValueError("The project belongs to another workspace.")
    document.project = project
    document.save(update_fields=["project", "updated_at"])


@transaction.atomic
def edit_document(
    *,
    document: Document,
    title: str,
    body: str,
    author: User | None,
    source: Mapping[str, Any] | None = None,
    expected_version: int | None = None,
) -> DocumentVersion | None:
    """Save a text as the next version, under the document's row lock; None if nothing changed.

    ``document`` carries the new text afterwards. Raises ``VersionConflict``, having changed
    nothing, when ``expected_version`` is given and is not the current one.
    """
    locked = Document.objects.select_for_update().get(pk=document.pk)
    if expected_version not in {None, locked.version}:
        raise VersionConflict(expected_version or 0, locked.version)
    content = fit(title, body)
    version = None
    if (content.title, content.body) != (locked.title, locked.body):
        locked.title, locked.body = content.title, content.body
        locked.version += 1
        locked.save(update_fields=["title", "body", "version", "updated_at"])
        version = DocumentVersion.objects.create(
            document=locked,
            number=locked.version,
            title=content.title,
            body=content.body,
            author=author,
            source=dict(source or {}),
            content_hash=content.hash,
        )
    document.title, document.body = locked.title, locked.body
    document.version, document.updated_at = locked.version, locked.updated_at
    return version
