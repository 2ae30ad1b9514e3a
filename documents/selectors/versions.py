"""A document's history and what it tells of its making."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from documents.models import Document, DocumentVersion
from documents.provenance import Made, made_by
from documents.selectors.images import AttachedImage
from documents.selectors.paging import Page, is_id

PAGE = 50


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A saved text in a list, without the text."""

    version: DocumentVersion
    made: Made | None
    restored: int | None
    """The version that it brought back."""


@dataclass(frozen=True, slots=True)
class Origin:
    """How the current text came about."""

    made: Made | None
    """The run that wrote it last."""
    editors: tuple[str, ...]
    """Who changed it since, the latest last."""


def versions(document: Document, *, before: str = "", limit: int = PAGE) -> Page[VersionRow]:
    """A page of the history, newest first, in one query."""
    rows = _versions(document)
    if is_id(before):
        rows = rows.filter(number__lt=int(before))
    found = [_row(version) for version in rows[: limit + 1]]
    is_last = len(found) <= limit
    return Page(found[:limit], "" if is_last else str(found[limit - 1].version.number))


def origin(document: Document) -> Origin:
    """The run that wrote the text last, and who edited it afterwards, in two queries."""
    made = _versions(document).filter(source__has_key="execution").first()
    edited = document.versions.filter(number__gt=made.number if made else 0)
    names = (
        edited.exclude(author=None).order_by("number").values_list("author__name", "author__email")
    )
    latest_last = dict.fromkeys(name or email for name, email in reversed(list(names)))
    return Origin(
        made_by(made.source) if made else None, tuple(reversed(latest_last)) if made else ()
    )


def runs_used(document: Document, images: Sequence[AttachedImage]) -> int:
    """How many runs made its texts and its images, in one query."""
    rows = document.versions.filter(source__has_key="execution")
    texts = set(rows.values_list("source__execution", flat=True).distinct())
    pictures = {row.card.made.execution_id for row in images if row.card.made}
    return len(texts | pictures)


def _versions(document: Document) -> QuerySet[DocumentVersion]:
    rows = document.versions.select_related("author").defer("body")
    return rows.order_by("-number")


def _row(version: DocumentVersion) -> VersionRow:
    number = version.source.get("version") if version.source.get("kind") == "restore" else None
    return VersionRow(version, made_by(version.source), number if isinstance(number, int) else None)
