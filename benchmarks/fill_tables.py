"""The rows of a fill, in SQL: from one table of runs, what each of the others holds."""

from __future__ import annotations

from django.db import models

from workflows.models import (
    AgentJob,
    ExecutionEvent,
    NodeRun,
    ReviewDecision,
    ReviewTask,
    WorkflowExecution,
)

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
ROOMS, FLOWS, PEOPLE, PROJECTS = 10, 20, 12, 6
RARE = 40
"""The oldest runs, which alone know the rare things."""


RUNS = """
CREATE TEMP TABLE volume_runs AS
SELECT g, made, status,
       CASE WHEN status = 'running' AND (g %% 997 = 0 OR g %% 3 = 2) THEN 'waiting'
            WHEN status = 'running' AND g %% 3 = 1 THEN 'queued' ELSE status END AS mode,
       CASE WHEN g %% 2 = 0 OR g <= {rare} THEN 1 ELSE 2 + g / 2 %% ({rooms} - 1) END AS room
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


def tables(
    versions: str, agents: int, told: int
) -> list[tuple[type[models.Model], dict[str, str], str]]:
    """(model, SQL by column, FROM clause) of each table; ``versions`` is an SQL array of ids."""
    steps = len(STEPS)
    asked = "r.mode NOT IN ('pending') AND k BETWEEN 1 AND 3"
    rare = f"r.g <= {RARE}"
    run = {
        "id": "r.g",
        "workspace_id": "r.room",
        "version_id": f"{versions}[CASE WHEN {rare} THEN {FLOWS} ELSE 1 + r.g % 19 END]",
        "project_id": f"CASE WHEN r.room > 1 THEN NULL WHEN {rare} THEN {PROJECTS}"
        f" ELSE 1 + r.g / 2 % {PROJECTS - 1} END",
        "launched_by_id": f"CASE WHEN {rare} THEN {PEOPLE} ELSE 1 + r.g % {PEOPLE - 1} END",
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
