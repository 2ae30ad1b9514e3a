"""The form that starts a run: the brief, and beside it what the run will take."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from workflows.briefs.answers import read_answers, store_uploads
from workflows.briefs.questions import questions_of
from workflows.executions.launch import LaunchRefused, launch
from workflows.executions.launch_once import launch_once
from workflows.graph.model import Issue
from workflows.models import WorkflowExecution, WorkflowTemplate
from workflows.nodes.brief import Config
from workflows.views.launching import (
    Place,
    brief_of,
    choices_of,
    filled,
    limits_of,
    summary_of,
    who_may_run,
)
from workspaces.access import Action
from workspaces.models import Project
from workspaces.pages import PageRequest, page, require

_TOKEN = re.compile(r"^[\w-]{16,64}$")
_LONGEST_TITLE = 200


@dataclass(slots=True)
class _Form:
    """What the person has sent, or what the form starts with."""

    answers: dict[str, Any]
    title: str = ""
    project: str = ""
    token: str = ""
    issues: tuple[Issue, ...] = ()


@page(Action.VIEW, "GET", "POST")
def workflow_launch(request: PageRequest, workflow_id: int) -> HttpResponse:
    """Launch one of the workspace's own workflows."""
    return launch_page(request, *_own(request, workflow_id))


@page(Action.VIEW, "POST")
def workflow_estimate(request: PageRequest, workflow_id: int) -> HttpResponse:
    """What a run of an own workflow will take, as far as the brief is filled in."""
    return estimate_part(request, *_own(request, workflow_id))


def _own(request: PageRequest, workflow_id: int) -> tuple[WorkflowTemplate, Place]:
    rows = WorkflowTemplate.objects.select_related("current_version", "cloned_from__template")
    workspace = request.access.workspace
    template = get_object_or_404(rows, pk=workflow_id, workspace=workspace, archived_at=None)
    listed = reverse("workflows:list", args=[workspace.slug])
    return template, Place("workflows", "Workflows", listed, f"{listed}/{template.pk}")


def estimate_part(request: PageRequest, template: WorkflowTemplate, place: Place) -> HttpResponse:
    """The summary beside the form, for a brief that is still being filled in."""
    config = brief_of(template)
    if config is None:
        raise Http404("The workflow has no brief to fill in.")
    answers = read_answers(config, request.POST)
    context = {**_summary(request, template, answers), "place": place}
    return render(request, "workflows/_launch_summary.html", context)


def launch_page(request: PageRequest, template: WorkflowTemplate, place: Place) -> HttpResponse:
    """The launch form of any workflow that the workspace may run; both URLs lead here."""
    config = brief_of(template)
    if not request.access.can(Action.RUN):
        if request.method == "POST":
            require(request.access, Action.RUN)
        context = {"template": template, "place": place, "people": who_may_run(request.access)}
        return render(request, "workflows/launch_closed.html", {**context, "here": place.here})
    if request.method == "POST":
        return _launch(request, template, config or Config(), place)
    fill = request.GET.get("fill", "")
    answers = filled(fill, template, config or Config(), request.access.workspace)
    form = _Form(answers, token=secrets.token_urlsafe(16))
    return _show(request, template, config or Config(), place, form, fill=fill)


def _launch(
    request: PageRequest, template: WorkflowTemplate, config: Config, place: Place
) -> HttpResponse:
    """Start the run and go to its page, or show the form again with every reason."""
    workspace, user = request.access.workspace, request.user
    form = _Form(
        answers=read_answers(config, request.POST),
        title=request.POST.get("title", "").strip(),
        project=request.POST.get("project", ""),
        token=request.POST.get("token", ""),
    )
    form.answers, refused = store_uploads(
        config, request.FILES, form.answers, workspace=workspace, user=user
    )
    project, problems = _settings(form, request)
    if refused or problems:
        form.issues = (*refused, *problems)
        return _show(request, template, config, place, form)

    def start() -> WorkflowExecution:
        return launch(
            template=template,
            inputs=form.answers,
            workspace=workspace,
            user=user,
            project=project,
            title=form.title,
        )

    try:
        pk = launch_once(_token(request, form), workspace=workspace, user=user, start=start)
    except LaunchRefused as error:
        form.issues = tuple(error.issues)
        return _show(request, template, config, place, form)
    return redirect("workflows:run", workspace.slug, pk)


def _settings(form: _Form, request: PageRequest) -> tuple[Project | None, list[Issue]]:
    """The project, and what is wrong with project and title."""
    issues = []
    if len(form.title) > _LONGEST_TITLE:
        text = f"The title takes at most {_LONGEST_TITLE} characters; this has {len(form.title)}."
        issues.append(Issue("bad_title", text, field="title"))
    if "\0" in form.title:
        text = "The title holds a character that cannot be stored; remove it."
        issues.append(Issue("bad_title", text, field="title"))
    if not form.project:
        return None, issues
    number = int(form.project) if re.fullmatch(r"[0-9]{1,18}", form.project) else 0
    found = Project.objects.filter(pk=number, workspace=request.access.workspace).first()
    if found is None:
        text = "There is no such project in this workspace; choose another."
        issues.append(Issue("unknown_project", text, field="project"))
    return found, issues


def _token(request: PageRequest, form: _Form) -> str:
    """The form's own token together with what it says: a changed brief is another run."""
    if not _TOKEN.match(form.token):
        return secrets.token_urlsafe(32)
    said = {name: values for name, values in request.POST.lists() if "csrf" not in name}
    sent = [(name, one.name, one.size) for name, some in request.FILES.lists() for one in some]
    digest = hashlib.sha256(repr((sorted(said.items()), sorted(map(str, sent)))).encode())
    return f"{form.token}:{digest.hexdigest()[:32]}"


def _show(
    request: PageRequest,
    template: WorkflowTemplate,
    config: Config,
    place: Place,
    form: _Form,
    *,
    fill: str = "",
) -> HttpResponse:
    named = {f"inputs.{field.key}" for field in config.fields} | {"title", "project"}
    questions = questions_of(config, form.answers, form.issues)
    context = {
        **_summary(request, template, form.answers),
        "here": place.here,
        "place": place,
        "form": form,
        "fill": fill,
        "questions": questions,
        "general": [issue for issue in form.issues if issue.field not in named],
        "project_errors": [one.message for one in form.issues if one.field == "project"],
        "title_errors": [one.message for one in form.issues if one.field == "title"],
        "choices": choices_of(template, questions, request.access.workspace),
    }
    status = 422 if form.issues else 200
    return render(request, "workflows/launch.html", context, status=status)


def _summary(
    request: PageRequest, template: WorkflowTemplate, answers: dict[str, Any]
) -> dict[str, Any]:
    workspace = request.access.workspace
    waiting = [
        name.removeprefix("upload.")
        for name, value in request.POST.items()
        if name.startswith("upload.") and value
    ]
    return {
        "template": template,
        "summary": summary_of(template, answers, workspace, chosen=waiting),
        "limits": limits_of(workspace),
    }
