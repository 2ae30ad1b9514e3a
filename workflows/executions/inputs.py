"""The brief's values: checked by the brief node, with pictures and files looked up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from documents.models import Image, ReferenceFile
from workflows.graph.model import Issue
from workflows.nodes.brief import Config, check_inputs
from workspaces.models import Workspace


def resolve_inputs(
    config: Mapping[str, Any], inputs: Mapping[str, Any], workspace: Workspace
) -> tuple[dict[str, Any], list[Issue]]:
    """Values by field key as variables see them, and every issue (``field`` is ``inputs.<key>``).

    An ``image`` becomes ``{id, url, alt_text, width, height}``, a ``file`` its text. Optional
    fields without a value are None.
    """
    brief = Config.model_validate(config)
    values, issues = check_inputs(brief, inputs)
    for field in brief.fields:
        value = values.get(field.key)
        if value is None or field.kind not in ("image", "file"):
            continue
        found = (_image if field.kind == "image" else _file)(value, workspace)
        if found is None:
            what = "image" if field.kind == "image" else "file"
            issues.append(
                Issue(
                    "unknown_" + what,
                    f"{field.label or field.key}: there is no {what} {value} in this workspace. "
                    "Upload it first and give its id.",
                    field=f"inputs.{field.key}",
                )
            )
        values[field.key] = found
    return values, issues


def _image(image_id: int, workspace: Workspace) -> dict[str, Any] | None:
    image = Image.objects.filter(pk=image_id, workspace=workspace).first()
    if image is None:
        return None
    return image_value(image)


def image_value(image: Image) -> dict[str, Any]:
    """A picture as variables and the API see it."""
    return {
        "id": image.pk,
        "url": f"/api/images/{image.pk}/file",
        "alt_text": image.alt_text,
        "width": image.width,
        "height": image.height,
    }


def _file(file_id: int, workspace: Workspace) -> str | None:
    return (
        ReferenceFile.objects.filter(pk=file_id, workspace=workspace)
        .values_list("text", flat=True)
        .first()
    )
