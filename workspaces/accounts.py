"""How people get in: accounts are made by admins, so nobody signs up by themselves."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

from workspaces import secrets


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Closes the sign-up form, and tells people's addresses apart."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: whoever runs the site makes the accounts."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Where the request comes from, to count attempts by.

        A request that came past the proxies counts for the machine that sent it.
        """
        try:
            return str(super().get_client_ip(request))
        except ImproperlyConfigured:
            return str(request.META["REMOTE_ADDR"])


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Keeps the keys of second factors as unreadable at rest as those of providers."""

    def encrypt(self, text: str) -> str:
        """What is stored for the key."""
        return secrets.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The key. Raises ``SecretUnreadable``."""
        return secrets.decrypt(encrypted_text)
