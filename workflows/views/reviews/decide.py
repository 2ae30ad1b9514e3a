"""Takes a decision from the form to the verb, and says what came of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html

from workflows.engine.states import ExecutionStatus, Verdict
from workflows.models import ReviewTask
from workflows.reviews.decide import AlreadyDecided, decide
from workflows.reviews.picks import BadDecision
from workflows.reviews.rights import NotAllowed
from workflows.reviews.rounds import decision_of, find_task
from workflows.views.reviews.draft import Draft, choices, problems, read
from workflows.views.reviews.lists import next_url
from workflows.views.reviews.looks import run_url
from workflows.views.reviews.screen import Answer, show
from workspaces.access import Action
from workspaces.pages import PageRequest, require

_PLACES = {"edits": "all", "selected": "all", "verdict": "all", "images.primary": "primary"}
_DONE = {
    Verdict.APPROVE: "Approved.",
    Verdict.REQUEST_CHANGES: "Sent back with your comment.",
    Verdict.REJECT: "Rejected.",
}


def take(request: PageRequest, task: ReviewTask) -> HttpResponse:
    """Decide and go on to the next review, or show the form again with what is wrong.

    A form that only moves an image decides nothing.
    """
    require(request.access, Action.REVIEW)
    draft = read(request.POST, task.items)
    if "move" in request.POST:
        return show(request, task, Answer(draft))
    try:
        verdict = Verdict(request.POST.get("verdict", ""))
    except ValueError:
        return _refused(request, task, draft, {"all": "Approve, request changes or reject."})
    if request.POST.get("content", task.content_hash) != task.content_hash:
        text = "An image was made anew since you opened this page. Look at it, then decide."
        return _refused(request, task, draft, {"all": text}, status=409)
    errors = problems(draft, task.items, task.rules, verdict)
    if errors:
        return _refused(request, task, draft, errors)
    return _decide(request, task, draft, verdict)


def _decide(request: PageRequest, task: ReviewTask, draft: Draft, verdict: Verdict) -> HttpResponse:
    try:
        decide(
            task.pk,
            verdict=verdict,
            user=request.user,
            comment=draft.comment,
            choices=choices(draft),
        )
    except BadDecision as error:
        place = _PLACES.get(error.attr, error.attr)
        return _refused(request, task, draft, {place: error.message})
    except NotAllowed as error:
        return _refused(request, task, draft, {"all": str(error)}, status=403)
    except AlreadyDecided as error:
        return _late(request, task, draft, verdict, error)
    messages.success(request, _done(request, task, verdict))
    return redirect(next_url(request, task))


def _refused(
    request: PageRequest,
    task: ReviewTask,
    draft: Draft,
    errors: dict[str, str],
    *,
    status: int = 422,
) -> HttpResponse:
    return show(request, task, Answer(draft, errors, status))


def _late(
    request: PageRequest, task: ReviewTask, draft: Draft, verdict: Verdict, error: AlreadyDecided
) -> HttpResponse:
    """Somebody was faster; the same decision of the same person, sent twice, is simply done."""
    current = find_task(request.access.workspace, task.pk)
    if current is None:
        current = error.task
    decision = decision_of(current)
    if decision and decision.user_id == request.user.pk and decision.verdict == verdict:
        messages.success(request, _done(request, current, verdict))
        return redirect(next_url(request, current))
    return show(request, current, Answer(draft, {"all": str(error)}, 409, is_late=True))


def _done(request: PageRequest, task: ReviewTask, verdict: Verdict) -> str:
    execution = task.node_run.execution
    paused = execution.status == ExecutionStatus.PAUSED
    return format_html(
        '{} <a href="{}">Run #{}</a> {}.',
        _DONE[verdict],
        run_url(request.access.workspace.slug, execution.pk),
        execution.pk,
        "goes on once it is resumed" if paused else "goes on",
    )
