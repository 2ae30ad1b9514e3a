"""Reviews: what people were asked, and what they decided."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from workflows.admin.looks import review_badge
from workflows.engine.states import ReviewState
from workflows.models import NodeRun, ReviewDecision, ReviewTask
from workspaces.admin_tools import (
    NOTHING,
    ReadOnlyAdmin,
    ReadOnlyInline,
    change_link,
    pretty_json,
    readable,
)


class DecisionInline(ReadOnlyInline[ReviewDecision, ReviewTask]):
    """The decision, once there is one."""

    model = ReviewDecision
    fields = ("verdict", "who", "comment", "choices", "at")
    related = ("user",)
    verbose_name_plural = "decision"

    @admin.display(description="who")
    def who(self, row: ReviewDecision) -> str:
        """The person; nobody when the time ran out."""
        return str(row.user) if row.user else "nobody: the time ran out"

    @admin.display(description="choices")
    def choices(self, row: ReviewDecision) -> str:
        """What was picked, edited and arranged."""
        return pretty_json(row.data)


@admin.register(ReviewTask)
class ReviewTaskAdmin(ReadOnlyAdmin[ReviewTask]):
    """Reviews, newest first."""

    list_display = ("id", "status", "step", "round", "role", "due_at", "created_at", "decided_at")
    list_filter = ("state", "role", "due_at", "created_at")
    list_select_related = ("node_run__execution",)
    search_fields = ("node_run__execution__id__exact", "node_run__execution__title", "instructions")
    search_help_text = "Run number, run title or instructions."
    ordering = ("-id",)
    deferred = (
        "items",
        "rules",
        "node_run__input",
        "node_run__output",
        "node_run__history",
        "node_run__execution__inputs",
    )
    inlines = (DecisionInline,)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "step",
                    ("status", "round"),
                    ("role", "assignees"),
                    ("created_at", "due_at", "decided_at"),
                    "asked",
                )
            },
        ),
        ("What is shown", {"fields": ("shown",)}),
        ("Rules", {"fields": ("terms", "content_hash"), "classes": ("collapse",)}),
    )

    def get_inlines(self, request: HttpRequest, obj: ReviewTask | None) -> Any:
        """No table of decisions while people are still asked."""
        waits = obj is None or obj.state == ReviewState.WAITING
        return () if waits else super().get_inlines(request, obj)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """A run's page links to its reviews."""
        if lookup == "node_run__execution__id__exact":
            return True
        return super().lookup_allowed(lookup, value, request)

    @admin.display(description="status", ordering="state")
    def status(self, row: ReviewTask) -> str:
        """Where it stands."""
        return review_badge(row)

    @admin.display(description="step", ordering="node_run")
    def step(self, row: ReviewTask) -> str:
        """The step and its run, with a link."""
        run: NodeRun = row.node_run
        return change_link(run, f"{run} of {run.execution}")

    @admin.display(description="instructions")
    def asked(self, row: ReviewTask) -> str:
        """What reviewers were told."""
        return readable(row.instructions)

    @admin.display(description="items")
    def shown(self, row: ReviewTask) -> str:
        """Every item as the reviewer sees it."""
        rows = ((item.get("id", ""), _item(item)) for item in row.items)
        found = format_html_join("", "<tr><th>{}</th><td>{}</td></tr>", rows)
        return format_html('<table class="cl-facts">{}</table>', found) if found else NOTHING

    @admin.display(description="rules")
    def terms(self, row: ReviewTask) -> str:
        """Picks, timeout and rounds."""
        return readable(row.rules)


def _item(item: dict[str, Any]) -> str:
    """A picture as a picture, all else as text."""
    image = item.get("image")
    number = image.get("id") if isinstance(image, dict) else None
    if not isinstance(number, int):
        return readable(item.get("text") or item)
    return format_html(
        '<a href="{}"><img src="{}" alt="{}" height="160" loading="lazy"></a>',
        reverse("admin:documents_image_change", args=[number]),
        reverse("admin:documents_image_file", args=[number]),
        image.get("alt_text", "") if image else "",
    )
