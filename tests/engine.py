"""Drives executions inside a test: every step goes through claim and finish, in order."""

from __future__ import annotations

import threading
from typing import Any

from django.db import transaction

from workflows.executions.claim import claim
from workflows.executions.launch import launch
from workflows.executions.run import run
from workflows.graph.model import Graph
from workflows.models import NodeRun, WorkflowExecution, WorkflowTemplate
from workflows.versions import save_version
from workspaces.models import User, Workspace


class Drive:
    """Launches graphs and runs what is sent."""

    def __init__(self, sent: list[tuple[int, int]], workspace: Workspace, user: User) -> None:
        self.sent = sent
        self.workspace = workspace
        self.user = user
        self.order: list[str] = []
        """Steps in the order in which they ran, as ``key`` or ``key[lane]``."""

    def template(self, graph: Graph, slug: str = "test") -> WorkflowTemplate:
        """A saved workflow."""
        template = WorkflowTemplate.objects.create(
            workspace=self.workspace, name="Test", slug=slug, created_by=self.user
        )
        save_version(template, graph, author=self.user)
        template.refresh_from_db()
        return template

    def launch(self, graph: Graph, **inputs: Any) -> WorkflowExecution:
        """A run that has been launched; nothing has run."""
        slug = f"test-{WorkflowTemplate.objects.count()}"
        return launch(
            template=self.template(graph, slug),
            inputs=inputs,
            workspace=self.workspace,
            user=self.user,
        )

    def work(self, execution: WorkflowExecution) -> WorkflowExecution:
        """Run every message until none is left."""
        self.commit()
        while self.sent:
            self.step()
        execution.refresh_from_db()
        return execution

    def step(self, place: int = 0) -> None:
        """Run one message, the oldest unless another place is named."""
        node_run_id, attempt = self.sent.pop(place)
        held = claim(node_run_id, attempt)
        if held is not None:
            self.order.append(str(NodeRun.objects.get(pk=node_run_id)))
            run(held, threading.Event())
        self.commit()

    def run(self, graph: Graph, **inputs: Any) -> WorkflowExecution:
        """Launch and run to where nothing more happens by itself."""
        return self.work(self.launch(graph, **inputs))

    def commit(self) -> None:
        """Do what a commit does inside a test's transaction: call the oncommit hooks."""
        connection = transaction.get_connection()
        while connection.in_atomic_block and connection.run_on_commit:
            hooks, connection.run_on_commit = connection.run_on_commit, []
            for _, hook, *_ in hooks:
                hook()


def outputs(execution: WorkflowExecution) -> dict[str, Any]:
    """Outputs by step, or by ``key[lane]``."""
    return {str(run): run.output for run in execution.node_runs.all()}


def statuses(execution: WorkflowExecution) -> dict[str, str]:
    """Statuses by step, or by ``key[lane]``."""
    return {str(run): run.status for run in execution.node_runs.all()}
