"""Templates to start from."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from workspaces.access import Action
from workspaces.pages import PageRequest, page


@page(Action.VIEW)
def gallery(request: PageRequest) -> HttpResponse:
    """Templates to start from."""
    return render(request, "gallery/gallery.html", {"here": "templates"})
