"""``manage.py run_template``: launch a workflow and follow it to its document."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from workflows.engine.states import ExecutionStatus, Verdict
from workflows.executions.follow import Snapshot, follow, snapshot
from workflows.executions.launch import LaunchRefused, launch
from workflows.graph.model import Issue
from workflows.management import run_report
from workflows.management.progress import Progress, totals
from workflows.management.run_inputs import BadInputs, parse_inputs
from workflows.models import ReviewTask, WorkerBeat, WorkflowExecution, WorkflowTemplate
from workflows.reviews.decide import AlreadyDecided, decide
from workflows.reviews.picks import BadDecision, default_choices
from workspaces.models import Project, Role, User, Workspace

COMPLETED, FAILED, BAD_INPUT, STOPPED, NOT_OVER, INTERRUPTED = 0, 1, 2, 3, 4, 130
STALE = timedelta(seconds=60)


class Refused(Exception):
    """The run cannot start; ``issues`` says why."""

    def __init__(self, issues: list[Issue]) -> None:
        super().__init__("; ".join(issue.message for issue in issues))
        self.issues = issues


class Command(BaseCommand):
    """Exit status: 0 completed, 1 failed, 2 bad input, 3 stopped, 4 not over in time."""

    help = "Run a workflow: python manage.py run_template SLUG --input key=value …"

    def add_arguments(self, parser: CommandParser) -> None:
        """What to run, with what, and how to show it."""
        add = parser.add_argument
        add("slug", help="The template; the workspace's own comes before a global one.")
        add(
            "--input",
            action="append",
            default=[],
            metavar="KEY=VALUE",
            dest="inputs",
            help="An answer of the brief; KEY=@FILE reads a text file; repeat KEY for a list.",
        )
        add("--sample", action="store_true", help="Take missing answers from the gallery.")
        add("--approve", action="store_true", help="Approve reviews with the first picks.")
        add("--json", action="store_true", help="Print one JSON object at the end.")
        add("--workspace", default="demo", metavar="SLUG")
        add("--project", metavar="NAME", help="Where the document goes.")
        add("--title", default="", help="What the run is called.")
        add("--timeout", type=float, metavar="SECONDS", help="Stop following after so long.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Launch, follow, report; ends by ``SystemExit`` unless the run completed."""
        self.as_json: bool = options["json"]
        self.approve: bool = options["approve"]
        try:
            execution = self._launch(options)
        except Refused as refusal:
            self._refuse(refusal.issues)
        with Progress(self._stream()) as progress:
            self.progress = progress
            progress.say(f"Run {execution.pk} has started: {execution.title}")
            self._warn_without_workers()
            try:
                last = follow(
                    execution.pk,
                    show=progress.show,
                    on_review=self._review,
                    timeout=options["timeout"],
                )
            except KeyboardInterrupt:
                progress.say(f"Run {execution.pk} goes on without this window.")
                self._end(snapshot(execution.pk), INTERRUPTED)
        self._end(last, _exit_status(last))

    def _stream(self) -> Any:
        """Where progress goes: with ``--json`` nothing but the object is on standard output."""
        wrapper = self.stderr if self.as_json else self.stdout
        return wrapper._out

    def _launch(self, options: dict[str, Any]) -> WorkflowExecution:
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            raise _refused("workspace", f"--workspace: there is no {options['workspace']}.")
        template = find_template(options["slug"], workspace)
        if template is None:
            names = ", ".join(known_slugs(workspace)) or "none; run seed_templates first"
            text = f"There is no template {options['slug']}. There are: {names}."
            raise _refused("slug", text)
        self.user = _owner(workspace)
        try:
            return launch(
                template=template,
                inputs=_inputs(template, options),
                workspace=workspace,
                user=self.user,
                project=_project(workspace, options["project"]),
                title=options["title"],
            )
        except (BadInputs, LaunchRefused) as refusal:
            raise Refused(refusal.issues) from refusal

    def _refuse(self, issues: list[Issue]) -> NoReturn:
        for issue in issues:
            where = ".".join(part for part in (issue.node, issue.field) if part)
            self.stderr.write(f"{where}: {issue.message}" if where else issue.message)
        if self.as_json:
            self.stdout.write(json.dumps(run_report.refusal(issues), ensure_ascii=False))
        sys.exit(BAD_INPUT)

    def _warn_without_workers(self) -> None:
        seen = WorkerBeat.objects.filter(
            kind=WorkerBeat.Kind.WORKER, seen_at__gt=timezone.now() - STALE
        )
        if not seen.exists():
            self.progress.say(
                "No worker was seen in the last minute; start one with: manage.py worker"
            )

    def _review(self, task_id: int) -> None:
        """Approve a waiting review, or say how it is decided."""
        task = ReviewTask.objects.select_related("node_run").get(pk=task_id)
        if not self.approve:
            self.progress.say(
                f"Review {task_id} ({task.node_run.label}) waits for a decision. In another "
                f"window: manage.py decide_review {task_id} --approve"
            )
            return
        try:
            choices = default_choices(task.items, task.rules)
            decide(task_id, verdict=Verdict.APPROVE, user=self.user, choices=choices)
        except AlreadyDecided as late:
            self.progress.say(f"Review {task_id} was {late.task.state} by somebody else.")
        except BadDecision as wrong:
            self.progress.say(f"Review {task_id} could not be approved: {wrong.message}")
        else:
            picks = len(choices.selected)
            self.progress.say(f"Review {task_id} ({task.node_run.label}) approved, {picks} picked.")

    def _end(self, last: Snapshot, status: int) -> None:
        """Report and leave; returns for a completed run alone."""
        if self.as_json:
            self.stdout.write(json.dumps(run_report.as_json(last), ensure_ascii=False))
        else:
            for line in run_report.lines(last):
                self.stdout.write(line)
            self.stdout.write(f"{last.status.capitalize()} after {totals(last)}.")
        if status != COMPLETED:
            sys.exit(status)


def find_template(slug: str, workspace: Workspace) -> WorkflowTemplate | None:
    """The template of that slug: the workspace's own, else the global one."""
    known = WorkflowTemplate.objects.filter(slug=slug, archived_at=None)
    own = known.filter(workspace=workspace).first()
    return own or known.filter(workspace=None).first()


def known_slugs(workspace: Workspace) -> list[str]:
    """What can be run in a workspace."""
    known = WorkflowTemplate.objects.filter(archived_at=None)
    found = known.filter(workspace=workspace) | known.filter(workspace=None)
    return sorted(set(found.values_list("slug", flat=True)))


def _inputs(template: WorkflowTemplate, options: dict[str, Any]) -> dict[str, Any]:
    given = parse_inputs(options["inputs"])
    entry = getattr(template, "gallery_entry", None)
    sample = entry.sample_inputs if options["sample"] and entry is not None else {}
    return {**sample, **given}


def _owner(workspace: Workspace) -> User | None:
    """Whom the run counts for: the workspace's first owner."""
    return (
        User.objects.filter(memberships__workspace=workspace, memberships__role=Role.OWNER)
        .order_by("memberships__pk")
        .first()
    )


def _project(workspace: Workspace, name: str | None) -> Project | None:
    if name is None:
        return None
    project = Project.objects.filter(workspace=workspace, name=name).first()
    if project is None:
        raise _refused("project", f"--project: there is no {name} in {workspace.name}.")
    return project


def _refused(field: str, text: str) -> Refused:
    return Refused([Issue("bad_argument", text, field=field)])


def _exit_status(last: Snapshot) -> int:
    ends = {
        ExecutionStatus.COMPLETED: COMPLETED,
        ExecutionStatus.FAILED: FAILED,
        ExecutionStatus.STOPPED: STOPPED,
    }
    return ends.get(ExecutionStatus(last.status), NOT_OVER)
