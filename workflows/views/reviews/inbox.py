"""What waits for a decision, what was sent back, what is done."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.vary import vary_on_headers

from workflows.views.reviews.lists import open_inbox, tab_of
from workspaces.access import Action
from workspaces.pages import PageRequest, page


@page(Action.VIEW)
@vary_on_headers("HX-Request")
def review_inbox(request: PageRequest) -> HttpResponse:
    """The list as a page; to HTMX the rows alone, for ``Show more``."""
    tab = tab_of(request.GET.get("tab", ""))
    inbox = open_inbox(request, tab, place=request.GET.get("after", ""))
    template = "_review_rows" if request.htmx else "review_inbox"
    return render(request, f"workflows/{template}.html", {"here": "reviews", "inbox": inbox})
