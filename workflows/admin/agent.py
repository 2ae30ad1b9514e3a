"""The ledger of paid calls."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import F, Func, IntegerField, QuerySet
from django.http import HttpRequest

from workflows.admin.looks import agent_badge, fault
from workflows.models import AgentJob, NodeRun, Provider
from workspaces.admin_tools import (
    NOTHING,
    ReadOnlyAdmin,
    ReadOnlyInline,
    change_link,
    dollars,
    pretty_json,
    readable,
    when,
)


class _Columns:
    """What a line of the ledger says, in a list or inside a step's page."""

    @admin.display(description="status", ordering="status")
    def state(self, row: AgentJob) -> str:
        """Where it stands."""
        return agent_badge(row)

    @admin.display(description="tokens in / out", ordering="completion_tokens")
    def tokens(self, row: AgentJob) -> str:
        """Of the prompt and of the answer."""
        if row.prompt_tokens is None and row.completion_tokens is None:
            return NOTHING
        return f"{row.prompt_tokens or 0:,} / {row.completion_tokens or 0:,}"

    @admin.display(description="cost", ordering="cost")
    def spent(self, row: AgentJob) -> str:
        """In dollars; an unknown price is said to be unknown."""
        if row.cost is not None:
            return dollars(row.cost)
        return "unpriced" if row.finished_at and self.calls_made(row) else NOTHING

    @admin.display(description="latency", ordering="latency_ms")
    def latency(self, row: AgentJob) -> str:
        """Of all its calls together."""
        return NOTHING if row.latency_ms is None else f"{row.latency_ms / 1000:.1f} s"

    @admin.display(description="calls", ordering="calls_n")
    def calls_made(self, row: AgentJob) -> int:
        """How many calls were sent: fall-backs, repairs and retries included."""
        return int(row.calls_n)  # type: ignore[attr-defined]  # annotated in get_queryset

    @admin.display(description="error")
    def problem(self, row: AgentJob) -> str:
        """What went wrong, in a line."""
        return (row.error or {}).get("message") or NOTHING


def _counted(rows: QuerySet[AgentJob]) -> QuerySet[AgentJob]:
    count = Func(F("calls"), function="jsonb_array_length", output_field=IntegerField())
    return rows.annotate(calls_n=count)


class AgentJobsInline(_Columns, ReadOnlyInline[AgentJob, NodeRun]):
    """The agents of a step, round by round."""

    model = AgentJob
    fields = (
        "job",
        "state",
        "round",
        "attempt",
        "kind",
        "provider",
        "model_name",
        "tokens",
        "spent",
        "latency",
        "calls_made",
        "problem",
    )
    deferred = ("output", "calls")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AgentJob]:
        """Count the calls in the same query."""
        return _counted(super().get_queryset(request))

    @admin.display(description="agent")
    def job(self, row: AgentJob) -> str:
        """Its number in the step, with a link."""
        return change_link(row, f"agent {row.index}")

    @admin.display(description="model")
    def model_name(self, row: AgentJob) -> str:
        """What answered; ``model`` names something else in an inline."""
        return row.model or NOTHING


class ProviderFilter(admin.SimpleListFilter):
    """Services by slug, read from the few providers and not from every line of the ledger."""

    title = "provider"
    parameter_name = "provider"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        """The slugs that exist."""
        slugs = Provider.objects.order_by("slug").values_list("slug", flat=True).distinct()
        return [(slug, slug) for slug in slugs]

    def queryset(
        self,
        request: HttpRequest,
        queryset: QuerySet[AgentJob],
    ) -> QuerySet[AgentJob]:
        """Lines of the chosen service."""
        slug = self.value()
        return queryset.filter(provider=slug) if slug else queryset


@admin.register(AgentJob)
class AgentJobAdmin(_Columns, ReadOnlyAdmin[AgentJob]):
    """Every agent's job, newest first."""

    list_display = (
        "id",
        "state",
        "step",
        "kind",
        "provider",
        "model",
        "tokens",
        "spent",
        "latency",
        "calls_made",
        "when",
    )
    list_filter = ("status", "kind", ProviderFilter, "created_at")
    list_select_related = ("node_run__execution",)
    search_fields = ("model", "provider", "node_run__execution__id__exact")
    search_help_text = "Model, provider or run number."
    ordering = ("-id",)
    deferred = (
        "output",
        "calls",
        "error",
        "node_run__input",
        "node_run__output",
        "node_run__history",
        "node_run__error",
        "node_run__execution__inputs",
        "node_run__execution__error",
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "step",
                    ("state", "kind", "index", "round", "attempt"),
                    ("provider", "model"),
                    ("tokens", "spent", "latency"),
                    ("created_at", "finished_at"),
                    "request_hash",
                )
            },
        ),
        ("Result", {"fields": ("details", "made")}),
        ("Calls", {"fields": ("sent",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[AgentJob]:
        """Count the calls in the same query."""
        return _counted(super().get_queryset(request))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """A run's page links to its agents."""
        if lookup == "node_run__execution__id__exact":
            return True
        return super().lookup_allowed(lookup, value, request)

    @admin.display(description="created", ordering="created_at")
    def when(self, row: AgentJob) -> str:
        """The moment, in short."""
        return when(row.created_at)

    @admin.display(description="step", ordering="node_run")
    def step(self, row: AgentJob) -> str:
        """The step and its run, with a link."""
        return change_link(row.node_run, f"{row.node_run} of {row.node_run.execution}")

    @admin.display(description="error")
    def details(self, row: AgentJob) -> str:
        """What went wrong, with code and hint."""
        return fault(row.error)

    @admin.display(description="output")
    def made(self, row: AgentJob) -> str:
        """What the agent gave."""
        return readable(row.output)

    @admin.display(description="calls")
    def sent(self, row: AgentJob) -> str:
        """Each call as it was written before it was sent."""
        return pretty_json(row.calls)
