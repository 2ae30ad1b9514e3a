"""What a decision tells, written in the transaction of the decision itself.

Webhooks are told of ends and reviews, and whoever launched a run of its good end, in the bell.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse

from workflows.engine.states import ReviewState
from workflows.executions.moves import Statement
from workflows.models import ExecutionEvent, NodeRun, ReviewTask, WorkflowExecution
from workspaces.models import Notice, Webhook, WebhookEvent, Workspace
from workspaces.words import one_line

_DELIVER = """
INSERT INTO workspaces_delivery (webhook_id, source, event, data)
SELECT hook.id, %s, %s, %s::jsonb FROM workspaces_webhook hook
 WHERE hook.workspace_id = %s AND hook.enabled AND %s = ANY(hook.events)
   FOR KEY SHARE OF hook
"""
_RING = """
INSERT INTO workspaces_notice
       (workspace_id, user_id, email, kind, subject, body, path, created_at, next_try_at,
        attempts, error)
SELECT member.workspace_id, person.id, person.email, %s, %s, '', %s, clock_timestamp(), NULL, 0, ''
  FROM workspaces_membership member JOIN workspaces_user person ON person.id = member.user_id
 WHERE member.workspace_id = %s AND member.user_id = %s AND person.is_active
   FOR KEY SHARE OF person
"""


def tell(execution: WorkflowExecution, events: Sequence[ExecutionEvent]) -> list[Statement]:
    """The statements that write what is told of these events; for most events none.

    The caller holds the execution's lock and has counted its revision up, so that each event is
    told once, whatever is tried again.
    """
    told = [one for one in events if one.kind in WebhookEvent.values]
    if not told:
        return []
    hooks = Webhook.objects.filter(workspace=OuterRef("pk"), enabled=True)
    rows = Workspace.objects.annotate(is_followed=Exists(hooks))
    workspace = rows.get(pk=execution.workspace_id)
    statements = [_deliver(execution, workspace, one) for one in told if workspace.is_followed]
    if execution.launched_by_id and any(one.kind == WebhookEvent.RUN_COMPLETED for one in told):
        statements.append(_ring(execution, workspace))
    return statements


def _ring(execution: WorkflowExecution, workspace: Workspace) -> Statement:
    subject = f"Run completed: {one_line(execution.title)}"
    path = reverse("workflows:run", args=[workspace.slug, execution.pk])
    kind = Notice.Kind.RUN_COMPLETED.value
    return _RING, [kind, subject, path, workspace.pk, execution.launched_by_id]


def _deliver(execution: WorkflowExecution, workspace: Workspace, told: ExecutionEvent) -> Statement:
    source = f"{told.kind}.{execution.pk}.{execution.revision}"
    data = _data(execution, workspace, told)
    return _DELIVER, [source, told.kind, json.dumps(data), workspace.pk, told.kind]


def _data(
    execution: WorkflowExecution, workspace: Workspace, told: ExecutionEvent
) -> dict[str, Any]:
    template, project = execution.version.template, execution.project
    data: dict[str, Any] = {
        "workspace": {"slug": workspace.slug, "name": workspace.name},
        "run": {"id": execution.pk, "title": execution.title, "status": str(execution.status)},
        "workflow": {"id": template.pk, "name": template.name},
        "project": {"id": project.pk, "name": project.name} if project else None,
        "url": _url("workflows:run", workspace, execution.pk),
    }
    if told.kind == WebhookEvent.RUN_FAILED:
        error = execution.error or {}
        data["error"] = {"code": error.get("code"), "message": error.get("message")}
    elif told.kind == WebhookEvent.RUN_COMPLETED:
        data["documents"] = _documents(execution, workspace)
    else:
        data |= _review(workspace, told)
    return data


def _documents(execution: WorkflowExecution, workspace: Workspace) -> list[dict[str, Any]]:
    """The documents that the run's steps have made or changed, each once."""
    rows = NodeRun.objects.filter(
        execution=execution, type="attach_to_document", output__document_id__isnull=False
    ).order_by("pk")
    made = dict(rows.values_list("output__document_id", "output__title"))
    return [
        {"id": pk, "title": title, "url": _url("documents:detail", workspace, pk)}
        for pk, title in made.items()
    ]


def _review(workspace: Workspace, told: ExecutionEvent) -> dict[str, Any]:
    task = ReviewTask.objects.select_related("node_run").get(
        node_run_id=told.node_run_id, state=ReviewState.WAITING
    )
    step = task.node_run
    return {
        "review": {
            "id": task.pk,
            "round": task.round,
            "step": step.label or step.key,
            "due_at": task.due_at.isoformat() if task.due_at else None,
        },
        "url": _url("workflows:review", workspace, task.pk),
    }


def _url(name: str, workspace: Workspace, pk: int) -> str:
    return settings.SITE_URL.rstrip("/") + reverse(name, args=[workspace.slug, pk])
