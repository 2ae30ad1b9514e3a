"""The list of documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Left

from documents.images import file_url
from documents.models import Document, DocumentAttachment, DocumentVersion
from documents.provenance import Made, made_by
from documents.reading import excerpt
from documents.selectors.paging import Page, mark, parse_mark
from workspaces.models import Project, User, Workspace

PAGE = 24
_HEAD = 1_200
"""Characters of the body that an excerpt is cut from."""


@dataclass(frozen=True, slots=True)
class DocumentCard:
    """A document in a list."""

    id: int
    title: str
    excerpt: str
    project: Project | None
    author: User | None
    made: Made | None
    updated_at: datetime
    images: int
    cover_url: str
    """Of the primary image, else of the first; empty without images."""
    cover_alt: str


def live_documents(workspace: Workspace) -> QuerySet[Document]:
    """The documents that have not been archived."""
    return Document.objects.filter(workspace=workspace, archived_at=None)


def document_cards(
    workspace: Workspace, *, search: str = "", project: int | None = None, after: str = ""
) -> Page[DocumentCard]:
    """A page of documents, last changed first, in one query."""
    rows = live_documents(workspace).order_by("-updated_at", "-id")
    if search:
        rows = rows.filter(Q(title__icontains=search) | Q(body__icontains=search))
    if project is not None:
        rows = rows.filter(project=project)
    if place := parse_mark(after):
        at, row_id = place
        rows = rows.filter(Q(updated_at__lt=at) | Q(updated_at=at, pk__lt=row_id))
    found = [_card(row) for row in _described(rows)[: PAGE + 1]]
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Page(found[:PAGE], mark(last.updated_at, last.id) if last else "")


def _described(rows: QuerySet[Document]) -> QuerySet[Any]:
    images = DocumentAttachment.objects.filter(document=OuterRef("pk"))
    count = images.order_by().values("document").annotate(count=Count("pk")).values("count")
    cover = images.order_by("-is_primary", "attachment_order")
    version = DocumentVersion.objects.filter(document=OuterRef("pk"), number=OuterRef("version"))
    return (
        rows.select_related("project", "created_by")
        .defer("body")
        .annotate(
            head=Left("body", _HEAD),
            source=Subquery(version.values("source")[:1]),
            images=Subquery(count),
            cover=Subquery(cover.values("image_id")[:1]),
            cover_alt=Subquery(cover.values("alt_text")[:1]),
        )
    )


def _card(row: Any) -> DocumentCard:
    return DocumentCard(
        id=row.pk,
        title=row.title,
        excerpt=excerpt(row.head),
        project=row.project,
        author=row.created_by,
        made=made_by(row.source or {}),
        updated_at=row.updated_at,
        images=row.images or 0,
        cover_url=file_url(row.cover) if row.cover else "",
        cover_alt=row.cover_alt or "",
    )
