"""The images of the workspace."""

from __future__ import annotations

from django.http import Http404, HttpResponse

from documents.models import Image, ImageSource
from documents.selectors.images import chosen, documents_with, image_card, library
from documents.selectors.paging import words
from documents.views.attachments import ids
from documents.views.frame import find_document, render_either
from workspaces.access import Action
from workspaces.pages import PageRequest, page


@page(Action.VIEW)
def image_library(request: PageRequest) -> HttpResponse:
    """Images as a grid; searched, of one source, page by page."""
    search = words(request.GET.get("q", ""))
    source = request.GET.get("source", "")
    before = request.GET.get("before", "")
    found = library(request.access.workspace, search=search, source=source, before=before)
    context = {
        "here": "documents",
        "found": found,
        "search": search,
        "source": source if source in ImageSource.values else "",
        "before": before,
        "sources": ImageSource.choices,
    }
    return render_either(request, "documents/library.html", "documents/_library_grid.html", context)


@page(Action.VIEW)
def image_page(request: PageRequest, image_id: int) -> HttpResponse:
    """One image with what is known of its making."""
    rows = Image.objects.filter(workspace=request.access.workspace).select_related("created_by")
    image = rows.filter(pk=image_id).first()
    if image is None:
        raise Http404("There is no such image in this workspace.")
    context = {
        "here": "documents",
        "card": image_card(image),
        "documents": documents_with(image),
    }
    return render_either(request, "documents/image.html", "documents/_image_facts.html", context)


@page(Action.EDIT)
def picker(request: PageRequest, document_id: int) -> HttpResponse:
    """Images of the workspace to attach; those chosen so far stay in sight while searching."""
    document = find_document(request, document_id)
    workspace = request.access.workspace
    search = words(request.GET.get("q", ""))
    attached = set(document.attachments.values_list("image_id", flat=True))
    picked = [one for one in ids(request.GET.getlist("image_ids")) if one not in attached]
    before = request.GET.get("before", "")
    found = library(workspace, search=search, before=before, without=[*attached, *picked])
    limit = workspace.limits.max_images_per_document
    context = {
        "here": "documents",
        "document": document,
        "found": found,
        "picked": chosen(workspace, picked) if not before else [],
        "search": search,
        "before": before,
        "room": max(limit - len(attached), 0),
    }
    return render_either(request, "documents/picker.html", "documents/_picker.html", context)
