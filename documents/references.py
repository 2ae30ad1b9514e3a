"""Take in a reference file: only its text is kept."""

from __future__ import annotations

import hashlib

from documents.inspect import display_name
from documents.models import ReferenceFile
from documents.uploads import read_reference
from workspaces.models import User, Workspace


def add_reference_file(
    *, workspace: Workspace, name: str, data: bytes, uploaded_by: User | None = None
) -> ReferenceFile:
    """Read a txt, md, csv or docx file of at most 2 MB and keep its text.

    Raises ``UploadRejected`` in plain words. The name is only shown, never used as a path.
    """
    kind, text = read_reference(name, data)
    return ReferenceFile.objects.create(
        workspace=workspace,
        name=display_name(name),
        kind=kind,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        text=text,
        uploaded_by=uploaded_by,
    )
