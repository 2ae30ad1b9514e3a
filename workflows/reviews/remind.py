"""Acts on reviews whose time is over."""

from __future__ import annotations

from django.db.models.functions import Now

from workflows.engine.states import ReviewState
from workflows.executions.decision import each
from workflows.models import ReviewTask
from workflows.reviews.decide import expire_task


def expire_due() -> int:
    """Close every overdue review as its step says; the number closed."""
    due = ReviewTask.objects.filter(
        state=ReviewState.WAITING, due_at__lte=Now(), rules__on_timeout__in=_ACTING
    ).values_list("pk")
    return each(expire_task, due)


_ACTING = ["approve", "reject", "fail"]
