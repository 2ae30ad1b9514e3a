"""How a run ended, as lines for people and as one object for programs. Pure but for settings."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse

from workflows.executions.follow import Snapshot, Step
from workflows.graph.model import Issue


def document_path(document_id: int) -> str:
    """Where a document is opened."""
    return reverse("admin:documents_document_change", args=[document_id])


def document_url(document_id: int) -> str:
    """The same with the host."""
    return settings.SITE_URL.rstrip("/") + document_path(document_id)


def lines(last: Snapshot) -> list[str]:
    """What failed and why, what waits, and where the documents are."""
    found = []
    for step in last.failures:
        error = step.error or {}
        lane = f", lane {int(step.lane) + 1}" if step.lane else ""
        found.append(f"{step.label} ({step.key}{lane}) failed: {error.get('message', '')}")
        if error.get("hint"):
            found.append(f"  {error['hint']}")
    if last.error and not last.failures:
        found.append(str(last.error.get("message", "")))
    found += [f"Review {task_id} still waits for a decision." for task_id in last.reviews]
    for document_id in last.documents:
        found.append(f"Document {document_id}: {document_path(document_id)}")
        found.append(document_url(document_id))
    return found


def as_json(last: Snapshot) -> dict[str, Any]:
    """``{id, status, title, documents, nodes, tokens, cost, …, error}``; cost in US dollars."""
    return {
        "id": last.id,
        "status": last.status,
        "title": last.title,
        "percent": last.percent,
        "seconds": round(last.seconds, 3),
        "documents": [
            {"id": one, "path": document_path(one), "url": document_url(one)}
            for one in last.documents
        ],
        "nodes": [_node(step) for step in last.steps],
        "tokens": last.tokens,
        "cost": str(last.cost),
        "unpriced_calls": last.unpriced_calls,
        "waiting_reviews": list(last.reviews),
        "error": _error(last),
    }


def refusal(issues: list[Issue]) -> dict[str, Any]:
    """The same object for a run that could not start."""
    message = "; ".join(issue.message for issue in issues)
    return {
        "id": None,
        "status": "refused",
        "documents": [],
        "nodes": [],
        "tokens": 0,
        "cost": "0",
        "error": {
            "code": "refused",
            "message": message,
            "issues": [issue.as_json() for issue in issues],
        },
    }


def _node(step: Step) -> dict[str, Any]:
    return {
        "key": step.key,
        "lane": step.lane,
        "label": step.label,
        "status": str(step.status),
        "round": step.round,
        "agents": step.agents,
        "agents_completed": step.agents_done,
        "seconds": round(step.seconds, 3) if step.seconds is not None else None,
        "error": step.error,
    }


def _error(last: Snapshot) -> dict[str, Any] | None:
    if last.failures:
        first = last.failures[0]
        return {"node": first.key, "lane": first.lane, **(first.error or {})}
    return last.error
