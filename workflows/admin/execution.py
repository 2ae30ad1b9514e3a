"""Runs and their events, as an operator watches them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join

from workflows.admin.looks import Timed, execution_badge, fault, node_badge
from workflows.admin.operating import Operating
from workflows.executions.progress import percent
from workflows.models import AgentJob, ExecutionEvent, NodeRun, ReviewTask, WorkflowExecution
from workspaces.admin_tools import (
    NOTHING,
    ReadOnlyAdmin,
    ReadOnlyInline,
    change_link,
    dollars,
    list_link,
    pretty_json,
    readable,
)


class NodeRunsInline(Timed, ReadOnlyInline[NodeRun, WorkflowExecution]):
    """The steps of a run."""

    model = NodeRun
    fields = ("step", "state", "lane", "attempt", "round", "took", "problem")
    deferred = ("input", "output", "history", "item", "feedback")
    verbose_name_plural = "steps"

    @admin.display(description="step")
    def step(self, row: NodeRun) -> str:
        """Its key, with a link."""
        return change_link(row, row.key)

    @admin.display(description="status")
    def state(self, row: NodeRun) -> str:
        """Where it stands."""
        return node_badge(row)

    @admin.display(description="error")
    def problem(self, row: NodeRun) -> str:
        """What went wrong."""
        return (row.error or {}).get("message") or NOTHING


@admin.register(WorkflowExecution)
class ExecutionAdmin(Operating, Timed, ReadOnlyAdmin[WorkflowExecution]):
    """Runs, newest first."""

    list_display = (
        "state",
        "line",
        "progress",
        "title",
        "workspace",
        "template",
        "launched_by",
        "when",
        "took",
        "tokens",
        "spent",
    )
    list_display_links = ("title",)
    list_filter = ("status", "workspace", "created_at")
    list_select_related = ("workspace", "version__template", "launched_by")
    search_fields = ("title", "id__exact", "version__template__name")
    search_help_text = "Title, number or template."
    deferred = ("inputs", "error", "version__template__draft")
    inlines = (NodeRunsInline,)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("state", "steps"),
                    "title",
                    ("workspace", "project"),
                    ("template", "launched_by"),
                    ("created_at", "started_at", "finished_at", "took"),
                    ("tokens", "spent"),
                    "lists",
                )
            },
        ),
        ("Brief and error", {"fields": ("problem", "brief")}),
        (
            "Engine",
            {
                "fields": (
                    ("revision", "control", "max_parallel_agents"),
                    ("time_limit", "active_seconds", "active_since", "deadline_at"),
                ),
                "classes": ("collapse",),
            },
        ),
    )

    @admin.display(description="status", ordering="status")
    def state(self, row: WorkflowExecution) -> str:
        """Where it stands."""
        return execution_badge(row)

    @admin.display(description="progress")
    def progress(self, row: WorkflowExecution) -> str:
        """How far it is."""
        done = percent(row)
        bar = '<span class="cl-progress"><progress max="100" value="{}"></progress>{}%</span>'
        return format_html(bar, done, done)

    @admin.display(description="steps")
    def steps(self, row: WorkflowExecution) -> str:
        """The counters in words."""
        counts = {
            "completed": row.completed,
            "running": row.running,
            "waiting": row.waiting,
            "failed": row.failed,
            "skipped": row.skipped,
        }
        some = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
        return f"{percent(row)}% of {row.total}: {some or 'none begun'}"

    @admin.display(description="template", ordering="version__template__name")
    def template(self, row: WorkflowExecution) -> str:
        """What runs, with a link to the version that it pins."""
        number = f"v{row.version.number}" if row.version.number else "(draft)"
        return change_link(row.version, f"{row.version.template.name} {number}")

    @admin.display(description="tokens")
    def tokens(self, row: WorkflowExecution) -> str:
        """Of prompts and answers together."""
        return f"{row.prompt_tokens + row.completion_tokens:,}"

    @admin.display(description="cost", ordering="cost")
    def spent(self, row: WorkflowExecution) -> str:
        """What is known of the cost; calls without a price are never read as free."""
        if not row.unpriced_calls:
            return dollars(row.cost)
        if not row.cost:
            return "unpriced"
        return f"{dollars(row.cost)} + {row.unpriced_calls} unpriced"

    @admin.display(description="error")
    def problem(self, row: WorkflowExecution) -> str:
        """What went wrong."""
        return fault(row.error)

    @admin.display(description="brief")
    def brief(self, row: WorkflowExecution) -> str:
        """The values that it was launched with."""
        return readable(row.inputs)

    @admin.display(description="lists")
    def lists(self, row: WorkflowExecution) -> str:
        """All rows of the run, where the table below shows the first."""
        links = (
            list_link(NodeRun, "All steps", f"execution__id__exact={row.pk}"),
            list_link(AgentJob, "Agent jobs", f"node_run__execution__id__exact={row.pk}"),
            list_link(ReviewTask, "Reviews", f"node_run__execution__id__exact={row.pk}"),
            list_link(ExecutionEvent, "Events", f"execution__id__exact={row.pk}"),
        )
        joined = format_html_join("", "<span>{}</span>", ((link,) for link in links))
        return format_html('<span class="cl-actions">{}</span>', joined)


class EventFamily(admin.SimpleListFilter):
    """Which part of the engine an event tells of: the first word of its kind."""

    title = "about"
    parameter_name = "about"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        """The first words."""
        return [("run", "Runs"), ("node", "Steps"), ("agent", "Agents"), ("review", "Reviews")]

    def queryset(
        self,
        request: HttpRequest,
        queryset: QuerySet[ExecutionEvent],
    ) -> QuerySet[ExecutionEvent]:
        """Events of the chosen family."""
        family = self.value()
        return queryset.filter(kind__startswith=f"{family}.") if family else queryset


@admin.register(ExecutionEvent)
class EventAdmin(ReadOnlyAdmin[ExecutionEvent]):
    """What happened, newest first."""

    list_display = ("at", "kind", "run", "node_run", "actor", "summary")
    list_filter = (EventFamily, "at")
    list_select_related = ("execution", "node_run", "actor")
    search_fields = ("kind", "execution__id__exact", "execution__title")
    search_help_text = "Kind, run number or run title."
    ordering = ("-id",)
    deferred = (
        "execution__inputs",
        "execution__error",
        "node_run__input",
        "node_run__output",
        "node_run__history",
    )
    fields = ("at", "kind", "run", "node_run", "actor", "details")

    @admin.display(description="run", ordering="execution")
    def run(self, row: ExecutionEvent) -> str:
        """The run, with a link."""
        return change_link(row.execution)

    @admin.display(description="data")
    def summary(self, row: ExecutionEvent) -> str:
        """The data on one line."""
        return ", ".join(f"{key}: {value}" for key, value in row.data.items())[:160] or NOTHING

    @admin.display(description="data")
    def details(self, row: ExecutionEvent) -> str:
        """The data as it was written."""
        return pretty_json(row.data)
