"""The reviews that wait for the person, as Home lists them: the most urgent first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from documents.images import file_url
from workflows.models import ReviewTask
from workflows.reviews import inbox
from workflows.views.reviews.due import Due, due
from workspaces.access import Access
from workspaces.models import User

SHOWN = 4


@dataclass(frozen=True, slots=True)
class WaitingReview:
    """One review."""

    task: ReviewTask
    due: Due
    holds: str
    """What is to be judged, such as ``3 texts, 1 image``."""
    thumb: str
    """The address of the first picture; empty without one."""


@dataclass(frozen=True, slots=True)
class WaitingReviews:
    """What the card shows."""

    rows: tuple[WaitingReview, ...]
    count: int


def waiting_reviews(access: Access, user: User) -> WaitingReviews:
    """Two queries, and a third for what the shown ones hold."""
    mine = inbox.asked(inbox.listed(access.workspace, inbox.Tab.WAITING), user, access.role)
    tasks = list(inbox.for_rows(mine)[:SHOWN])
    items = dict(
        ReviewTask.objects.filter(pk__in=[task.pk for task in tasks]).values_list("pk", "items")
    )
    now = timezone.now()
    rows = tuple(
        WaitingReview(
            task=task,
            due=due(task.due_at, now),
            holds=holds(items[task.pk]),
            thumb=_thumb(items[task.pk]),
        )
        for task in tasks
    )
    return WaitingReviews(rows, mine.count())


def holds(items: list[dict[str, Any]]) -> str:
    """The items by kind, in words. Pure."""
    counts = Counter(str(item.get("kind")) for item in items)
    parts = [
        f"{counts[kind]} {word}{'' if counts[kind] == 1 else 's'}"
        for kind, word in (("copy", "text"), ("image", "image"))
        if counts[kind]
    ]
    return ", ".join(parts) or "Nothing to pick from"


def _thumb(items: list[dict[str, Any]]) -> str:
    pictures = (item.get("image") for item in items if item.get("kind") == "image")
    first = next((one for one in pictures if isinstance(one, dict) and "id" in one), None)
    return file_url(int(first["id"])) if first else ""
