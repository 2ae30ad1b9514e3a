"""The documents of the workspace."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from workspaces.access import Action
from workspaces.pages import PageRequest, page


@page(Action.VIEW)
def document_list(request: PageRequest) -> HttpResponse:
    """The documents of the workspace."""
    return render(request, "documents/document_list.html", {"here": "documents"})
