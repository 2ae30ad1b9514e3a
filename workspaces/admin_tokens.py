"""API tokens in the admin: they can be seen and revoked; nobody can see what a key was."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from workspaces.models import ApiToken


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin[ApiToken]):
    """Whose token it is, what it may do and when it was used."""

    show_full_result_count = False
    fields = ("name", "user", "workspace", "may", "created", "expiry", "last_used_at")
    readonly_fields = ("may",)
    list_display = ("name", "user", "workspace", "may", "expiry", "last_used_at")
    list_filter = ("workspace", "created", "expiry")
    list_select_related = ("user", "workspace")
    search_fields = ("name", "user__email", "user__name", "workspace__name")

    @admin.display(description="scopes")
    def may(self, token: ApiToken) -> str:
        """What it may be used for."""
        return ", ".join(token.scopes)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: a key is shown once, to the person it belongs to."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: it can be revoked alone."""
        return False
