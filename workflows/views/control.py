"""The buttons of a run: each takes its verb, and answers with the run as it stands then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import trigger_client_event

from workflows.executions.moves import NoSuchStep, NotNow
from workflows.executions.pause import pause
from workflows.executions.resume import resume
from workflows.executions.retry import retry
from workflows.executions.skip import skip
from workflows.executions.stop import stop
from workflows.graph.storable import is_storable
from workflows.models import WorkflowExecution
from workflows.runs.deeds import Deed, late_words
from workflows.runs.reading import find_run
from workflows.views.monitor import board_of, live_part, view_of
from workspaces.access import Action
from workspaces.pages import PageRequest, page

NOBODY = "-"
"""No step's key."""
Verb = Callable[[int], WorkflowExecution]


@dataclass(frozen=True, slots=True)
class _Toast:
    text: str
    level: str


@page(Action.RUN, "POST")
def run_pause(request: PageRequest, execution_id: int) -> HttpResponse:
    """Start nothing new; what runs finishes."""
    return _move(request, execution_id, Deed.PAUSE, lambda run: pause(run, user=request.user))


@page(Action.RUN, "POST")
def run_resume(request: PageRequest, execution_id: int) -> HttpResponse:
    """Go on."""
    return _move(request, execution_id, Deed.RESUME, lambda run: resume(run, user=request.user))


@page(Action.RUN, "GET", "HEAD", "POST")
def run_stop(request: PageRequest, execution_id: int) -> HttpResponse:
    """Ask whether to stop, where there is no dialog to ask in; a POST stops."""
    if request.method == "POST":
        return _move(request, execution_id, Deed.STOP, lambda run: stop(run, user=request.user))
    run = _find(request, execution_id)
    return render(request, "workflows/run_stop.html", {"run": run, "here": "runs"})


@page(Action.RUN, "POST")
def run_retry(request: PageRequest, execution_id: int) -> HttpResponse:
    """Try one failed step again, one lane of it, or without a key all of them."""
    key, lane = _named(request)
    fresh = "fresh" in request.POST
    return _move(
        request,
        execution_id,
        Deed.RETRY,
        lambda run: retry(run, key=key, lane=lane, fresh=fresh, user=request.user),
    )


@page(Action.RUN, "POST")
def run_skip(request: PageRequest, execution_id: int) -> HttpResponse:
    """Go on without a failed step, or one lane of it."""
    key, lane = _named(request)
    return _move(
        request,
        execution_id,
        Deed.SKIP,
        lambda run: skip(run, key=key or "", lane=lane, user=request.user),
    )


def _named(request: PageRequest) -> tuple[str | None, str | None]:
    """The step and the lane that the form names; what no step can be called names none."""
    key, lane = request.POST.get("key") or None, request.POST.get("lane") or None
    return (key, lane) if is_storable(f"{key}{lane}") else (NOBODY, None)


def _find(request: PageRequest, execution_id: int) -> WorkflowExecution:
    run = find_run(request.access.workspace, execution_id)
    if run is None:
        raise Http404("There is no such run.")
    return run


def _move(request: PageRequest, execution_id: int, deed: Deed, verb: Verb) -> HttpResponse:
    run = _find(request, execution_id)
    try:
        moved = verb(run.pk)
    except NotNow as error:
        words = late_words(run.pk, deed, error, request.user, _named(request)[0])
        toast = _Toast(words, "warning") if words else _Toast(deed.done, "success")
    except NoSuchStep:
        toast = _Toast("This run has no such step.", "error")
    else:
        toast = _Toast(deed.told(moved.status), "success")
    return _answer(request, run.pk, toast)


def _answer(request: PageRequest, run_id: int, toast: _Toast) -> HttpResponse:
    """The live part with a toast, or without scripts the page with a message."""
    if request.htmx:
        response = live_part(request, board_of(request, run_id))
        return trigger_client_event(response, "toast", {"text": toast.text, "level": toast.level})
    messages.add_message(request, getattr(messages, toast.level.upper()), toast.text)
    address = reverse("workflows:run", args=[request.access.workspace.slug, run_id])
    return redirect(f"{address}?view={view_of(request)}")
