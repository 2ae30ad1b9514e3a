"""One step of a run: what went in, what came out, who was called."""

from __future__ import annotations

from django.contrib import admin

from workflows.admin.agent import AgentJobsInline
from workflows.admin.looks import Timed, fault, node_badge
from workflows.models import NodeRun
from workspaces.admin_tools import (
    NOTHING,
    ReadOnlyAdmin,
    change_link,
    pretty_json,
    readable,
)

_RUN_DEFERRED = ("execution__inputs", "execution__error")


@admin.register(NodeRun)
class NodeRunAdmin(Timed, ReadOnlyAdmin[NodeRun]):
    """Steps, newest first."""

    list_display = (
        "step",
        "state",
        "type",
        "run",
        "attempt",
        "round",
        "when",
        "took",
        "problem",
    )
    list_filter = ("status", "started_at")
    list_select_related = ("execution",)
    search_fields = ("key", "type", "execution__id__exact", "execution__title")
    search_help_text = "Key, type, run number or run title."
    ordering = ("-id",)
    deferred = ("input", "output", "history", "item", "feedback", *_RUN_DEFERRED)
    inlines = (AgentJobsInline,)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "run",
                    ("state", "step", "type", "label"),
                    ("attempt", "round", "wait_for"),
                    ("queued_at", "started_at", "finished_at", "took"),
                    "details",
                )
            },
        ),
        ("Input as rendered", {"fields": ("given", "item_value", "feedback")}),
        ("Output", {"fields": ("made", "handles")}),
        ("Earlier rounds", {"fields": ("rounds",), "classes": ("collapse",)}),
        (
            "Claim",
            {
                "fields": (
                    ("token", "lease_until", "dispatched_at"),
                    ("loss_count", "reserved_agents"),
                ),
                "classes": ("collapse",),
            },
        ),
    )

    @admin.display(description="step", ordering="key")
    def step(self, row: NodeRun) -> str:
        """Key and lane."""
        return str(row)

    @admin.display(description="status", ordering="status")
    def state(self, row: NodeRun) -> str:
        """Where it stands."""
        return node_badge(row)

    @admin.display(description="run", ordering="execution")
    def run(self, row: NodeRun) -> str:
        """The run, with a link."""
        return change_link(row.execution)

    @admin.display(description="error")
    def problem(self, row: NodeRun) -> str:
        """What went wrong, in a line."""
        return (row.error or {}).get("message") or NOTHING

    @admin.display(description="error")
    def details(self, row: NodeRun) -> str:
        """What went wrong, with code and hint."""
        return fault(row.error)

    @admin.display(description="input")
    def given(self, row: NodeRun) -> str:
        """The config as it ran."""
        return readable(row.input)

    @admin.display(description="item")
    def item_value(self, row: NodeRun) -> str:
        """The lane's item."""
        return readable(row.item)

    @admin.display(description="output")
    def made(self, row: NodeRun) -> str:
        """What the steps below read."""
        return readable(row.output)

    @admin.display(description="history")
    def rounds(self, row: NodeRun) -> str:
        """Input and output of earlier rounds."""
        return pretty_json(row.history)
