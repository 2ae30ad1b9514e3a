"""The page of one run, and the part of it that follows the run."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django_htmx.http import trigger_client_event

from workflows.engine.states import ExecutionStatus
from workflows.runs.board import Board, read_board
from workflows.runs.reading import find_run, mark_of
from workspaces.access import Action
from workspaces.pages import PageRequest, page

VIEWS = ("graph", "list")


@page(Action.VIEW)
def run_page(request: PageRequest, execution_id: int) -> HttpResponse:
    """One run: progress, graph or list, timing, outputs, and what needs somebody."""
    board = board_of(request, execution_id)
    return render(request, "workflows/monitor.html", {**_context(request, board), "here": "runs"})


@page(Action.VIEW)
def run_live(request: PageRequest, execution_id: int) -> HttpResponse:
    """The part of the page that changes; 204 while the run's ``revision`` is the one given.

    The answer for a run that is completed or stopped asks for no more; one that has failed may be
    retried by somebody else. Opened as a page, it leads to the page.
    """
    mark = mark_of(request.access.workspace, execution_id)
    if mark is None:
        raise Http404("There is no such run.")
    if not request.htmx:
        return redirect("workflows:run", request.access.workspace.slug, execution_id)
    seen = request.GET.get("revision", "")
    if seen == mark:
        return HttpResponse(status=204)
    board = board_of(request, execution_id)
    response = live_part(request, board)
    if board.has_ended and seen and request.GET.get("status") != board.execution.status:
        trigger_client_event(response, "toast", _farewell(board))
    return response


def live_part(request: PageRequest, board: Board) -> HttpResponse:
    """The part of the page that changes, as the run stands now."""
    response = render(request, "workflows/_live.html", _context(request, board))
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["HX-Request"])
    return response


def board_of(request: PageRequest, execution_id: int) -> Board:
    """The run as its page shows it. Raises 404."""
    execution = find_run(request.access.workspace, execution_id)
    if execution is None:
        raise Http404("There is no such run.")
    return read_board(execution)


def _context(request: PageRequest, board: Board) -> dict[str, Any]:
    slug = request.access.workspace.slug
    return {
        "board": board,
        "run": board.execution,
        "template": board.execution.version.template,
        "steps_url": f"{reverse('workflows:run', args=[slug, board.execution.pk])}/steps/",
        "view": view_of(request),
    }


def view_of(request: PageRequest) -> str:
    """How the steps are shown: as the address says, or the form that was sent."""
    asked = request.GET.get("view") or request.POST.get("view")
    return asked if asked in VIEWS else VIEWS[0]


def _farewell(board: Board) -> dict[str, str]:
    """The toast of a run that has ended while somebody watched."""
    run = board.execution
    match run.status:
        case ExecutionStatus.COMPLETED:
            return {"text": f"Finished: {run.title}", "level": "success"}
        case ExecutionStatus.FAILED:
            return {"text": f"Failed: {run.title}", "level": "error"}
        case _:
            return {"text": f"Stopped: {run.title}", "level": "info"}
