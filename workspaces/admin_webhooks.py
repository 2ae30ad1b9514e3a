"""Webhooks in the admin: whom other programs are told by, and what did not arrive."""

from __future__ import annotations

from django.contrib import admin

from workspaces.admin_tools import NOTHING, ReadOnlyAdmin, change_link, pretty_json, when
from workspaces.models import Delivery, Webhook


@admin.register(Webhook)
class WebhookAdmin(ReadOnlyAdmin[Webhook]):
    """Addresses of workspaces; their secrets are seen nowhere."""

    list_display = ("name", "workspace", "url", "enabled", "created_by", "created_at")
    list_filter = ("enabled", "workspace")
    list_select_related = ("workspace", "created_by")
    search_fields = ("name", "url", "workspace__name")
    fields = ("workspace", "name", "url", "events", "enabled", "free_at", "created_by")


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin[Delivery]):
    """What was sent, what waits, and what was given up and why."""

    list_display = ("event", "receiver", "created", "attempts", "status_code", "stands", "error")
    list_filter = ("event", "created_at", "given_up_at")
    list_select_related = ("webhook",)
    search_fields = ("error", "source", "webhook__name", "webhook__url")
    deferred = ("data", "answer")
    fields = (
        "receiver",
        ("event", "source", "uid"),
        ("created_at", "last_try_at", "next_try_at", "delivered_at", "given_up_at"),
        ("attempts", "status_code"),
        ("error", "answer"),
        "told",
    )

    @admin.display(description="webhook", ordering="webhook")
    def receiver(self, row: Delivery) -> str:
        """The webhook, with a link."""
        return change_link(row.webhook)

    @admin.display(description="created", ordering="created_at")
    def created(self, row: Delivery) -> str:
        """The moment, in short."""
        return when(row.created_at)

    @admin.display(description="state")
    def stands(self, row: Delivery) -> str:
        """Delivered, waiting or given up."""
        return Delivery.State(row.state).label

    @admin.display(description="data")
    def told(self, row: Delivery) -> str:
        """What the message says."""
        return pretty_json(row.data) if row.data else NOTHING
