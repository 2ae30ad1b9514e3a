"""The documents of the workspace: find one, begin one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from documents.create import create_document
from documents.selectors.documents import document_cards
from documents.selectors.paging import is_id, words
from documents.views.forms import NewForm
from documents.views.frame import render_either
from workspaces.access import Action
from workspaces.models import Project
from workspaces.pages import PageRequest, page


@page(Action.VIEW)
def document_list(request: PageRequest) -> HttpResponse:
    """Documents as cards; searched, of one project, page by page."""
    workspace = request.access.workspace
    search = words(request.GET.get("q", ""))
    project = request.GET.get("project", "")
    after = request.GET.get("after", "")
    found = document_cards(
        workspace, search=search, project=int(project) if is_id(project) else None, after=after
    )
    context = {
        "here": "documents",
        "found": found,
        "search": search,
        "project": project if is_id(project) else "",
        "after": after,
    }
    if not request.htmx:
        context["projects"] = list(Project.objects.filter(workspace=workspace))
    return render_either(
        request, "documents/document_list.html", "documents/_document_cards.html", context
    )


@page(Action.EDIT, "GET", "POST")
def new_document(request: PageRequest) -> HttpResponse:
    """Begin a document, empty or with a text that is pasted in."""
    workspace = request.access.workspace
    form = NewForm(workspace, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        document = create_document(
            workspace=workspace,
            title=form.cleaned_data["title"],
            body=form.cleaned_data["body"],
            project=form.cleaned_data["project"],
            author=request.user,
        )
        messages.success(request, "Document created.")
        return redirect("documents:detail", workspace.slug, document.pk)
    return render(
        request,
        "documents/document_new.html",
        {"here": "documents", "form": form},
        status=422 if form.is_bound else 200,
    )
