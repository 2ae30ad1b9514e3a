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

STEPS = (
    ("brief", "brief"),
    ("copy_a", "generate_copy"),
    ("copy_b", "generate_copy"),
    ("images", "generate_image"),
    ("text_a", "compose_text"),
    ("text_b", "compose_text"),
    ("review", "review"),
    ("text_c", "compose_text"),
    ("text_d", "compose_text"),
    ("attach", "attach_to_document"),
)
REVIEW = 6
BIG = frozenset(
    model._meta.db_table for model in (WorkflowExecution, NodeRun, ExecutionEvent, AgentJob)
)
"""Tables that no query may read from end to end."""
_ROOMS, _FLOWS, _PEOPLE, _PROJECTS = 10, 20, 12, 6
_RARE = 40
"""The oldest runs, which alone know the rare things."""


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
    filled, seed = _surroundings(), _seeds()
    with connection.cursor() as cursor:
        with contextlib.suppress(DatabaseError):  # a superuser alone may skip the foreign keys
            cursor.execute("SET session_replication_role = replica")
        cursor.execute(_RUNS.format(runs=runs, rare=_RARE, rooms=_ROOMS))
        for model, columns, source in _tables(seed, agents, told):
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
        User(pk=pk, email=f"v{pk}@example.test", name=f"P{pk}") for pk in range(2, _PEOPLE + 1)
    ]
    User.objects.bulk_create(people)
    rooms = [
        Workspace(pk=pk, name=f"Room {pk}", slug=f"room-{pk}", max_concurrent_executions=2)
        for pk in range(1, _ROOMS + 1)
    ]
    Workspace.objects.bulk_create(rooms)
    Membership.objects.bulk_create(
        Membership(workspace=rooms[0], user=person, role=Role.OWNER) for person in (owner, *people)
    )
    Project.objects.bulk_create(
        Project(pk=pk, workspace=rooms[0], name=f"Project {pk}") for pk in range(1, _PROJECTS + 1)
    )
    nodes = [{"key": key, "type": type, "label": key, "config": {}} for key, type in STEPS]
    edges = [{"source": above[0], "target": below[0]} for above, below in pairwise(STEPS)]
    for pk in range(1, _FLOWS + 1):
        flow = WorkflowTemplate.objects.create(pk=pk, name=f"Flow {pk}", slug=f"flow-{pk}")
        save_version(flow, parse({"nodes": nodes, "edges": edges}))
    return Filled(
        workspace=rooms[0],
        user=owner,
        flow=2,
        rare_flow=_FLOWS,
        project=2,
        rare_project=_PROJECTS,
        rare_person=_PEOPLE,
    )


@dataclass(frozen=True, slots=True)
class _Seed:
    """One row a table, whose columns stand for those that a fill does not name."""

    versions: str
    """The workflows' versions as an SQL array."""


def _seeds() -> _Seed:
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
    return _Seed(f"(ARRAY[{', '.join(map(str, ids))}])")


_RUNS = """
CREATE TEMP TABLE volume_runs AS
SELECT g, made, status,
       CASE WHEN status = 'running' AND (g %% 997 = 0 OR g %% 3 = 2) THEN 'waiting'
            WHEN status = 'running' AND g %% 3 = 1 THEN 'queued' ELSE status END AS mode,
       CASE WHEN g %% 2 = 0 OR g <= {rare} THEN 1 ELSE 2 + g %% ({rooms} - 1) END AS room
  FROM (SELECT g, now() - make_interval(secs => ({runs} - g) * 180.0 * 86400 / {runs} + 60) AS made,
               CASE WHEN g > {runs} - 30 THEN 'pending' WHEN g > {runs} - 180 THEN 'running'
                    WHEN g > {runs} - 220 THEN 'paused' WHEN g %% 997 = 0 THEN 'running'
                    WHEN g %% 33 = 0 THEN 'failed' WHEN g %% 50 = 1 THEN 'stopped'
                    ELSE 'completed' END AS status
          FROM generate_series(1, {runs}) g) one
""".replace("%%", "%")
_STATUS = """
CASE r.mode WHEN 'completed' THEN 'completed'
  WHEN 'failed' THEN CASE WHEN k < 5 THEN 'completed' WHEN k = 5 THEN 'failed' ELSE 'pending' END
  WHEN 'stopped' THEN CASE WHEN k < 3 THEN 'completed' ELSE 'skipped' END
  WHEN 'waiting' THEN CASE WHEN k < 6 THEN 'completed' WHEN k = 6 THEN 'waiting' ELSE 'pending' END
  WHEN 'pending' THEN 'pending'
  ELSE CASE WHEN k < 3 THEN 'completed' WHEN k > 3 THEN 'pending'
            WHEN r.mode = 'running' THEN 'running' ELSE 'queued' END END
"""
_ENDED = "r.status IN ('completed', 'failed', 'stopped')"


def _tables(
    seed: _Seed, agents: int, told: int
) -> list[tuple[type[models.Model], dict[str, str], str]]:
    """(model, SQL by column, FROM clause) of each table."""
    steps = len(STEPS)
    asked = "r.mode NOT IN ('pending') AND k BETWEEN 1 AND 3"
    rare = f"r.g <= {_RARE}"
    run = {
        "id": "r.g",
        "workspace_id": "r.room",
        "version_id": f"{seed.versions}[CASE WHEN {rare} THEN {_FLOWS} ELSE 1 + r.g % 19 END]",
        "project_id": f"CASE WHEN r.room > 1 THEN NULL WHEN {rare} THEN {_PROJECTS}"
        f" ELSE 1 + r.g / 2 % {_PROJECTS - 1} END",
        "launched_by_id": f"CASE WHEN {rare} THEN {_PEOPLE} ELSE 1 + r.g % {_PEOPLE - 1} END",
        "title": "'Flow ' || r.g % 19 || ': run ' || r.g",
        "status": "r.status",
        "created_at": "r.made",
        "started_at": "CASE WHEN r.status <> 'pending' THEN r.made END",
        "finished_at": f"CASE WHEN {_ENDED} THEN r.made + interval '2 min' END",
        "deadline_at": "CASE WHEN r.mode = 'running' THEN now() + interval '20 min' END",
        "active_since": "CASE WHEN r.mode IN ('running', 'queued') THEN now() END",
        "waiting": "CASE WHEN r.mode = 'waiting' THEN 1 ELSE 0 END",
        "completed": f"CASE WHEN r.status = 'completed' THEN {steps} ELSE 3 END",
    }
    key, type = (
        f"(ARRAY[{', '.join(repr(step[place]) for step in STEPS)}])[k + 1]" for place in (0, 1)
    )
    step = {
        "id": f"(r.g - 1) * {steps} + k + 1",
        "execution_id": "r.g",
        "key": key,
        "label": key,
        "type": type,
        "status": "s",
        "token": "CASE WHEN s = 'running' THEN gen_random_uuid() END",
        "lease_until": "CASE WHEN s = 'running' THEN now() + interval '1 hour' END",
        "wait_for": "CASE WHEN s = 'waiting' THEN 'people' ELSE '' END",
        "queued_at": "CASE WHEN s NOT IN ('pending', 'skipped') THEN r.made END",
        "dispatched_at": "CASE WHEN s NOT IN ('pending', 'skipped') THEN r.made END",
        "started_at": "CASE WHEN s NOT IN ('pending', 'queued', 'skipped') THEN r.made END",
        "finished_at": "CASE WHEN s IN ('completed', 'failed') THEN r.made END",
        "output": "CASE WHEN s = 'completed' THEN jsonb_build_object('text', repeat('Warm. ', 40),"
        " 'count', 4) END",
        "handles": "CASE WHEN s = 'completed' THEN ARRAY['out'] ELSE ARRAY[]::varchar[] END",
        "error": "CASE WHEN s = 'failed' THEN"
        """ '{"code": "timeout", "message": "Too slow.", "retryable": true}'::jsonb END""",
    }
    job = {
        "id": f"((r.g - 1) * 3 + k - 1) * {agents} + i + 1",
        "node_run_id": f"(r.g - 1) * {steps} + k + 1",
        "index": "i",
        "kind": "CASE WHEN k = 3 THEN 'image' ELSE 'copy' END",
        "created_at": "r.made",
        "finished_at": "r.made",
        "request_hash": "md5(r.g || '-' || k || '-' || i) || md5('')",
    }
    each = told * steps
    event = {
        "id": f"(r.g - 1) * {each + 3 * agents + 2} + k + 1",
        "execution_id": "r.g",
        "node_run_id": f"CASE WHEN k BETWEEN 1 AND {each} THEN (r.g - 1) * {steps} + 1"
        f" + (k - 1) / {told} ELSE NULL END",
        "kind": "CASE WHEN k = 0 THEN 'run.launched' WHEN k = 1 + r.g % 4000 THEN 'node.lost'"
        " ELSE (ARRAY['node.queued', 'node.started', 'node.completed'])[1 + k % 3] END",
        "at": "r.made",
    }
    task = {
        "id": "r.g",
        "node_run_id": f"(r.g - 1) * {steps} + {REVIEW + 1}",
        "state": "CASE WHEN r.mode = 'waiting' THEN 'waiting' ELSE 'approved' END",
        "items": """'[{"id": "copy-0", "kind": "copy", "node_key": "copy_a", "index": 0,"""
        """ "text": "Warm"}]'::jsonb""",
        "created_at": "r.made",
        "decided_at": "CASE WHEN r.mode <> 'waiting' THEN r.made END",
    }
    laid_out = f"volume_runs r CROSS JOIN generate_series(0, {steps - 1}) k"
    reviewed = "volume_runs r WHERE r.mode IN ('completed', 'waiting')"
    return [
        (WorkflowExecution, run, "volume_runs r"),
        (NodeRun, step, f"{laid_out} CROSS JOIN LATERAL (SELECT {_STATUS} AS s) one"),
        (AgentJob, job, f"{laid_out} CROSS JOIN generate_series(0, {agents - 1}) i WHERE {asked}"),
        (
            ExecutionEvent,
            event,
            f"volume_runs r CROSS JOIN generate_series(0, {each + 3 * agents + 1}) k",
        ),
        (ReviewTask, task, reviewed),
        (
            ReviewDecision,
            {"id": "r.g", "task_id": "r.g", "at": "r.made", "user_id": "1"},
            f"{reviewed} AND r.mode = 'completed'",
        ),
    ]


def _multiply(cursor: Any, model: type[models.Model], columns: dict[str, str], source: str) -> None:
    """Insert a row for each one of ``source``; columns not named are those of the seed."""
    table = model._meta.db_table
    names = [field.column for field in model._meta.local_concrete_fields]
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
