"""One document: read it, move it, put it away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from documents.archive import archive_document
from documents.edit import move_document
from documents.models import Document
from documents.reading import read
from documents.selectors.versions import origin, runs_used, versions
from documents.views.forms import ProjectForm
from documents.views.frame import find_document, images_context
from workspaces.access import Action
from workspaces.models import Project
from workspaces.pages import PageRequest, page

MENU_VERSIONS = 8


@page(Action.VIEW)
def document_page(request: PageRequest, document_id: int) -> HttpResponse:
    """The article with its images, its outline and what is known of it."""
    document = find_document(request, document_id)
    context = reading_context(request, document)
    return render(request, "documents/document.html", context)


@page(Action.EDIT, "POST")
def set_project(request: PageRequest, document_id: int) -> HttpResponse:
    """Put the document into a project, or into none."""
    document = find_document(request, document_id)
    form = ProjectForm(request.access.workspace, request.POST)
    if not form.is_valid():
        context = {**reading_context(request, document), "project_form": form}
        return render(request, "documents/document.html", context, status=422)
    move_document(document, form.cleaned_data["project"])
    where = f"Moved to {document.project}." if document.project else "Taken out of its project."
    messages.success(request, where)
    return redirect("documents:detail", request.access.workspace.slug, document.pk)


@page(Action.EDIT, "POST")
def archive(request: PageRequest, document_id: int) -> HttpResponse:
    """Take the document out of every list."""
    document = find_document(request, document_id)
    archive_document(document)
    messages.success(request, f"“{document.title}” was archived.")
    return redirect("documents:list", request.access.workspace.slug)


def reading_context(request: PageRequest, document: Document) -> dict[str, Any]:
    """What ``document.html`` needs."""
    context = images_context(request, document)
    projects = (
        list(Project.objects.filter(workspace=request.access.workspace))
        if request.access.can(Action.EDIT)
        else []
    )
    return {
        **context,
        "reading": read(document.body),
        "origin": origin(document),
        "runs_used": runs_used(document, context["images"]),
        "versions": versions(document, limit=MENU_VERSIONS),
        "projects": projects,
    }
