"""Templates as data: the export format, out and in.

A file holds what a workflow is and nothing of where it was: no keys, no people, no ids of
documents, images or files. Whoever imports one gets plain data that is checked before any of
it is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from django.db import IntegrityError, transaction
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from workflows import portable, samples
from workflows.graph.model import Graph, Issue, Limits
from workflows.graph.parse import GraphParseError, parse, refuse_twins, to_json
from workflows.models import WorkflowTemplate
from workflows.versions import graph_of, save_version
from workspaces.models import User, Workspace

FORMAT = "copyloom.template"
FORMAT_VERSION = 1
_MAX_SLUG = 80
_TRIES = 5
_SAMPLE = "gallery.sample"

Slug = Annotated[str, StringConstraints(pattern=r"^[-a-zA-Z0-9_]{1,80}$")]
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Coordinate = Annotated[float, Field(ge=-1e7, le=1e7)]


class ImportRefused(ValueError):
    """Data that is no template; ``errors`` names every bad field by its path in the data."""

    def __init__(self, errors: list[Issue]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class NotePosition(_Strict):
    """Where a note lies on the canvas, in pixels."""

    x: Coordinate = 0.0
    y: Coordinate = 0.0


class CanvasNote(_Strict):
    """A sticky note beside the steps."""

    id: ShortText
    text: Annotated[str, StringConstraints(max_length=2_000)] = ""
    position: NotePosition = NotePosition()
    width: Annotated[float, Field(ge=1, le=5_000)] = 240
    height: Annotated[float, Field(ge=1, le=5_000)] = 120


class Gallery(_Strict):
    """How the gallery shows the template."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    summary: Annotated[str, StringConstraints(max_length=300)] = ""
    channels: Annotated[list[ShortText], Field(max_length=20)] = []
    featured: bool = False
    order: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    sample: dict[str, Any] = {}
    sample_inputs: dict[str, Any] = {}


class Export(_Strict):
    """One template in the export format."""

    format: Literal["copyloom.template"]
    format_version: Literal[1]
    name: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
    slug: Slug
    description: Annotated[str, StringConstraints(max_length=100_000)] = ""
    category: Annotated[str, StringConstraints(pattern=r"^[-a-zA-Z0-9_]{0,40}$")] = ""
    tags: Annotated[list[ShortText], Field(max_length=30)] = []
    nodes: list[Any]
    edges: list[Any]
    canvas_notes: Annotated[list[CanvasNote], Field(max_length=100)] = []
    gallery: Gallery | None = None

    def graph(self) -> Graph:
        """The steps and connections; they were checked by ``from_export``."""
        return parse({"nodes": self.nodes, "edges": self.edges})

    def notes(self) -> list[Any]:
        """The canvas notes as a version keeps them."""
        return [note.model_dump(mode="json") for note in self.canvas_notes]


def to_export(template: WorkflowTemplate, *, draft: bool = False) -> dict[str, Any]:
    """The template's current version as data; ``import_template`` gives the same template.

    With ``draft`` what is drawn goes before it. Ids and people in configs are left blank.
    Raises ``ValueError`` for one never saved.
    """
    version = template.current_version
    if draft and template.draft is not None:
        drawn, notes = parse(_part(template.draft)), template.draft.get("canvas_notes", [])
    elif version is None:
        raise ValueError(f"{template.name} has not been saved yet.")
    else:
        drawn, notes = graph_of(version.pk), version.canvas_notes
    graph = portable.cleared(drawn)
    data: dict[str, Any] = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "name": template.name,
        "slug": template.slug,
        "description": template.description,
        "category": template.category,
        "tags": list(template.tags),
        **to_json(graph),
        "canvas_notes": _known_parts(notes),
    }
    entry = getattr(template, "gallery_entry", None)
    if entry is not None:
        data["gallery"] = {name: getattr(entry, name) for name in Gallery.model_fields}
        data["gallery"]["sample_inputs"] = portable.inputs(graph, entry.sample_inputs)
        data["gallery"]["sample"] = samples.portable(entry.sample)
    return data


def _part(draft: Mapping[str, Any]) -> dict[str, Any]:
    return {name: draft[name] for name in ("nodes", "edges")}


def _known_parts(notes: list[Any]) -> list[dict[str, Any]]:
    names = CanvasNote.model_fields
    return [
        {name: note[name] for name in names if name in note}
        for note in notes
        if isinstance(note, dict)
    ]


def from_export(data: object, *, limits: Limits | None = None) -> Export:
    """The template that ``data`` describes. Writes nothing.

    Raises ``ImportRefused`` with every error: a wrong shape, an unknown field, a bad graph, a
    text that cannot be stored, or something that belongs to another place, such as an id.
    """
    if not isinstance(data, Mapping):
        raise ImportRefused([Issue("bad_type", "The file must hold a JSON object.")])
    if wrong := portable.unstorable(data):
        raise ImportRefused([wrong])
    errors: list[Issue] = []
    try:
        export = Export.model_validate(dict(data))
    except ValidationError as error:
        raise ImportRefused([_as_issue(detail) for detail in error.errors()]) from None
    try:
        graph = refuse_twins(parse({"nodes": export.nodes, "edges": export.edges}, limits=limits))
    except GraphParseError as error:
        raise ImportRefused(error.errors) from None
    errors += portable.foreign(graph)
    if export.gallery:
        errors += portable.foreign_inputs(graph, export.gallery.sample_inputs)
        errors += _sample_issues(export.gallery.sample)
    if errors:
        raise ImportRefused(errors)
    return export


def _sample_issues(sample: dict[str, Any]) -> list[Issue]:
    found = samples.issues(sample) or samples.foreign(sample)
    return [
        replace(one, field=f"{_SAMPLE}.{one.field}", message=f"{_SAMPLE}.{one.message}")
        for one in found
    ]


def _as_issue(detail: Any) -> Issue:
    path = ".".join(str(part) for part in detail["loc"])
    texts = {
        "missing": "is missing.",
        "extra_forbidden": "is not a known field; remove it.",
        "literal_error": f"must be {detail.get('ctx', {}).get('expected')}.",
        "string_pattern_mismatch": "may hold letters, digits, hyphens and underscores alone.",
        "string_too_short": "must not be empty.",
        "string_too_long": f"takes at most {detail.get('ctx', {}).get('max_length')} characters.",
    }
    text = texts.get(detail["type"], f"is wrong: {detail['msg']}.")
    return Issue("bad_import", f"{path} {text}", field=path)


@transaction.atomic
def import_template(
    data: object,
    *,
    workspace: Workspace | None,
    author: User | None = None,
    slug: str | None = None,
    update: bool = False,
) -> WorkflowTemplate:
    """Write the template that ``data`` describes; without a workspace it is a global one.

    ``slug`` stands in for that of the data. A taken slug gets ``-2``, or with ``update`` the
    template that has it gets a new version. The part ``gallery`` is left to the gallery.
    Raises ``ImportRefused``; nothing is written then.
    """
    limits = Limits(max_nodes=workspace.limits.max_nodes) if workspace else None
    export = from_export(data, limits=limits)
    wanted = slug or export.slug
    known = WorkflowTemplate.objects.filter(workspace=workspace, slug=wanted)
    template = known.select_for_update().first() if update else None
    if template is None:
        template = create_with_free_slug(wanted, workspace=workspace, created_by=author)
    for name in ("name", "description", "category"):
        setattr(template, name, getattr(export, name))
    template.tags = list(export.tags)
    template.save(update_fields=["name", "description", "category", "tags", "updated_at"])
    save_version(
        template, export.graph(), author=author, note="Imported", canvas_notes=export.notes()
    )
    template.refresh_from_db()
    return template


def create_with_free_slug(
    slug: str, *, workspace: Workspace | None, **fields: Any
) -> WorkflowTemplate:
    """A new template under the slug, or under ``<slug>-2`` and so on where it is taken."""
    for _ in range(_TRIES):
        taken = set(
            WorkflowTemplate.objects.filter(
                workspace=workspace, slug__startswith=slug[: _MAX_SLUG - 6]
            ).values_list("slug", flat=True)
        )
        free = slug if slug not in taken else _numbered(slug, taken)
        try:
            with transaction.atomic():
                return WorkflowTemplate.objects.create(slug=free, workspace=workspace, **fields)
        except IntegrityError:  # somebody took it between the two statements
            continue
    raise RuntimeError(f"No free slug was found for {slug}.")


def _numbered(slug: str, taken: set[str]) -> str:
    number = 2
    while (found := f"{slug[: _MAX_SLUG - 6]}-{number}") in taken:
        number += 1
    return found
