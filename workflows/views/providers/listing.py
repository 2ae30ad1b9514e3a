"""Which model services the workspace has: its own, and those that the instance lends."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers

from workflows.models import Provider
from workflows.providers.probe import probe
from workflows.providers.registry import model_of
from workspaces.access import Action
from workspaces.models import Workspace
from workspaces.pages import PageRequest, page


@page(Action.VIEW)
def provider_list(request: PageRequest) -> HttpResponse:
    """Every service that steps may name here, and which one a step that names none is given."""
    workspace = request.access.workspace
    rows = list(_reachable(workspace).order_by("name"))
    own = [row for row in rows if row.workspace_id]
    slugs = {row.slug for row in own if row.enabled}
    lent = [row for row in rows if not row.workspace_id and row.enabled and row.slug not in slugs]
    defaults = {
        "copy": _default(own, lent, "default_for_copy"),
        "image": _default(own, lent, "default_for_images"),
    }
    context: dict[str, Any] = {
        "here": "settings",
        "tab": "providers",
        "own": [_line(row, defaults) for row in own],
        "lent": [_line(row, defaults) for row in lent],
        "defaults": defaults,
    }
    return render(request, "settings/providers/providers.html", context)


@page(Action.ADMIN, "POST")
def test(request: PageRequest, provider_id: int) -> HttpResponse:
    """Call the service and say what came of it."""
    row = _reachable(request.access.workspace).filter(pk=provider_id).first()
    if row is None:
        raise Http404("There is no such provider.")
    result = probe(row)
    if request.htmx:
        context = {"result": result, "row": row}
        response = render(request, "settings/providers/_probe.html", context)
        patch_vary_headers(response, ["HX-Request"])
        return response
    words = " ".join(part for part in (f"{row.name}: {result.text}", result.hint) if part)
    messages.add_message(request, messages.SUCCESS if result.works else messages.ERROR, words)
    return redirect("workflows:providers", request.access.workspace.slug)


def _reachable(workspace: Workspace) -> Any:
    return Provider.objects.filter(Q(workspace=workspace) | Q(workspace=None))


def _default(own: list[Provider], lent: list[Provider], flag: str) -> Provider | None:
    """The service that a step without one is given, as the registry picks it."""
    return next((row for row in (*own, *lent) if row.enabled and getattr(row, flag)), None)


def _line(row: Provider, defaults: dict[str, Provider | None]) -> dict[str, Any]:
    return {
        "row": row,
        "copy_model": model_of(row, "copy"),
        "image_model": model_of(row, "image"),
        "is_studio": row.kind == Provider.Kind.STUDIO,
        "serves": [kind for kind, chosen in defaults.items() if chosen == row],
    }
