"""One step of a run in detail: what went in, what came out, what it cost."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from workflows.runs.detail import read_detail
from workflows.runs.reading import find_run
from workspaces.access import Action
from workspaces.pages import PageRequest, page


@page(Action.VIEW)
def run_step(request: PageRequest, execution_id: int, key: str) -> HttpResponse:
    """A step, or its lane ``?lane=``: a panel beside the run, or a page of its own."""
    run = find_run(request.access.workspace, execution_id)
    detail = read_detail(run, key, request.GET.get("lane", "")) if run else None
    if run is None or detail is None:
        raise Http404("There is no such step.")
    name = "workflows/_step.html" if request.htmx else "workflows/step.html"
    context = {"run": run, "template": run.version.template, "detail": detail, "here": "runs"}
    response = render(request, name, context)
    patch_vary_headers(response, ["HX-Request"])
    return response
