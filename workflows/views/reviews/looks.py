"""How a review is shown: its state, its lane, its run. Pure."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from workflows.engine.states import Look, ReviewState
from workflows.models import NodeRun

REVIEW_LOOKS: dict[ReviewState, Look] = {
    ReviewState.WAITING: Look("Waiting for review", "waiting", "user-check"),
    ReviewState.APPROVED: Look("Approved", "completed", "circle-check"),
    ReviewState.CHANGES_REQUESTED: Look("Sent back", "paused", "message-square-reply"),
    ReviewState.REJECTED: Look("Rejected", "failed", "circle-x"),
    ReviewState.EXPIRED: Look("Expired", "skipped", "circle-slash-2"),
}
_ITEM = 60


def item_name(run: NodeRun) -> str:
    """What the lane of a review is about: ``Item 2: Oak desk``; empty outside lanes."""
    if not run.lane:
        return ""
    name = " ".join(_spoken(run.item).split())
    short = name if len(name) <= _ITEM else f"{name[: _ITEM - 1].rstrip()}…"
    number = f"Item {int(run.lane) + 1}"
    return f"{number}: {short}" if short else number


def _spoken(item: Any) -> str:
    """An item's own name where it is a record, else the item as text."""
    if isinstance(item, dict):
        named = (item.get(key) for key in ("name", "title", "label"))
        return str(next((value for value in named if value), next(iter(item.values()), "")))
    return "" if item is None else str(item)


def run_url(slug: str, execution_id: int) -> str:
    """The page of a run."""
    return reverse("workflows:run", args=[slug, execution_id])
