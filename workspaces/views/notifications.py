"""The bell: what concerns the person, as a list of its own and as a page."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers

from workspaces import bell
from workspaces.access import Action
from workspaces.pages import PageRequest, page

IN_LIST = 12
ON_PAGE = 100


@page(Action.VIEW)
def notification_list(request: PageRequest) -> HttpResponse:
    """The newest for the bell; for a browser the page."""
    if request.htmx:
        return _list(request)
    context = {"here": "notifications", **_context(request, ON_PAGE)}
    response = render(request, "workspaces/notifications.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@page(Action.VIEW, "POST")
def read_all(request: PageRequest) -> HttpResponse:
    """Mark everything as read."""
    bell.mark_read(request.user, request.access.workspace)
    if request.htmx:
        return _list(request)
    return redirect("workspaces:notifications", request.access.workspace.slug)


@page(Action.VIEW, "POST")
def open_notification(request: PageRequest, notice_id: int) -> HttpResponse:
    """Go to what it is about; it is read then."""
    path = bell.open_notice(request.user, request.access.workspace, notice_id)
    if path is None:
        raise Http404("There is no such notification.")
    return redirect(path)


def _list(request: PageRequest) -> HttpResponse:
    context = {"in_bell": True, **_context(request, IN_LIST)}
    response = render(request, "workspaces/_bell_list.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _context(request: PageRequest, most: int) -> dict[str, Any]:
    workspace = request.access.workspace
    return {
        "notifications": list(bell.told(request.user, workspace)[:most]),
        "unread": bell.unread(request.user, workspace).count(),
    }
