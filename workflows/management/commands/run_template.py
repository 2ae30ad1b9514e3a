"""``manage.py run_template``: from a brief to a document, in a terminal."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import OperationalError
from django.db.models.functions import Now
from rich.console import Console

from workflows.executions.launch import LaunchRefused, launch
from workflows.executions.snapshot import take
from workflows.models import WorkerBeat, WorkflowExecution, WorkflowTemplate
from workflows.terminal.display import Display
from workflows.terminal.follow import Exit, Wishes, follow
from workflows.terminal.inputs import BadArgument, read_inputs
from workflows.terminal.report import as_json, tell
from workspaces.models import Membership, Project, Role, User, Workspace


class _Refused(Exception):
    """The command cannot begin; each line says what is wrong and what to do."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))


class Command(BaseCommand):
    """Launches a template and follows it; the exit status says how it ended."""

    help = (
        "Launch a template and follow it to its document. Exit status: 0 completed, 1 failed, "
        "2 bad input or unknown template, 3 stopped, 4 the --timeout is over, 130 left running."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to run, with which brief, and how to follow it."""
        parser.add_argument("slug", help="the template's slug")
        parser.add_argument(
            "--input",
            action="append",
            default=[],
            metavar="KEY=VALUE",
            help="an answer of the brief; KEY=@file reads a file; repeat a key for a list",
        )
        parser.add_argument(
            "--sample", action="store_true", help="fill what is missing from the template's sample"
        )
        parser.add_argument("--approve", action="store_true", help="approve every review")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        parser.add_argument("--workspace", default="demo", metavar="SLUG")
        parser.add_argument("--project", metavar="NAME", help="put the document into a project")
        parser.add_argument("--title", default="", help="the run's title")
        parser.add_argument("--timeout", type=float, metavar="SECONDS", help="follow for so long")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it. Ends the process with the status."""
        console = Console(stderr=options["json"])
        try:
            workspace = _workspace(options["workspace"])
            execution = _launch(workspace, options)
        except (_Refused, BadArgument) as error:
            self.stderr.write(str(error))
            sys.exit(Exit.BAD_INPUT)
        except OperationalError as error:
            self._without_database(error)
        self._follow(execution, workspace, console, options)

    def _without_database(self, error: OperationalError) -> NoReturn:
        reason = str(error).strip().splitlines()[-1]
        self.stderr.write(f"PostgreSQL does not answer; is make run up? ({reason})")
        sys.exit(Exit.FAILED)

    def _follow(
        self,
        execution: WorkflowExecution,
        workspace: Workspace,
        console: Console,
        options: dict[str, Any],
    ) -> NoReturn:
        if not _workers_are_seen():
            console.print("No worker has been seen lately: start one with make run.", markup=False)
        wishes = Wishes(options["approve"], _owner(workspace), options["timeout"])
        try:
            with Display(console) as display:
                snapshot, end = follow(execution.pk, wishes, display)
        except KeyboardInterrupt:
            snapshot, end = take(execution.pk), Exit.LEFT_RUNNING
        except OperationalError:
            self.stderr.write(f"PostgreSQL does not answer any more; run {execution.pk} may go on.")
            sys.exit(Exit.LEFT_RUNNING)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(snapshot, end), indent=2, default=str))
        tell(snapshot, end, console)
        sys.exit(end)


def _launch(workspace: Workspace, options: dict[str, Any]) -> WorkflowExecution:
    template = _template(options["slug"], workspace)
    inputs = read_inputs(options["input"])
    if options["sample"]:
        inputs = {**_sample(template), **inputs}
    project = _project(options["project"], workspace)
    try:
        return launch(
            template=template,
            inputs=inputs,
            workspace=workspace,
            user=_owner(workspace),
            project=project,
            title=options["title"],
        )
    except LaunchRefused as refused:
        lines = [_line(issue.node, issue.field, issue.message) for issue in refused.issues]
        raise _Refused(f"{template.name} cannot be launched:", *lines) from refused


def _line(node: str | None, field: str | None, message: str) -> str:
    where = ".".join(part for part in (node, field) if part)
    return f"  {where}: {message}" if where else f"  {message}"


def _workspace(slug: str) -> Workspace:
    found = Workspace.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Workspace.objects.values_list("slug", flat=True)) or "none yet"
        raise _Refused(f"There is no workspace {slug}. There are: {known}.")
    return found


def _template(slug: str, workspace: Workspace) -> WorkflowTemplate:
    """The workspace's own template of that slug, else the global one."""
    rows = WorkflowTemplate.objects.filter(archived_at=None)
    own, shared = rows.filter(workspace=workspace), rows.filter(workspace=None)
    found = own.filter(slug=slug).first() or shared.filter(slug=slug).first()
    if found is None:
        known = ", ".join(sorted({row.slug for row in [*own, *shared]})) or "none yet"
        raise _Refused(f"There is no template {slug}. There are: {known}.")
    return found


def _project(name: str | None, workspace: Workspace) -> Project | None:
    if not name:
        return None
    found = Project.objects.filter(workspace=workspace, name=name).first()
    if found is None:
        raise _Refused(f"There is no project {name} in the workspace {workspace.slug}.")
    return found


def _sample(template: WorkflowTemplate) -> dict[str, Any]:
    """The sample of the template, or of the global one that it shares its slug with."""
    shared = WorkflowTemplate.objects.filter(workspace=None, slug=template.slug).first()
    for one in (template, shared):
        entry = getattr(one, "gallery_entry", None)
        if entry is not None and entry.sample_inputs:
            return dict(entry.sample_inputs)
    raise _Refused(f"{template.name} has no sample: give its answers with --input.")


def _owner(workspace: Workspace) -> User | None:
    member = (
        Membership.objects.filter(workspace=workspace, role=Role.OWNER)
        .select_related("user")
        .order_by("pk")
        .first()
    )
    return member.user if member else None


def _workers_are_seen() -> bool:
    since = Now() - timedelta(seconds=4 * settings.ENGINE.renew_seconds)
    return WorkerBeat.objects.filter(kind=WorkerBeat.Kind.WORKER, seen_at__gt=since).exists()
