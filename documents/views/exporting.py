"""A document to take along."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import redirect

from documents.export import Format, PictureMissing, export_document
from documents.views.frame import find_document
from workspaces.access import Action
from workspaces.api.serving import INERT
from workspaces.pages import PageRequest, page


@page(Action.VIEW)
def export(request: PageRequest, document_id: int) -> HttpResponseBase:
    """The document as a file; ``format`` is one of ``Format``, Markdown unless it is given."""
    document = find_document(request, document_id)
    try:
        kind = Format(request.GET.get("format", Format.MARKDOWN))
    except ValueError as error:
        raise Http404("Documents are exported as md, html, docx or zip.") from error
    try:
        made = export_document(document, kind)
    except PictureMissing as missing:
        messages.error(request, str(missing))
        return redirect("documents:detail", request.access.workspace.slug, document.pk)
    return FileResponse(
        made.file,
        as_attachment=True,
        filename=made.name,
        content_type=made.content_type,
        headers={**INERT, "Cache-Control": "private, no-store"},
    )
