"""What is under way, what waits for the person, what was made and what it has cost."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render

from documents.selectors.documents import document_cards
from workflows.views.home.active import active_digest, active_runs
from workflows.views.home.setup import cookie_of, setup
from workflows.views.home.spend import spend
from workflows.views.home.waiting import waiting_reviews
from workflows.views.home.words import summary
from workspaces.access import Action
from workspaces.pages import PageRequest, page

DOCUMENTS = 5
_YEAR = 365 * 24 * 60 * 60


@page(Action.VIEW)
def home(request: PageRequest) -> HttpResponse:
    """The first page of a workspace."""
    access, workspace = request.access, request.access.workspace
    active, waiting = active_runs(workspace), waiting_reviews(access, request.user)
    is_hidden = cookie_of(workspace) in request.COOKIES
    documents, spent = document_cards(workspace).rows[:DOCUMENTS], spend(workspace)
    first_due = waiting.rows[0].due.words if waiting.rows else ""
    context = {
        "here": "home",
        "active": active,
        "waiting": waiting,
        "documents": documents,
        "spend": spent,
        "is_new": not documents and not spent.calls,
        "setup": None if is_hidden else setup(access),
        "summary": summary(running=active.running, waiting=waiting.count, first_due=first_due),
    }
    return render(request, "workflows/home.html", context)


@page(Action.VIEW)
def home_live(request: PageRequest) -> HttpResponse:
    """The runs under way once more; 204 while none of them has changed."""
    workspace = request.access.workspace
    if not request.htmx:
        return redirect("workflows:home", workspace.slug)
    if request.GET.get("v") == active_digest(workspace):
        return HttpResponse(status=204)
    return render(request, "workflows/_active_runs.html", {"active": active_runs(workspace)})


@page(Action.VIEW, "POST")
def hide_setup(request: PageRequest) -> HttpResponse:
    """Keep the list of first steps away from this browser."""
    workspace = request.access.workspace
    answer = redirect("workflows:home", workspace.slug)
    answer.set_cookie(cookie_of(workspace), "hidden", max_age=_YEAR, httponly=True, samesite="Lax")
    return answer
