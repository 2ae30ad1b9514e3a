"""Starts a run: checks graph and brief, writes every row, lets the first step go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.engine.states import ExecutionStatus
from workflows.executions import lanes, slots
from workflows.executions.advance import admit, begin
from workflows.executions.apply import apply
from workflows.executions.decision import one_decision
from workflows.executions.inputs import resolve_inputs
from workflows.executions.moves import event
from workflows.graph.model import Graph, Issue, Limits, Node
from workflows.graph.validate import validate
from workflows.models import (
    ExecutionEvent,
    NodeRun,
    WorkflowExecution,
    WorkflowTemplate,
    WorkflowVersion,
)
from workflows.nodes import registry
from workflows.providers.registry import Directory
from workflows.templates import draft_graph, no_version
from workflows.versions import graph_of, pin_draft
from workspaces.models import Project, User, Workspace


class LaunchRefused(Exception):
    """The run cannot start; ``issues`` names every reason. Nothing was written."""

    def __init__(self, issues: list[Issue]) -> None:
        super().__init__("; ".join(issue.message for issue in issues))
        self.issues = issues


def check_graph(graph: Graph, workspace: Workspace) -> list[Issue]:
    """Every issue of a graph as it would run in this workspace."""
    return validate(
        graph,
        registry.catalog,
        limits=Limits(max_nodes=workspace.limits.max_nodes),
        provider_issues=Directory(workspace.pk).issues_of,
    )


def launch(
    *,
    template: WorkflowTemplate,
    inputs: Mapping[str, Any],
    workspace: Workspace,
    user: User | None,
    project: Project | None = None,
    title: str = "",
    version: WorkflowVersion | None = None,
) -> WorkflowExecution:
    """Start a run of the template's current version, or of ``version``.

    Raises ``LaunchRefused`` with the errors of the graph, or with what is wrong with the inputs
    (``field`` is ``inputs.<key>``).
    """
    version = version or template.current_version
    if version is None:
        raise LaunchRefused([no_version()])
    graph = graph_of(version.pk)
    errors = [issue for issue in check_graph(graph, workspace) if issue.severity == "error"]
    if errors:
        raise LaunchRefused(errors)
    brief = next(node for node in graph.nodes if node.type == "brief")
    values, problems = resolve_inputs(brief.config, inputs, workspace)
    problems += _lane_problems(graph, values)
    if problems:
        raise LaunchRefused(problems)
    return _write(
        version, graph, values, workspace, user, project, title or _title(template, brief, values)
    )


@one_decision
def launch_draft(
    *,
    template: WorkflowTemplate,
    inputs: Mapping[str, Any],
    workspace: Workspace,
    user: User | None,
    project: Project | None = None,
    title: str = "",
) -> WorkflowExecution:
    """Start a run of the template's draft, pinned as an unnumbered version.

    Without a draft the current version is what is drawn. Raises ``LaunchRefused``; nothing is
    kept then.
    """
    graph = draft_graph(template) if template.draft is not None else None
    version = None if graph is None else pin_draft(template, graph, author=user)
    return launch(
        template=template,
        inputs=inputs,
        workspace=workspace,
        user=user,
        project=project,
        title=title,
        version=version,
    )


@one_decision
def _write(
    version: WorkflowVersion,
    graph: Graph,
    values: dict[str, Any],
    workspace: Workspace,
    user: User | None,
    project: Project | None,
    title: str,
) -> WorkflowExecution:
    limits = workspace.limits
    execution = WorkflowExecution.objects.create(
        workspace=workspace,
        version=version,
        project=project,
        launched_by=user,
        title=title[:200],
        status=ExecutionStatus.PENDING,
        inputs=values,
        time_limit=limits.execution_time_limit,
        max_parallel_agents=limits.max_parallel_agents,
    )
    NodeRun.objects.bulk_create(
        lanes.new_run(execution.pk, node)
        for node in graph.nodes
        if lanes.starts_at_launch(graph, node)
    )
    _enter(execution, event(execution.pk, "run.launched", actor_id=user.pk if user else None))
    return execution


def _enter(execution: WorkflowExecution, launched: ExecutionEvent) -> None:
    """Start at once where a slot is free and nobody waits, else stand in line."""
    waiting = WorkflowExecution.objects.filter(
        workspace_id=execution.workspace_id, status=ExecutionStatus.PENDING, pk__lt=execution.pk
    )
    room = slots.free(execution.workspace_id)
    if room and not waiting.exists():
        begin(execution, launched)
        return
    apply(execution, launched)
    if admit(execution.workspace_id, room):
        execution.refresh_from_db()


def _lane_problems(graph: Graph, values: dict[str, Any]) -> list[Issue]:
    """Containers whose items are known from the brief already and are too many."""
    container = registry.catalog.get("parallel")
    found = getattr(container, "launch_issues", None)
    if found is None:
        return []
    return [
        issue
        for node in graph.nodes
        if node.type == "parallel"
        for issue in found(node.config, {"brief": values})
    ]


def _title(template: WorkflowTemplate, brief: Node, values: dict[str, Any]) -> str:
    """The template's name and the brief's first short text, so that runs can be told apart."""
    for field in brief.config.get("fields", []):
        value = values.get(field.get("key"))
        if field.get("kind", "text") == "text" and isinstance(value, str) and value.strip():
            return f"{template.name}: {value.strip()[:80]}"
    return template.name
