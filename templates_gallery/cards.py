"""The templates on the shelves, with what makes each worth picking."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from templates_gallery.models import GalleryEntry
from templates_gallery.thumbnail import Schematic, schematic
from templates_gallery.usage import Usage, usage_of
from workflows.executions.estimate import estimate
from workflows.executions.rates import Rates
from workflows.graph.model import Graph, Issue
from workflows.providers.registry import KINDS, Directory
from workflows.versions import graph_of
from workspaces.models import User, Workspace


@dataclass(frozen=True, slots=True)
class Need:
    """Something that has to be there for the template to run."""

    label: str
    icon: str
    missing: str
    """What is wrong and the way out; empty when it is ready."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a run makes of one kind of step."""

    type: str
    words: str


@dataclass(frozen=True, slots=True)
class Card:
    """One template in the gallery."""

    entry: GalleryEntry
    drawing: Schematic
    steps: int
    makes: tuple[Made, ...]
    needs: tuple[Need, ...]
    usage: Usage
    seconds: float | None
    cost: Decimal | None
    """Of real runs where there are any, else estimated for the sample."""

    @property
    def is_measured(self) -> bool:
        """Whether time and cost are of real runs."""
        return self.usage.seconds is not None

    @property
    def is_ready(self) -> bool:
        """Whether it can run as it stands."""
        return not any(need.missing for need in self.needs)


def entries_for(user: User) -> QuerySet[GalleryEntry]:
    """What stands in the gallery; staff see what is not published yet as well."""
    rows = GalleryEntry.objects.filter(
        template__archived_at=None, template__current_version__isnull=False
    )
    if not user.is_staff:
        rows = rows.filter(published=True)
    return rows.select_related("template", "category").defer("template__draft", "seeded")


def build_cards(entries: Iterable[GalleryEntry], workspace: Workspace) -> list[Card]:
    """Cards in the order given; a few queries, however many there are."""
    found = list(entries)
    usage = usage_of(workspace, [entry.template_id for entry in found])
    directory, rates = Directory(workspace.pk), Rates(workspace)
    return [
        _card(entry, usage.get(entry.template_id, Usage()), workspace, directory, rates)
        for entry in found
    ]


def _card(
    entry: GalleryEntry, usage: Usage, workspace: Workspace, directory: Directory, rates: Rates
) -> Card:
    version_id = entry.template.current_version_id
    assert version_id is not None
    graph = graph_of(version_id)
    seconds, cost = usage.seconds, usage.cost
    if seconds is None or cost is None:
        guess = estimate(graph=graph, inputs=entry.sample_inputs, workspace=workspace, rates=rates)
        seconds = guess.seconds if seconds is None else seconds
        cost = guess.cost if cost is None else cost
    return Card(
        entry=entry,
        drawing=drawn(version_id),
        steps=len(graph.nodes),
        makes=makes(graph),
        needs=needs(graph, directory),
        usage=usage,
        seconds=seconds,
        cost=cost,
    )


@lru_cache(maxsize=256)
def drawn(version_id: int) -> Schematic:
    """The schematic of a version; kept in the process, for a version never changes."""
    return schematic(graph_of(version_id))


_MAKES = {
    "generate_copy": ("Copy", "Copy in {} steps"),
    "generate_image": ("Images", "Images in {} steps"),
    "review": ("A review", "{} reviews"),
    "attach_to_document": ("A document", "{} ways to a document"),
}


def makes(graph: Graph) -> tuple[Made, ...]:
    """What comes out, kind by kind. Pure."""
    found = []
    for kind, (one, many) in _MAKES.items():
        count = sum(node.type == kind for node in graph.nodes)
        if count:
            found.append(Made(kind, one if count == 1 else many.replace("{}", str(count))))
    return tuple(found)


_NEEDS = {
    "generate_copy": ("A model for copy", "pen-line"),
    "generate_image": ("A model for images", "image"),
}


def needs(graph: Graph, directory: Directory) -> tuple[Need, ...]:
    """What the steps ask for, and whether this workspace has it."""
    found = []
    for kind, (label, icon) in _NEEDS.items():
        steps = [node for node in graph.nodes if node.type == kind and kind in KINDS]
        if steps:
            issues: list[Issue] = [one for node in steps for one in directory.issues_of(node)]
            found.append(Need(label, icon, issues[0].message if issues else ""))
    if any(node.type == "review" for node in graph.nodes):
        found.append(Need("Somebody to review", "user-check", ""))
    return tuple(found)


def sample_of(entry: GalleryEntry) -> dict[str, Any]:
    """The sample to peek at; empty where a curator has given none."""
    return entry.sample if isinstance(entry.sample, dict) else {}
