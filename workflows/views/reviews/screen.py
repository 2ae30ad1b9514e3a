"""All that the page of one review shows, and its rendering."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from workflows.engine.states import ReviewState
from workflows.graph.draft import step_key
from workflows.graph.model import Graph
from workflows.models import ReviewTask
from workflows.reviews.rights import NotAllowed, check_right
from workflows.reviews.rounds import decision_of, rounds_of
from workflows.versions import graph_of
from workflows.views.reviews.board import build
from workflows.views.reviews.brief import answers
from workflows.views.reviews.cards import Board
from workflows.views.reviews.draft import Draft, decided, opening
from workflows.views.reviews.due import due
from workflows.views.reviews.lists import open_inbox, tab_for
from workflows.views.reviews.looks import REVIEW_LOOKS, item_name, run_url
from workspaces.pages import PageRequest


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a decision that was not taken: the page says so and keeps what was typed."""

    draft: Draft
    errors: Mapping[str, str] = field(default_factory=dict)
    """By name in the form; ``all`` is about the whole."""
    status: int = 200
    is_late: bool = False
    """Whether somebody was faster."""


def show(request: PageRequest, task: ReviewTask, answer: Answer | None = None) -> HttpResponse:
    """The page of a review; with an answer, as the reviewer left it."""
    context = _screen(request, task, answer)
    status = answer.status if answer else 200
    return render(request, "workflows/review.html", context, status=status)


def _screen(request: PageRequest, task: ReviewTask, answer: Answer | None) -> dict[str, Any]:
    rounds = rounds_of(task)
    execution = task.node_run.execution
    graph = graph_of(execution.version_id)
    earlier = [one for one in rounds if one.round < task.round]
    draft = answer.draft if answer else _draft(task, earlier)
    return {
        "here": "reviews",
        "task": task,
        "run": task.node_run,
        "execution": execution,
        "run_url": run_url(request.access.workspace.slug, execution.pk),
        "item": item_name(task.node_run),
        "due": due(task.due_at, timezone.now(), task.rules),
        "draft": draft,
        "errors": answer.errors if answer else {},
        "is_late": bool(answer and answer.is_late),
        "is_kept": answer is not None,
        "board": _board(task, graph, draft, earlier),
        "before": earlier[-1] if earlier else None,
        "earlier": earlier[::-1],
        "later": next((one for one in rounds if one.round > task.round), None),
        "again": _again(task, graph),
        "answers": answers(execution.inputs, graph),
        **_standing(request, task),
        **_neighbours(request, rounds[-1]),
    }


def _standing(request: PageRequest, task: ReviewTask) -> dict[str, Any]:
    """How the review stands, and what the person may do about it."""
    is_open = task.state == ReviewState.WAITING
    refusal = _refusal(request, task) if is_open else ""
    return {
        "look": REVIEW_LOOKS[ReviewState(task.state)],
        "is_open": is_open,
        "may": is_open and not refusal,
        "refusal": refusal,
        "decision": decision_of(task),
    }


def _board(task: ReviewTask, graph: Graph, draft: Draft, earlier: list[ReviewTask]) -> Board:
    """An open review is compared with the round before; a decided one shows its own edits."""
    is_open = task.state == ReviewState.WAITING
    before = earlier[-1].items if earlier and is_open else ()
    return build(task.items, task.rules, graph, draft, before, is_decided=not is_open)


def _draft(task: ReviewTask, earlier: list[ReviewTask]) -> Draft:
    decision = decision_of(task)
    if decision is not None:
        return decided(decision.data)
    last = decision_of(earlier[-1]) if earlier else None
    before = earlier[-1].items if earlier else ()
    return opening(task.items, task.rules, before, decided(last.data) if last else None)


def _refusal(request: PageRequest, task: ReviewTask) -> str:
    """Why the person may not decide; empty when they may."""
    try:
        check_right(request.user, task, request.access.workspace.pk)
    except NotAllowed as error:
        return str(error)
    return ""


def _again(task: ReviewTask, graph: Graph) -> dict[str, Any]:
    """Whether changes can be asked for, and which step they would run again."""
    most = int(task.rules.get("max_rounds", 3))
    named = task.rules.get("revise") or ""
    node = graph.by_key.get(step_key(named)) if named else None
    return {
        "label": (node.label or node.key) if node else "",
        "most": most,
        "is_last": bool(node) and task.round >= most,
        "is_offered": bool(node) and task.round < most,
    }


def _neighbours(request: PageRequest, task: ReviewTask) -> dict[str, Any]:
    """The list beside the review, and the reviews before and after this one in it."""
    inbox = open_inbox(request, tab_for(task))
    place = inbox.place(task)
    here = -1 if place is None else place
    urls = [row.url for row in inbox.rows]
    return {
        "inbox": inbox,
        "number": None if place is None else place + 1,
        "previous_url": urls[here - 1] if here > 0 else "",
        "next_url": urls[here + 1] if here + 1 < len(urls) else "",
    }
