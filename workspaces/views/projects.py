"""The projects of the workspace."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from workspaces.access import Action
from workspaces.pages import PageRequest, page


@page(Action.VIEW)
def project_list(request: PageRequest) -> HttpResponse:
    """The projects of the workspace."""
    return render(request, "workspaces/project_list.html", {"here": "projects"})
