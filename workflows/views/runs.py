"""The runs of the workspace, narrowed as the address says."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from workflows.runs.filters import STATUSES, Filters
from workflows.runs.listing import read_choices, read_digest, read_page
from workspaces.access import Action
from workspaces.pages import PageRequest, page


@page(Action.VIEW)
def run_list(request: PageRequest) -> HttpResponse:
    """Newest first; the filters alone where HTMX asks for the list."""
    filters = Filters.read(request.GET)
    context = _context(request, filters)
    if request.htmx and not request.htmx.history_restore_request:
        response = render(request, "workflows/_runs.html", context)
    else:
        choices = read_choices(request.access.workspace)
        response = render(
            request, "workflows/run_list.html", {**context, "choices": choices, "here": "runs"}
        )
    patch_vary_headers(response, ["HX-Request"])
    return response


@page(Action.VIEW)
def runs_live(request: PageRequest) -> HttpResponse:
    """The rows while any is under way; 204 while none has changed since ``seen``.

    Opened as a page, it leads to the list.
    """
    filters = Filters.read(request.GET)
    workspace = request.access.workspace
    if not request.htmx:
        listed = reverse("workflows:runs", args=[workspace.slug])
        return redirect(f"{listed}?{filters.query(before=filters.before, after=filters.after)}")
    if request.GET.get("seen") == read_digest(workspace, filters):
        return HttpResponse(status=204)
    response = render(request, "workflows/_run_rows.html", _context(request, filters))
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["HX-Request"])
    return response


def _context(request: PageRequest, filters: Filters) -> dict[str, Any]:
    return {
        "filters": filters,
        "place": filters.query(before=filters.before, after=filters.after),
        "tabs": [
            (word, label, filters.query(status=word)) for word, (label, _) in STATUSES.items()
        ],
        "list": read_page(request.access.workspace, filters),
    }
