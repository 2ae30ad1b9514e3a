"""How people get in: accounts are made by admins, so nobody signs up by themselves."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Closes the sign-up form."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: whoever runs the site makes the accounts."""
        return False
