"""Runs a template of the gallery in every way that its brief and its reviews allow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from documents.models import Document
from templates_gallery.catalog import FOLDER
from tests.engine import Drive
from tests.factories import DocumentFactory, MembershipFactory
from tests.templates_gallery.uploads import upload
from workflows.engine.states import Verdict
from workflows.graph.parse import parse
from workflows.models import ReviewTask, WorkflowExecution
from workflows.nodes import registry
from workflows.reviews.decide import decide
from workflows.reviews.picks import default_choices
from workspaces.models import Role, User, Workspace

Template = dict[str, Any]
Inputs = dict[str, Any]

COMMENT = "Shorter sentences and the price first"

ROUTES: dict[str, list[Inputs]] = {
    "email-newsletter": [{"offer": None, "link": None}, {"stories": None}],
    "press-release": [
        {"quote": None},
        {"quote": None, "spokesperson": None},
        {"release_date": None, "link": None},
    ],
    "seo-landing-page": [
        {"search_phrase": "wall mount near me"},
        {"search_phrase": "wall mount near me", "place": None},
        {"search_phrase": "what holds a bicycle on a wall?"},
        {"page_kind": "Alternative", "compared_with": None},
        {"page_kind": "Offer", "link": None},
        {"existing_document": "a page of the workspace"},
    ],
    "event-promotion-pack": [
        {"price": 0, "seats": None, "place": "Online"},
        {"price": 450, "seats": 300, "speakers": None},
    ],
    "podcast-show-notes": [{"guest": None, "episode": None}, {"highlights": ["One line alone"]}],
    "case-study": [{"quote": None, "quoted": None}, {"quoted": None}],
}
"""Answers beside the choices that change what happens or what is written."""


def templates() -> list[Template]:
    """Every file of the gallery."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))]


def questions(template: Template) -> list[dict[str, Any]]:
    """The questions of its brief."""
    return next(n for n in template["nodes"] if n["type"] == "brief")["config"]["fields"]


def sample(template: Template) -> Inputs:
    """The answers that the gallery shows."""
    return dict(template["gallery"]["sample_inputs"])


def ways(template: Template, workspace: Workspace) -> Iterator[Inputs]:
    """Answers that take every option of every choice and every route, and the fewest there are."""
    asked = questions(template)
    yield {one["key"]: sample(template)[one["key"]] for one in asked if one.get("required")}
    choices = [one for one in asked if one.get("options")]
    for turn in range(max([1, *(len(one["options"]) for one in choices)])):
        yield sample(template) | {one["key"]: _chosen(one, turn) for one in choices}
    uploads = {one["key"]: upload(one["kind"], workspace) for one in asked}
    if any(uploads.values()):
        yield sample(template) | {key: value for key, value in uploads.items() if value}
    for route in ROUTES.get(template["slug"], []):
        changed = dict(route)
        if "existing_document" in route:
            changed["existing_document"] = str(DocumentFactory(workspace=workspace).pk)
        yield sample(template) | changed


def _chosen(question: dict[str, Any], turn: int) -> Any:
    """One option after the other; of several at once, all of them and then each alone."""
    options = question["options"]
    if question["kind"] == "choice":
        return options[turn % len(options)]
    return options if turn == 0 else [options[turn % len(options)]]


@dataclass
class Played:
    """A run that has ended."""

    execution: WorkflowExecution
    documents: list[Document]
    verdicts: list[tuple[str, str]] = field(default_factory=list)
    """Step and verdict of each review, in order."""

    @property
    def handles(self) -> set[str]:
        """Every way out that was taken, as ``step.handle``."""
        rows = self.execution.node_runs.filter(status="completed")
        return {f"{row.key}.{handle}" for row in rows for handle in row.handles or []}


def play(
    drive: Drive, template: Template, inputs: Inputs, verdict: Verdict = Verdict.APPROVE
) -> Played:
    """Run it to its end: each step's first review gets ``verdict`` where it can, then approval."""
    before = set(Document.objects.values_list("pk", flat=True))
    made = parse({"nodes": template["nodes"], "edges": template["edges"]})
    execution = drive.work(drive.launch(made, **inputs))
    decided: list[tuple[str, str]] = []
    while task := ReviewTask.objects.filter(state="waiting").order_by("pk").first():
        given = verdict if _first_of_its_kind(task, verdict, decided) else Verdict.APPROVE
        decide(
            task.pk,
            verdict=given,
            user=_judge(drive.workspace),
            comment="" if given == Verdict.APPROVE else COMMENT,
            choices=default_choices(task.items, task.rules),
        )
        decided.append((task.node_run.key, given))
        drive.work(execution)
    steps = Q(versions__source__execution=execution.pk)
    found = Document.objects.filter(steps).distinct().order_by("pk")
    assert set(Document.objects.values_list("pk", flat=True)) - before <= {one.pk for one in found}
    return Played(execution, list(found), decided)


def _first_of_its_kind(task: ReviewTask, verdict: Verdict, decided: list[tuple[str, str]]) -> bool:
    if verdict == Verdict.REQUEST_CHANGES and not task.rules["revise"]:
        return False
    return task.node_run.key not in {key for key, _ in decided}


def _judge(workspace: Workspace) -> User:
    """An owner, who may decide every review."""
    found = User.objects.filter(memberships__workspace=workspace, memberships__role=Role.OWNER)
    return found.first() or MembershipFactory(workspace=workspace, role=Role.OWNER).user


def ways_out(template: Template, *types: str) -> set[str]:
    """Every handle of the steps of these types that leads on, as ``step.handle``."""
    found = set()
    for node in template["nodes"]:
        if node["type"] in types:
            kind = registry.get(node["type"])
            found |= {f"{node['key']}.{handle}" for handle in kind.handles_out(node["config"])}
    return found


def steps(template: Template, type: str) -> dict[str, dict[str, Any]]:
    """Configs of the steps of a type, by key."""
    return {one["key"]: one["config"] for one in template["nodes"] if one["type"] == type}
