"""What came back from the form of a brief; pictures and files are stored on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from documents.images import add_upload
from documents.models import ReferenceFile
from documents.references import add_reference_file
from documents.uploads import UploadRejected
from workflows.briefs.questions import input_name, upload_name
from workflows.graph.model import Issue
from workflows.nodes.brief import BriefField, Config
from workspaces.models import User, Workspace

_UPLOADED = ("image", "file")


def read_answers(config: Config, form: QueryDict) -> dict[str, Any]:
    """Answers by key as they were typed; nothing is checked or stored."""
    return {field.key: _answer(field, form) for field in config.fields}


def _answer(field: BriefField, form: QueryDict) -> Any:
    name = input_name(field.key)
    if field.kind == "multi_choice":
        return form.getlist(name)
    if field.kind == "list":
        return [line for line in form.get(name, "").splitlines() if line.strip()]
    return form.get(name, "")


def store_uploads(
    config: Config,
    files: MultiValueDict[str, UploadedFile[Any]],
    answers: Mapping[str, Any],
    *,
    workspace: Workspace,
    user: User,
) -> tuple[dict[str, Any], list[Issue]]:
    """Answers with the ids of new pictures and files in them, and what was refused.

    What is stored stays stored when the launch is refused: its id comes back with the form.
    """
    found, issues = dict(answers), []
    for field in config.fields:
        sent = files.get(upload_name(field.key))
        if field.kind not in _UPLOADED or not isinstance(sent, UploadedFile):
            continue
        try:
            found[field.key] = str(_store(field.kind, sent, workspace, user))
        except UploadRejected as refused:
            issues.append(Issue("bad_upload", str(refused), field=input_name(field.key)))
    return found, issues


def _store(kind: str, sent: UploadedFile[Any], workspace: Workspace, user: User) -> int:
    data = sent.read()
    if kind == "image":
        return add_upload(workspace=workspace, data=data, created_by=user).pk
    name = sent.name or "file.txt"
    return add_reference_file(workspace=workspace, name=name, data=data, uploaded_by=user).pk


def reusable(config: Config, inputs: Mapping[str, Any], workspace: Workspace) -> dict[str, Any]:
    """The inputs of an earlier run as answers; a file's text leads back to the file."""
    answers = {field.key: inputs.get(field.key) for field in config.fields}
    for field in config.fields:
        if field.kind == "file" and isinstance(answers[field.key], str):
            same = ReferenceFile.objects.filter(workspace=workspace, text=answers[field.key])
            answers[field.key] = same.values_list("pk", flat=True).last()
    return answers
