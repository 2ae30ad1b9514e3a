"""Has one image of an open review made anew."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django_htmx.http import trigger_client_event

from workflows.graph.storable import is_storable
from workflows.models import ReviewTask
from workflows.nodes.base import NodeError
from workflows.reviews.decide import AlreadyDecided
from workflows.reviews.picks import BadDecision
from workflows.reviews.regenerate import BeingMade, regenerate_image
from workflows.reviews.rights import NotAllowed
from workflows.versions import graph_of
from workflows.views.reviews.board import build
from workflows.views.reviews.draft import read
from workflows.views.reviews.page import find
from workspaces.access import Action
from workspaces.pages import PageRequest, page

MAX_NOTE = 2_000


@page(Action.REVIEW, "POST")
def review_regenerate(request: PageRequest, review_id: int) -> HttpResponse:
    """The fresh image in its place, what was chosen for it kept; else a toast that says why."""
    task = find(request, review_id)
    item = request.POST.get("image", "")
    note = request.POST.get("note", "").strip()
    if len(note) > MAX_NOTE or not is_storable(note):
        return _refused(f"Write the note in plain text of at most {MAX_NOTE:,} characters.")
    try:
        task = regenerate_image(task.pk, image=item, note=note, user=request.user)
    except BadDecision as error:
        return _refused(error.message)
    except NodeError as error:
        return _refused(f"{error.message} {error.hint or ''}".strip())
    except (AlreadyDecided, BeingMade, NotAllowed) as error:
        return _refused(str(error))
    return _fresh(request, task, item)


def _fresh(request: PageRequest, task: ReviewTask, item: str) -> HttpResponse:
    draft = read(request.POST, task.items)
    graph = graph_of(task.node_run.execution.version_id)
    board = build(task.items, task.rules, graph, draft)
    group, card = next(
        (group, card) for group in board.groups for card in group.cards if card.id == item
    )
    context = {
        "task": task,
        "group": group,
        "card": card,
        "several": len(group.cards),
        "place": group.cards.index(card) + 1,
        "may": True,
        "is_open": True,
        "is_fresh": True,
        "errors": {},
    }
    response = render(request, "workflows/_review_fresh.html", context)
    text = f"Image {card.number} was made anew."
    trigger_client_event(response, "toast", {"text": text, "level": "success"})
    return trigger_client_event(response, "image-made", {"item": item})


def _refused(text: str) -> HttpResponse:
    response = HttpResponse(status=204)
    return trigger_client_event(response, "toast", {"text": text, "level": "error"})
