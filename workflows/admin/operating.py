"""What an operator may do to runs from their list: through the verbs alone, as on their pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from workflows.executions.moves import NotNow
from workflows.executions.pause import pause
from workflows.executions.resume import resume
from workflows.executions.retry import retry
from workflows.executions.stop import stop
from workflows.models import WorkflowExecution
from workflows.selectors import with_place
from workspaces.admin_tools import NOTHING
from workspaces.models import User

Verb = Callable[..., WorkflowExecution]
_NEEDS = "workflows.change_workflowexecution"


class Operating(admin.ModelAdmin[WorkflowExecution]):
    """Actions on the list of runs, for superusers and whoever may change runs."""

    actions = ("pause_runs", "resume_runs", "stop_runs", "retry_runs")

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Who may; nobody may change a run by hand."""
        return bool(request.user.has_perm(_NEEDS))

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkflowExecution]:
        """Load the place in line with each run."""
        return with_place(super().get_queryset(request))

    @admin.display(description="in line")
    def line(self, row: WorkflowExecution) -> str:
        """Where a pending run stands."""
        place = getattr(row, "place", None)
        return NOTHING if place is None else str(place)

    @admin.action(description="Pause selected runs", permissions=["operate"])
    def pause_runs(self, request: HttpRequest, rows: QuerySet[WorkflowExecution]) -> None:
        """Start nothing new in them."""
        self._each(request, rows, pause, "paused")

    @admin.action(description="Resume selected runs", permissions=["operate"])
    def resume_runs(self, request: HttpRequest, rows: QuerySet[WorkflowExecution]) -> None:
        """Let them go on."""
        self._each(request, rows, resume, "resumed")

    @admin.action(description="Stop selected runs for good", permissions=["operate"])
    def stop_runs(self, request: HttpRequest, rows: QuerySet[WorkflowExecution]) -> None:
        """End them; what has finished is kept."""
        self._each(request, rows, stop, "stopped")

    @admin.action(description="Retry failed steps of selected runs", permissions=["operate"])
    def retry_runs(self, request: HttpRequest, rows: QuerySet[WorkflowExecution]) -> None:
        """Call again what had failed; what has finished is kept."""
        self._each(request, rows, retry, "retried")

    def _each(
        self, request: HttpRequest, rows: Iterable[WorkflowExecution], verb: Verb, past: str
    ) -> None:
        """Take the verb to each run by itself; what could not be done is told with its reason."""
        done = 0
        for row in rows:
            try:
                verb(row.pk, user=cast("User", request.user))
            except NotNow as error:
                self.message_user(request, f"Run {row.pk}: {error}", messages.WARNING)
            else:
                done += 1
        if done:
            runs = "1 run" if done == 1 else f"{done} runs"
            self.message_user(request, f"{runs} {past}.", messages.SUCCESS)
