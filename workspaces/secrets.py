"""Secrets at rest: encrypted with Fernet keys that live outside the database."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SecretUnreadable(Exception):
    """A stored secret was written with a key that is no longer configured."""


def encrypt(plain: str) -> str:
    """The token that is stored for a secret; the empty string stays empty."""
    return _box().encrypt(plain.encode()).decode() if plain else ""


def decrypt(token: str) -> str:
    """The secret behind a stored token. Raises ``SecretUnreadable``."""
    if not token:
        return ""
    try:
        return _box().decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise SecretUnreadable(
            "A stored key cannot be read: its FIELD_ENCRYPTION_KEYS entry is missing."
        ) from error


def _box() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS])
