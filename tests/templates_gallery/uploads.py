"""Uploads for briefs that ask for a picture or a file."""

from __future__ import annotations

from documents.images import add_upload
from tests.factories import ReferenceFileFactory
from tests.scripted_openai import png
from workspaces.models import Workspace

NOTES = "What was said: the first season was hard. The second one paid for itself."


def upload(kind: str, workspace: Workspace) -> int | None:
    """The id of an upload that answers a question of this kind; None where it takes none."""
    if kind == "image":
        return add_upload(workspace=workspace, data=png(640, 480), alt_text="A photo").pk
    if kind == "file":
        return ReferenceFileFactory(workspace=workspace, text=NOTES).pk
    return None
