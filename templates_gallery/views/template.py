"""One template: what it makes, how, and what it needs; the ways to run it and to change it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from documents.reading import read
from templates_gallery.cards import build_cards, entries_for
from templates_gallery.clone import clone
from templates_gallery.models import GalleryEntry
from workflows.views.library.workflow import overview_of
from workspaces.access import Action
from workspaces.models import User
from workspaces.pages import PageRequest, page


@page(Action.VIEW)
def template_page(request: PageRequest, template: str) -> HttpResponse:
    """All that helps to decide on a template."""
    entry = _find(request.user, template)
    [card] = build_cards([entry], request.access.workspace)
    body = entry.sample.get("body") if isinstance(entry.sample, dict) else ""
    context = {
        "here": "templates",
        "card": card,
        "entry": entry,
        "overview": overview_of(entry.template.current_version_id or 0),
        "sample": read(body) if isinstance(body, str) and body else None,
    }
    return render(request, "gallery/template.html", context)


@page(Action.EDIT, "POST")
def customise(request: PageRequest, template: str) -> HttpResponse:
    """Copy the template into the workspace, where it can be changed."""
    entry, workspace = _find(request.user, template), request.access.workspace
    copy = clone(entry.template, workspace=workspace, author=request.user)
    messages.success(request, f"{copy.name} is yours now: changes to it stay in {workspace.name}.")
    return redirect("workflows:builder", workspace.slug, copy.pk)


def _find(user: User, slug: str) -> GalleryEntry:
    entry = entries_for(user).filter(template__slug=slug, template__workspace=None).first()
    if entry is None:
        raise Http404("There is no such template.")
    return entry
