"""What is under way, and what waits for the person."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from workspaces.access import Action
from workspaces.pages import PageRequest, page


@page(Action.VIEW)
def home(request: PageRequest) -> HttpResponse:
    """What is under way, and what waits for the person."""
    return render(request, "workflows/home.html", {"here": "home"})
