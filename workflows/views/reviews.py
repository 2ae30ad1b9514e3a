"""What waits for a decision."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from workspaces.access import Action
from workspaces.pages import PageRequest, page


@page(Action.VIEW)
def review_inbox(request: PageRequest) -> HttpResponse:
    """What waits for a decision."""
    return render(request, "workflows/review_inbox.html", {"here": "reviews"})
