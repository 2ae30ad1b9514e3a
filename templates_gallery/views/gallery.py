"""Templates to start from."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.vary import vary_on_headers

from templates_gallery.cards import build_cards, entries_for
from templates_gallery.filters import (
    ORDERS,
    Filters,
    arranged,
    channels,
    matching,
    on_shelf,
    shelves,
)
from workspaces.access import Action
from workspaces.pages import PageRequest, page


@page(Action.VIEW)
@vary_on_headers("HX-Request")
def gallery(request: PageRequest) -> HttpResponse:
    """The shelves; to HTMX the part that the filters change."""
    filters = Filters.read(request.GET)
    entries = list(entries_for(request.user))
    found = matching(entries, filters)
    cards = build_cards(on_shelf(found, filters.category), request.access.workspace)
    context = {
        "here": "templates",
        "filters": filters,
        "orders": ORDERS,
        "shelves": [(one, filters.address(one.slug)) for one in shelves(entries, found)],
        "channels": channels(entries),
        "cards": arranged(cards, filters.sort),
        "total": len(entries),
    }
    template = "gallery/_shelf.html" if request.htmx else "gallery/gallery.html"
    return render(request, template, context)
