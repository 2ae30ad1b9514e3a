"""Invitations and e-mails in the admin: to see what was sent, and why something was not."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from workspaces.models import Invitation, Notice


class _Seen:
    """Looked at and deleted here; written where they belong."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: pages and runs write them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: what was sent stays as it was."""
        return False


@admin.register(Invitation)
class InvitationAdmin(_Seen, admin.ModelAdmin[Invitation]):
    """Who was invited by whom; the link is in the e-mail alone."""

    show_full_result_count = False
    fields = ("workspace", "email", "role", "invited_by", "created_at", "expires_at", "accepted_by")
    list_display = ("email", "workspace", "role", "invited_by", "expires_at", "accepted_at")
    list_filter = ("workspace", "role", "created_at")
    list_select_related = ("workspace", "invited_by")
    search_fields = ("email", "workspace__name")


@admin.register(Notice)
class NoticeAdmin(_Seen, admin.ModelAdmin[Notice]):
    """What was sent, what waits, and what was given up and why."""

    show_full_result_count = False
    list_display = (
        "subject",
        "email",
        "kind",
        "created_at",
        "attempts",
        "sent_at",
        "given_up_at",
        "read_at",
    )
    list_filter = ("kind", "created_at", "given_up_at", "workspace")
    list_select_related = ("workspace",)
    search_fields = ("subject", "email", "error")
