"""The page of one review."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from workflows.engine.states import ReviewState
from workflows.models import ReviewTask
from workflows.reviews.rounds import decision_of, find_task
from workflows.views.reviews.decide import take
from workflows.views.reviews.screen import show
from workspaces.access import Action
from workspaces.pages import PageRequest, page


@page(Action.VIEW, "GET", "HEAD", "POST")
def review_page(request: PageRequest, review_id: int) -> HttpResponse:
    """One round with all that is asked; a POST decides it."""
    task = find(request, review_id)
    return take(request, task) if request.method == "POST" else show(request, task)


@page(Action.VIEW)
def review_live(request: PageRequest, review_id: int) -> HttpResponse:
    """Tells an open page what others have decided or had made anew; 204 while nothing changed."""
    task = find(request, review_id)
    if not request.htmx:
        return redirect("workflows:review", request.access.workspace.slug, task.pk)
    seen = request.GET.get("content", task.content_hash)
    stale = seen if seen != task.content_hash else ""
    if task.state == ReviewState.WAITING and not stale:
        return HttpResponse(status=204)
    context = {"task": task, "decision": decision_of(task), "stale": stale}
    return render(request, "workflows/_review_live.html", context)


def find(request: PageRequest, review_id: int) -> ReviewTask:
    """The review of the person's workspace. Raises 404."""
    task = find_task(request.access.workspace, review_id)
    if task is None:
        raise Http404("There is no such review.")
    return task
