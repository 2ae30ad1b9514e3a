"""The runs of the workspace."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from workspaces.access import Action
from workspaces.pages import PageRequest, page


@page(Action.VIEW)
def run_list(request: PageRequest) -> HttpResponse:
    """The runs of the workspace."""
    return render(request, "workflows/run_list.html", {"here": "runs"})
