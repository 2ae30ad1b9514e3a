"""What a template made once, shown beside it in the gallery: one shape for rows, forms, files.

A sample is ``{}``, or ``{title, excerpt, body, images, note}``: the document's title, a few
sentences for the card, its Markdown, its pictures as ``{alt_text, width, height, picture}``, and
how it was made. ``picture`` names a copy that the gallery keeps; it belongs to one place and never
travels.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from workflows.graph.model import Issue

MAX_IMAGES = 12
MAX_EXCERPT = 300
MAX_NOTE = 300
MAX_BODY = 20_000
PICTURE = r"[0-9a-f]{64}\.(?:png|jpg|webp)"
"""The name of a kept copy: its content's hash."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SampleImage(_Strict):
    """A picture of the sample; without ``picture`` only its description is known."""

    alt_text: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    width: Annotated[int, Field(ge=0, le=20_000)] = 0
    height: Annotated[int, Field(ge=0, le=20_000)] = 0
    picture: Annotated[str, StringConstraints(pattern=rf"^(?:{PICTURE})?$")] = ""


class Sample(_Strict):
    """A document that a run of the template made."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    excerpt: Annotated[str, StringConstraints(max_length=MAX_EXCERPT)] = ""
    body: Annotated[str, StringConstraints(max_length=MAX_BODY)] = ""
    images: Annotated[list[SampleImage], Field(max_length=MAX_IMAGES)] = []
    note: Annotated[str, StringConstraints(max_length=MAX_NOTE)] = ""
    """How it was made and what people changed, told under it."""


def issues(value: Any) -> list[Issue]:
    """Everything that is wrong with a sample; ``field`` is the path inside it. None for ``{}``."""
    if value == {}:
        return []
    try:
        Sample.model_validate(value)
    except ValidationError as error:
        return [_as_issue(detail) for detail in error.errors()]
    return []


def foreign(value: Mapping[str, Any]) -> list[Issue]:
    """Kept copies that a sample from a file names: they are of another place."""
    return [
        Issue("foreign_value", f"{field} names a stored picture; leave it out.", field=field)
        for number, image in enumerate(value.get("images", []))
        if isinstance(image, Mapping) and image.get("picture")
        for field in [f"images.{number}.picture"]
    ]


def portable(value: Mapping[str, Any]) -> dict[str, Any]:
    """The sample as it may travel: without the names of kept copies. ``{}`` for one of no shape."""
    if not value or issues(dict(value)):
        return {}
    images = [{k: v for k, v in one.items() if k != "picture"} for one in value.get("images", [])]
    return {**value, **({"images": images} if "images" in value else {})}


def _as_issue(detail: Any) -> Issue:
    path = ".".join(str(part) for part in detail["loc"])
    most = detail.get("ctx", {}).get("max_length")
    texts = {
        "missing": "is missing.",
        "extra_forbidden": "is not a known field; remove it.",
        "string_too_short": "must not be empty.",
        "string_too_long": f"takes at most {most:,} characters." if most else "is too long.",
        "too_long": f"takes at most {most} entries.",
        "string_pattern_mismatch": "names no stored picture.",
        "string_type": "must be text.",
        "list_type": "must be a list.",
        "int_type": "must be a whole number.",
        "model_type": "must be an object.",
    }
    text = texts.get(detail["type"], f"is wrong: {detail['msg']}.")
    return Issue("bad_sample", f"{path or 'The sample'} {text}", field=path or None)
