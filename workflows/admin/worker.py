"""Who is alive."""

from __future__ import annotations

from django.contrib import admin
from django.utils import timezone

from workflows.figures import STALE
from workflows.models import WorkerBeat
from workspaces.admin_tools import ReadOnlyAdmin, badge, duration


@admin.register(WorkerBeat)
class WorkerBeatAdmin(ReadOnlyAdmin[WorkerBeat]):
    """Signs of life, the latest first."""

    list_display = ("name", "kind", "state", "age", "host", "pid", "seen_at")
    list_filter = ("kind", "host")
    search_fields = ("name", "host")
    ordering = ("-seen_at",)
    fields = ("name", "kind", "state", "age", "host", "pid", "seen_at")

    @admin.display(description="state")
    def state(self, row: WorkerBeat) -> str:
        """Whether it counts as alive."""
        if timezone.now() - row.seen_at > STALE:
            return badge("Gone", "failed")
        return badge("Alive", "completed")

    @admin.display(description="last seen", ordering="-seen_at")
    def age(self, row: WorkerBeat) -> str:
        """How long ago."""
        return f"{duration(row.seen_at, None)} ago"
