"""``Authorization: Token <key>``: who calls, in which workspace, within which scopes."""

from __future__ import annotations

from datetime import timedelta
from hmac import compare_digest

from django.utils import timezone
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from knox.crypto import hash_token
from knox.settings import CONSTANTS
from rest_framework.exceptions import AuthenticationFailed

from workspaces.models import ApiToken, User
from workspaces.tokens import find_tokens

_USED_EVERY = timedelta(minutes=1)
"""How exact ``last_used_at`` is, so that a busy program does not write at each call."""


class TokenAuthentication(KnoxTokenAuthentication):  # type: ignore[misc]  # knox has no types
    """Knows a token by its digest and notes its use."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, ApiToken]:
        """The person and the token. Raises ``AuthenticationFailed`` and says what to do.

        An expired token is kept, so that its owner sees in the list why it stopped working.
        """
        key = token.decode("ascii", "replace").replace("\x00", "")
        digest = hash_token(key)
        for row in find_tokens(key[: CONSTANTS.TOKEN_KEY_LENGTH]):
            if compare_digest(digest, row.digest):
                return _checked(row)
        raise AuthenticationFailed("There is no such token. Make a new one and send it whole.")


def _checked(token: ApiToken) -> tuple[User, ApiToken]:
    now = timezone.now()
    if token.expiry is not None and token.expiry <= now:
        raise AuthenticationFailed("This token has expired. Make a new one.", "token_expired")
    if not token.user.is_active:
        raise AuthenticationFailed("This token's person may no longer sign in.", "user_inactive")
    if token.last_used_at is None or now - token.last_used_at > _USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token.user, token
