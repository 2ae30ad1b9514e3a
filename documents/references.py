"""Take in a reference file: only its text is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.core.files.base import File

from documents.inspect import UploadRejected, display_name
from documents.models import ReferenceFile
from documents.uploads import UploadsRejected, read_reference
from workspaces.models import User, Workspace


def add_reference_file(
    *, workspace: Workspace, name: str, data: bytes, uploaded_by: User | None = None
) -> ReferenceFile:
    """Read a txt, md, csv or docx file of at most 2 MB and keep its text.

    Raises ``UploadRejected`` in plain words. The name is only shown, never used as a path.
    """
    row = _row(workspace, name, data, uploaded_by)
    row.save()
    return row


def add_reference_files(
    *, workspace: Workspace, files: Iterable[File[bytes]], uploaded_by: User | None = None
) -> list[ReferenceFile]:
    """Read several files and keep their texts, all or none. Raises ``UploadsRejected``."""
    rows: list[ReferenceFile] = []
    faults: dict[int, UploadRejected] = {}
    for place, file in enumerate(files):
        try:
            rows.append(_row(workspace, file.name or "", file.read(), uploaded_by))
        except UploadRejected as error:
            faults[place] = error
    if faults:
        raise UploadsRejected(faults)
    return ReferenceFile.objects.bulk_create(rows)


def _row(workspace: Workspace, name: str, data: bytes, uploaded_by: User | None) -> ReferenceFile:
    kind, text = read_reference(name, data)
    return ReferenceFile(
        workspace=workspace,
        name=display_name(name),
        kind=kind,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        text=text,
        uploaded_by=uploaded_by,
    )
