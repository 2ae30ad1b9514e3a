"""What an operator may do to runs in the admin: through the verbs alone, as on their pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from workflows.engine.states import LEGAL, Control, ExecutionStatus
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
FOLDER = "admin/workflows/workflowexecution"
_NEEDS = "workflows.change_workflowexecution"


@dataclass(frozen=True, slots=True)
class Deed:
    """What can be done to a run, and what it means."""

    control: Control
    label: str
    past: str
    means: str
    verb: Verb


DEEDS = (
    Deed(Control.PAUSE, "Pause", "paused", "Nothing new starts; what runs finishes.", pause),
    Deed(Control.RESUME, "Resume", "resumed", "It goes on where it stood.", resume),
    Deed(
        Control.RETRY,
        "Retry failed steps",
        "retried",
        "What had failed is called again, which costs; what has finished is kept.",
        retry,
    ),
    Deed(
        Control.STOP,
        "Stop for good",
        "stopped",
        "It ends now and cannot go on; what has finished is kept.",
        stop,
    ),
)


class Operating(admin.ModelAdmin[WorkflowExecution]):
    """Verbs on runs, in their list and on each one's page, for whoever may change runs."""

    actions = ("pause_runs", "resume_runs", "stop_runs", "retry_runs")
    change_form_template = f"{FOLDER}/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        """A page for each verb, below a run."""
        name = "workflows_workflowexecution_operate"
        guarded = self.admin_site.admin_view(self.operate_page)
        return [path("<int:run_id>/operate/<slug:word>/", guarded, name=name), *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The run's page, with what may be done as it stands."""
        row = self.get_object(request, object_id)
        deeds = [deed for deed in DEEDS if row is not None and _is_legal(deed, row)]
        shown = deeds if self.has_operate_permission(request) else []
        extra = {**(extra_context or {}), "deeds": shown}
        return super().change_view(request, object_id, form_url, extra)

    def operate_page(self, request: HttpRequest, run_id: int, word: str) -> HttpResponse:
        """Ask whether to do it, and what that means; a POST does it."""
        row = self.get_object(request, str(run_id))
        deed = next((one for one in DEEDS if one.control == word), None)
        if row is None or deed is None:
            raise Http404("There is no such run, or nothing of that name to do.")
        if not self.has_operate_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            self._each(request, [row], deed.verb, deed.past)
            return redirect("admin:workflows_workflowexecution_change", row.pk)
        about = {"title": f"{deed.label}?", "deed": deed, "original": row, "opts": self.opts}
        context = {**self.admin_site.each_context(request), **about}
        return TemplateResponse(request, f"{FOLDER}/operate.html", context)

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


def _is_legal(deed: Deed, row: WorkflowExecution) -> bool:
    if deed.control == Control.RETRY and not row.failed:
        return False
    return ExecutionStatus(row.status) in LEGAL[deed.control]
