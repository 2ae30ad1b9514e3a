"""What an example stands on: a workspace, a workflow, pictures; and its clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction

from documents.models import Image
from tests.conftest import add_providers
from workflows.executions.launch import launch
from workflows.graph.model import Graph
from workflows.models import Provider, WorkflowExecution, WorkflowTemplate
from workflows.providers.registry import ResolvedProvider
from workflows.versions import save_version
from workspaces.models import Workspace

SLOTS = 2
AGENTS = 2
TIMINGS = replace(
    settings.ENGINE,
    lease_seconds=45,
    unsent_seconds=5,
    unknown_seconds=65,
    reconcile_seconds=10,
)
DUE_IN_HOURS = 3_605 / 3_600
_TIMES = {
    "workflows_noderun": (
        *("lease_until", "dispatched_at", "queued_at", "started_at", "finished_at"),
        *("retried_at", "fresh_since"),
    ),
    "workflows_workflowexecution": ("active_since", "deadline_at", "started_at", "finished_at"),
    "workflows_reviewtask": ("due_at", "decided_at", "created_at"),
    "workflows_agentjob": ("created_at", "finished_at"),
}


class Room:
    """A workspace with two slots and two agents a run."""

    def __init__(self) -> None:
        self.workspace = Workspace.objects.create(
            name="Room",
            slug="room",
            max_concurrent_executions=SLOTS,
            max_parallel_agents=AGENTS,
            execution_time_limit=1_805,
        )
        add_providers("http://127.0.0.1:9")
        row = Provider.objects.get(slug="scripted")
        self.provider = ResolvedProvider(None, row.slug, "scripted-1", row.pk)  # type: ignore[arg-type]
        self.images = [self._image(number).pk for number in range(2)]

    def open(self, graph: Graph) -> None:
        """Save the workflow that is run here."""
        self.graph = graph
        self.template = WorkflowTemplate.objects.create(
            workspace=self.workspace, name="Test", slug="test"
        )
        save_version(self.template, graph)
        self.template.refresh_from_db()

    def launch(self) -> WorkflowExecution:
        """A run of it."""
        return launch(
            template=self.template, inputs={"t": "x"}, workspace=self.workspace, user=None
        )

    def _image(self, number: int) -> Image:
        digest = f"{number:064x}"
        return Image.objects.create(
            workspace=self.workspace,
            key=f"w/{self.workspace.pk}/images/00/{digest}.png",
            sha256=digest,
            size=1,
            content_type="image/png",
            width=1,
            height=1,
            source="upload",
        )


def pass_time(time: timedelta) -> None:
    """Move every moment that is written down into the past."""
    statements = [
        f"UPDATE {table} SET " + ", ".join(f"{column} = {column} - %(by)s" for column in columns)
        for table, columns in _TIMES.items()
    ]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, {"by": time})


def commit() -> None:
    """Do what a commit does inside the example's transaction: call the oncommit hooks."""
    link = transaction.get_connection()
    while link.run_on_commit:
        hooks, link.run_on_commit = link.run_on_commit, []
        for _, hook, *_ in hooks:
            hook()
