"""Second factors in the admin: they can be seen and taken away, for a phone that was lost."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.http import HttpRequest

admin.site.unregister(EmailAddress)  # people sign in by the address of their account
admin.site.unregister(Authenticator)
admin.site.unregister(UserSession)  # each person sees and ends their own


@admin.register(Authenticator)
class AuthenticatorAdmin(admin.ModelAdmin[Authenticator]):
    """Whose second factor it is and when it was used; never what it holds."""

    fields = ("user", "type", "created_at", "last_used_at")
    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    list_select_related = ("user",)
    search_fields = ("user__email", "user__name")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: people set up their own."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: it can be deleted alone."""
        return False
