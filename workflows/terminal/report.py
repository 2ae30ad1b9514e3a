"""How a run ended, for a person and for a program."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from rich.console import Console

from workflows.executions.snapshot import Snapshot
from workflows.models import NodeRun
from workflows.terminal.follow import Exit


def documents_of(execution_id: int) -> list[dict[str, Any]]:
    """Documents that the run made or added to: ``{id, title, path, url}`` each, once."""
    outputs = NodeRun.objects.filter(
        execution_id=execution_id, type="attach_to_document", output__isnull=False
    ).values_list("output", "execution__workspace__slug")
    found: dict[int, dict[str, Any]] = {}
    for output, slug in outputs:
        if output and output.get("document_id"):
            path = reverse("documents:detail", args=[slug, output["document_id"]])
            found[output["document_id"]] = {
                "id": output["document_id"],
                "title": output["title"],
                "path": path,
                "url": settings.SITE_URL + path,
                "images": len(output.get("attachment_ids", [])),
            }
    return list(found.values())


def standing(snapshot: Snapshot) -> dict[str, Any]:
    """How a run stands, for a program."""
    execution = snapshot.execution
    return {
        "id": execution.pk,
        "title": execution.title,
        "status": execution.status,
        "place_in_line": snapshot.place,
        "progress": {"percent": snapshot.percent, "total": execution.total},
        "nodes": [
            {
                "key": step.key,
                "label": step.label,
                "type": step.type,
                "status": step.status,
                "lanes": step.statuses.total(),
                "agents": step.agents,
                "error": step.error,
            }
            for step in snapshot.steps
        ],
    }


def as_json(snapshot: Snapshot, end: Exit) -> dict[str, Any]:
    """Everything about the run, for a program."""
    execution = snapshot.execution
    return {
        **standing(snapshot),
        "exit": int(end),
        "documents": documents_of(execution.pk),
        "tokens": execution.prompt_tokens + execution.completion_tokens,
        "cost": str(execution.cost),
        "unpriced_calls": execution.unpriced_calls,
        "error": execution.error,
    }


def tell(snapshot: Snapshot, end: Exit, console: Console) -> None:
    """Say how the run ended and why, and where its documents are."""
    execution = snapshot.execution
    lines = [f"Run {execution.pk} {_ENDS[end]}."]
    for step in snapshot.steps:
        if step.error and step.status == "failed":
            lines.append(f"  {step.label} ({step.key}): {step.error['message']}")
            if step.error.get("hint"):
                lines.append(f"  {step.error['hint']}")
    if end == Exit.FAILED and execution.error and execution.error.get("code") == "time_limit":
        lines.append(f"  {execution.error['message']} {execution.error['hint']}")
    for document in documents_of(execution.pk):
        count = document["images"]
        images = f", {count} image{'s' if count > 1 else ''}" if count else ""
        lines.append(f"Document {document['id']}: {document['title']}{images}")
        lines.append(f"  {document['url']}")
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


_ENDS = {
    Exit.COMPLETED: "is completed",
    Exit.FAILED: "has failed",
    Exit.STOPPED: "was stopped",
    Exit.TIMED_OUT: "goes on; the time to follow it is over",
    Exit.LEFT_RUNNING: "goes on without being followed",
}
