"""Edit a document's text."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from documents.content import fit
from documents.edit import VersionConflict, edit_document
from documents.models import Document
from documents.reading import read
from documents.views.forms import EditForm
from documents.views.frame import find_document, images_context
from workspaces.access import Action
from workspaces.pages import PageRequest, page


@page(Action.EDIT, "GET", "POST")
def edit(request: PageRequest, document_id: int) -> HttpResponse:
    """The editor; saving makes the next version, unless somebody else was faster."""
    document = find_document(request, document_id)
    if request.method == "POST":
        form = EditForm(request.POST)
        if not form.is_valid():
            return _editor(request, document, form, status=422)
        return _save(request, document, form)
    initial = {"title": document.title, "body": document.body, "version": document.version}
    return _editor(request, document, EditForm(initial=initial))


@page(Action.EDIT, "POST")
def preview(request: PageRequest, document_id: int) -> HttpResponse:
    """The text that is being typed, as readers would get it."""
    find_document(request, document_id)
    body = request.POST.get("body", "")
    return render(request, "documents/_preview.html", {"reading": read(body)})


def _save(request: PageRequest, document: Document, form: EditForm) -> HttpResponse:
    text = fit(form.cleaned_data["title"], form.cleaned_data["body"])
    try:
        version = edit_document(
            document=document,
            title=text.title,
            body=text.body,
            author=request.user,
            source={"kind": "edit"},
            expected_version=form.cleaned_data["version"],
        )
    except VersionConflict:
        document.refresh_from_db(fields=["title", "body", "version", "updated_at"])
        if (text.title, text.body) != (document.title, document.body):
            return _conflict(request, document, form)
        version = None
    said = f"Saved as version {version.number}." if version else "Nothing had changed."
    messages.success(request, said)
    return redirect("documents:detail", request.access.workspace.slug, document.pk)


def _editor(
    request: PageRequest, document: Document, form: EditForm, *, status: int = 200
) -> HttpResponse:
    body = form.data.get("body", "") if form.is_bound else document.body
    context = {**images_context(request, document), "form": form, "reading": read(body)}
    return render(request, "documents/document_edit.html", context, status=status)


def _conflict(request: PageRequest, document: Document, form: EditForm) -> HttpResponse:
    """Both texts side by side; what was typed can be saved over the other, or dropped."""
    typed = {**form.cleaned_data, "version": document.version}
    context = {
        "here": "documents",
        "document": document,
        "form": EditForm(initial=typed),
        "based_on": form.cleaned_data["version"],
        "theirs": document.versions.select_related("author").get(number=document.version),
    }
    return render(request, "documents/document_conflict.html", context, status=409)
