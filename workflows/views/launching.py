"""What the launch form shows beside the questions: samples, choices, the estimate, the limits."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from documents.models import Image, ReferenceFile
from workflows.briefs.answers import reusable
from workflows.briefs.questions import Question, input_name
from workflows.engine.states import ExecutionStatus
from workflows.executions.estimate import Estimate, NodeEstimate, estimate
from workflows.executions.inputs import image_value
from workflows.executions.launch import check_graph
from workflows.graph.model import Issue
from workflows.models import WorkflowExecution, WorkflowTemplate
from workflows.nodes.brief import Config
from workflows.versions import graph_of
from workspaces.access import ACTIONS, Access, Action
from workspaces.models import Membership, Project, User, Workspace

_RECENT = 11
_ID = re.compile(r"^[0-9]{1,18}$")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the form hangs: under the gallery or under the own workflows."""

    here: str
    title: str
    list_url: str
    url: str
    """Of the template's or the workflow's own page; the form and its parts hang below it."""

    @property
    def estimate_url(self) -> str:
        """What answers with the summary of a brief that is being filled in."""
        return f"{self.url}/estimate"


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen from."""

    projects: Sequence[Project]
    images: Sequence[Mapping[str, Any]]
    """The newest of the workspace, and before them those already chosen."""
    files: Sequence[ReferenceFile]
    """Those already chosen."""
    has_sample: bool
    has_last: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """What the run will take, as far as the brief tells."""

    estimate: Estimate
    steps: Sequence[NodeEstimate]
    """Without the brief and the containers."""
    missing: int
    """Required questions without an answer."""
    wrong: int
    """Answers that cannot be used."""
    blocked: Sequence[Issue]
    """Errors of the workflow itself."""
    copy_calls: int | None
    image_calls: int | None
    has_review: bool

    @property
    def tokens_text(self) -> str:
        """``18,400``: no more exact than an estimate is."""
        tokens = self.estimate.tokens or 0
        return f"{round(tokens, -2) if tokens >= 1_000 else tokens:,}"

    @property
    def is_free(self) -> bool:
        """Whether it is known to cost nothing."""
        return self.estimate.cost == Decimal(0)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many runs are under way, and how many may be."""

    running: int
    most: int

    @property
    def are_reached(self) -> bool:
        """Whether a new run waits its turn."""
        return self.running >= self.most


def brief_of(template: WorkflowTemplate) -> Config | None:
    """The brief's questions; None while the workflow has no version or no usable brief."""
    if template.current_version_id is None:
        return None
    graph = graph_of(template.current_version_id)
    found = next((node.config for node in graph.nodes if node.type == "brief"), None)
    try:
        return None if found is None else Config.model_validate(found)
    except ValueError:
        return None


def sample_of(template: WorkflowTemplate) -> dict[str, Any]:
    """The sample of the template, or of the one that it was cloned from."""
    origin = template.cloned_from.template if template.cloned_from else None
    for one in (template, origin):
        entry = getattr(one, "gallery_entry", None)
        if entry is not None and entry.sample_inputs:
            return dict(entry.sample_inputs)
    return {}


def filled(
    fill: str, template: WorkflowTemplate, config: Config, workspace: Workspace
) -> dict[str, Any]:
    """What the form starts with: ``sample``, the ``last`` brief of this workflow, or nothing."""
    if fill == "sample":
        return reusable(config, sample_of(template), workspace)
    last = _runs_of(template, workspace).first() if fill == "last" else None
    return reusable(config, last.inputs, workspace) if last else {}


def _runs_of(template: WorkflowTemplate, workspace: Workspace) -> Any:
    rows = WorkflowExecution.objects.filter(workspace=workspace, version__template=template)
    return rows.order_by("-pk")


def choices_of(
    template: WorkflowTemplate, questions: Sequence[Question], workspace: Workspace
) -> Choices:
    """What the form offers; pictures and files are read only where a question asks for one."""
    asked = {question.widget: question for question in questions}
    numbers = {
        kind: [one.text for one in questions if one.widget == kind and _ID.match(one.text)]
        for kind in ("image", "file")
    }
    files = ReferenceFile.objects.filter(workspace=workspace, pk__in=numbers["file"])
    return Choices(
        projects=list(Project.objects.filter(workspace=workspace)),
        images=_images(workspace, numbers["image"]) if "image" in asked else [],
        files=list(files.defer("text")) if numbers["file"] else [],
        has_sample=bool(sample_of(template)),
        has_last=_runs_of(template, workspace).exists(),
    )


def _images(workspace: Workspace, chosen: Sequence[str]) -> list[dict[str, Any]]:
    rows = Image.objects.filter(workspace=workspace).order_by("-pk")
    found = [*(rows.filter(pk__in=chosen) if chosen else ()), *rows[:_RECENT]]
    return [image_value(image) for image in dict.fromkeys(found)]


def summary_of(
    template: WorkflowTemplate,
    answers: Mapping[str, Any],
    workspace: Workspace,
    *,
    chosen: Collection[str] = (),
) -> Summary | None:
    """Estimate a run with the answers so far; None while the workflow has no version.

    ``chosen`` names questions whose picture or file is sent with the launch.
    """
    if template.current_version_id is None:
        return None
    graph = graph_of(template.current_version_id)
    found = estimate(graph=graph, inputs=answers, workspace=workspace)
    awaited = {input_name(key) for key in chosen}
    issues = [issue for issue in found.issues if issue.field not in awaited]
    missing = sum(issue.code == "missing_input" for issue in issues)
    return Summary(
        estimate=found,
        steps=[node for node in found.nodes if node.type not in ("brief", "parallel")],
        missing=missing,
        wrong=len(issues) - missing,
        blocked=[one for one in check_graph(graph, workspace) if one.severity == "error"],
        copy_calls=_calls(found, "generate_copy"),
        image_calls=_calls(found, "generate_image"),
        has_review=any(node.type == "review" for node in graph.nodes),
    )


def _calls(found: Estimate, type: str) -> int | None:
    calls = [node.agent_calls for node in found.nodes if node.type == type]
    known = [one for one in calls if one is not None]
    return sum(known) if len(known) == len(calls) else None


def limits_of(workspace: Workspace) -> Limits:
    """How full the workspace is."""
    rows = WorkflowExecution.objects.filter(workspace=workspace, status=ExecutionStatus.RUNNING)
    return Limits(
        rows.exclude(active_since=None).count(), workspace.limits.max_concurrent_executions
    )


def who_may_run(access: Access) -> Sequence[User]:
    """The members who may launch runs."""
    roles = [role for role, actions in ACTIONS.items() if Action.RUN in actions]
    members = Membership.objects.filter(workspace=access.workspace, role__in=roles)
    return list(User.objects.filter(pk__in=members.values("user")).order_by("name", "email"))
