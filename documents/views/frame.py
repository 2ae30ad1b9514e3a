"""What the pages of one document share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from documents.models import Document
from documents.selectors.documents import live_documents
from documents.selectors.images import attached_images
from documents.views import undo
from workspaces.pages import PageRequest


def find_document(request: PageRequest, document_id: int) -> Document:
    """A document of the workspace. Raises ``Http404`` for any other and for archived ones."""
    rows = live_documents(request.access.workspace).select_related("project", "created_by")
    document = rows.filter(pk=document_id).first()
    if document is None:
        raise Http404("There is no such document in this workspace.")
    document.workspace = request.access.workspace
    return document


def images_context(request: PageRequest, document: Document) -> dict[str, Any]:
    """What ``_images.html`` and ``_hero.html`` need."""
    images = attached_images(document)
    limit = request.access.workspace.limits.max_images_per_document
    primary = next((row for row in images if row.attachment.is_primary), None)
    return {
        "here": "documents",
        "document": document,
        "images": images,
        "limit": limit,
        "room": max(limit - len(images), 0),
        "primary": primary,
        "detached": undo.recall(request, document),
    }


def render_either(
    request: PageRequest, page: str, partial: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """The part for HTMX, the page for a browser."""
    name = partial if request.htmx else page
    response = render(request, name, {**context}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
