"""Fills PostgreSQL with as many runs as years of work leave behind, in SQL, in seconds.

Ids follow time, as they do in production. One workspace has half of everything, nine share the
rest. Nearly all runs have ended; some hundred are under way, and a few old ones wait for people.
Some things are rare on purpose: a person, a project and a workflow that only the oldest runs know.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db import DatabaseError, connection, models
from django.utils import timezone

from benchmarks.fill_tables import FLOWS, PEOPLE, PROJECTS, RARE, ROOMS, RUNS, STEPS, tables
from workflows.graph.parse import parse
from workflows.models import (
    AgentJob,
    ExecutionEvent,
    NodeRun,
    ReviewDecision,
    ReviewTask,
    WorkflowExecution,
    WorkflowTemplate,
    WorkflowVersion,
)
from workflows.versions import save_version
from workspaces.models import Membership, Project, Role, User, Workspace

BIG = frozenset(
    model._meta.db_table for model in (WorkflowExecution, NodeRun, ExecutionEvent, AgentJob)
)
"""Tables that no query may read from end to end."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What to ask for."""

    workspace: Workspace
    """The big one."""
    user: User
    """Its owner."""
    flow: int
    """A workflow that is often run."""
    rare_flow: int
    project: int
    rare_project: int
    rare_person: int


def fill(runs: int, *, agents: int = 4, told: int = 3) -> Filled:
    """Write ``runs`` runs of ten steps, three of them with ``agents`` agents each.

    ``told`` events a step, one an agent and two a run. The tables must be empty; the caller
    clears them. Everything is committed, vacuumed and analysed.
    """
    filled, versions = _surroundings(), _seeds()
    with connection.cursor() as cursor:
        with contextlib.suppress(DatabaseError):  # a superuser alone may skip the foreign keys
            cursor.execute("SET session_replication_role = replica")
        cursor.execute(RUNS.format(runs=runs, rare=RARE, rooms=ROOMS))
        for model, columns, source in tables(versions, agents, told):
            _multiply(cursor, model, columns, source)
        cursor.execute("RESET session_replication_role")
        cursor.execute("DROP TABLE volume_runs")
        for model in (*_MODELS, Workspace):
            _restart(cursor, model)
        cursor.execute("VACUUM (ANALYZE)")
    return filled


_MODELS = (
    WorkflowExecution,
    NodeRun,
    AgentJob,
    ExecutionEvent,
    ReviewTask,
    ReviewDecision,
    WorkflowVersion,
)


def _surroundings() -> Filled:
    """Rooms, people, projects and workflows, with ids from 1 in each table."""
    owner = User.objects.create_user("volume@example.test", "a-long-password", pk=1)
    people = [
        User(pk=pk, email=f"v{pk}@example.test", name=f"P{pk}") for pk in range(2, PEOPLE + 1)
    ]
    User.objects.bulk_create(people)
    rooms = [
        Workspace(pk=pk, name=f"Room {pk}", slug=f"room-{pk}", max_concurrent_executions=2)
        for pk in range(1, ROOMS + 1)
    ]
    Workspace.objects.bulk_create(rooms)
    Membership.objects.bulk_create(
        Membership(workspace=rooms[0], user=person, role=Role.OWNER) for person in (owner, *people)
    )
    Project.objects.bulk_create(
        Project(pk=pk, workspace=rooms[0], name=f"Project {pk}") for pk in range(1, PROJECTS + 1)
    )
    nodes = [{"key": key, "type": type, "label": key, "config": {}} for key, type in STEPS]
    edges = [{"source": above[0], "target": below[0]} for above, below in pairwise(STEPS)]
    for pk in range(1, FLOWS + 1):
        flow = WorkflowTemplate.objects.create(pk=pk, name=f"Flow {pk}", slug=f"flow-{pk}")
        save_version(flow, parse({"nodes": nodes, "edges": edges}))
    return Filled(
        workspace=rooms[0],
        user=owner,
        flow=2,
        rare_flow=FLOWS,
        project=2,
        rare_project=PROJECTS,
        rare_person=PEOPLE,
    )


def _seeds() -> str:
    """One row a table, whose columns stand for those that a fill does not name.

    Gives the workflows' versions as an SQL array.
    """
    ids = WorkflowVersion.objects.order_by("template_id").values_list("pk", flat=True)
    run = WorkflowExecution.objects.create(
        pk=-1,
        workspace_id=1,
        version_id=ids[0],
        title="Seed",
        inputs={"topic": "A lamp that turns warm in the evening", "notes": "x" * 300},
        time_limit=1800,
        max_parallel_agents=20,
        total=len(STEPS),
    )
    step = NodeRun.objects.create(pk=-1, execution=run, key="seed", type="brief", attempt=1)
    AgentJob.objects.create(
        pk=-1,
        node_run=step,
        index=0,
        kind="copy",
        status="completed",
        provider="local",
        model="small-model",
        request_hash="0" * 64,
        latency_ms=1500,
        prompt_tokens=200,
        completion_tokens=150,
        calls=[{"number": 1, "mode": "schema", "at": timezone.now().isoformat(), "ms": 1500}],
        output={"text": "Warm light for the last hour of the day. " * 6, "fields": {}},
        cost="0.0004",
    )
    ExecutionEvent.objects.create(pk=-1, execution=run, kind="node.started", data={"attempt": 1})
    task = ReviewTask.objects.create(pk=-1, node_run=step, content_hash="0" * 64)
    ReviewDecision.objects.create(
        pk=-1, task=task, verdict="approve", before_hash="0" * 64, after_hash="0" * 64
    )
    return f"(ARRAY[{', '.join(map(str, ids))}])"


def _multiply(cursor: Any, model: type[models.Model], columns: dict[str, str], source: str) -> None:
    """Insert a row for each one of ``source``; columns not named are those of the seed."""
    table = model._meta.db_table
    names = [str(field.column) for field in model._meta.local_concrete_fields]
    quoted = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(columns.get(name, f'seed."{name}"') for name in names)
    cursor.execute(
        f'INSERT INTO "{table}" ({quoted}) SELECT {values}'
        f' FROM (SELECT * FROM "{table}" WHERE id = -1) seed CROSS JOIN {source}'
    )
    cursor.execute(f'DELETE FROM "{table}" WHERE id = -1')


def _restart(cursor: Any, model: type[models.Model]) -> None:
    """Let the next row of the table have the next id."""
    table = model._meta.db_table
    cursor.execute(
        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM \"{table}\""
    )
