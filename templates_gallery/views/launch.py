"""Launching a template from the gallery."""

from __future__ import annotations

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.urls import reverse

from workflows.models import WorkflowTemplate
from workflows.views.launch import estimate_part, launch_page
from workflows.views.launching import Place
from workspaces.access import Action
from workspaces.models import Workspace
from workspaces.pages import PageRequest, page


@page(Action.VIEW, "GET", "POST")
def template_launch(request: PageRequest, template: str) -> HttpResponse:
    """The launch form of a template, named by its slug or its id."""
    return launch_page(request, *_shown(request, template))


@page(Action.VIEW, "POST")
def template_estimate(request: PageRequest, template: str) -> HttpResponse:
    """What a run of a template will take, as far as the brief is filled in."""
    return estimate_part(request, *_shown(request, template))


def _shown(request: PageRequest, name: str) -> tuple[WorkflowTemplate, Place]:
    found = _find(name, request.access.workspace)
    if found is None:
        raise Http404("There is no such template.")
    listed = reverse("gallery:list", args=[request.access.workspace.slug])
    return found, Place("templates", "Templates", listed, f"{listed}/{name}")


def _find(name: str, workspace: Workspace) -> WorkflowTemplate | None:
    """A template of the gallery, else one of the workspace's own."""
    named = Q(slug=name)
    if name.isascii() and name.isdecimal() and len(name) < 19:
        named |= Q(pk=int(name))
    shown = Q(workspace=None, gallery_entry__published=True) | Q(workspace=workspace)
    rows = WorkflowTemplate.objects.filter(named, shown, archived_at=None)
    rows = rows.select_related("current_version", "gallery_entry", "cloned_from__template")
    return min(rows, key=lambda one: (one.slug != name, one.workspace_id is not None), default=None)
