"""A document's earlier texts."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from documents.edit import VersionConflict, edit_document
from documents.models import Document, DocumentVersion
from documents.provenance import made_by
from documents.reading import read
from documents.selectors.paging import is_id
from documents.selectors.versions import versions
from documents.views.frame import find_document
from workspaces.access import Action
from workspaces.pages import PageRequest, page


@page(Action.VIEW)
def version_list(request: PageRequest, document_id: int) -> HttpResponse:
    """Who saved what when."""
    document = find_document(request, document_id)
    found = versions(document, before=request.GET.get("before", ""))
    context = {"here": "documents", "document": document, "found": found}
    return render(request, "documents/version_list.html", context)


@page(Action.VIEW)
def version_page(request: PageRequest, document_id: int, number: int) -> HttpResponse:
    """An earlier text, to be read and brought back."""
    document = find_document(request, document_id)
    version = _find_version(document, number)
    context = {
        "here": "documents",
        "document": document,
        "version": version,
        "made": made_by(version.source),
        "reading": read(version.body),
    }
    return render(request, "documents/version.html", context)


@page(Action.EDIT, "POST")
def restore_version(request: PageRequest, document_id: int, number: int) -> HttpResponse:
    """Save an earlier text as the next version."""
    document = find_document(request, document_id)
    version = _find_version(document, number)
    expected = request.POST.get("version", "")
    try:
        made = edit_document(
            document=document,
            title=version.title,
            body=version.body,
            author=request.user,
            source={"kind": "restore", "version": version.number},
            expected_version=int(expected) if is_id(expected) else None,
        )
    except VersionConflict as conflict:
        messages.error(
            request,
            f"Nothing was restored: the document is at version {conflict.current} by now."
            " Look at it first.",
        )
        return redirect("documents:detail", request.access.workspace.slug, document.pk)
    if made:
        messages.success(request, f"Version {number} is back, as version {made.number}.")
    else:
        messages.success(request, f"The text is that of version {number} already.")
    return redirect("documents:detail", request.access.workspace.slug, document.pk)


def _find_version(document: Document, number: int) -> DocumentVersion:
    version = document.versions.select_related("author").filter(number=number).first()
    if version is None:
        raise Http404("The document has no such version.")
    return version
