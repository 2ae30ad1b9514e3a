"""Ids in addresses: what cannot be an id matches no address, so it is a 404.

Importing this module registers them as ``id`` and ``token_id``.
"""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import StringConverter

from workspaces.api.serializers import MAX_ID
from workspaces.models.token import PUBLIC_ID_LENGTH


class IdConverter:
    """``<id:document_id>``: 1 up to what PostgreSQL's bigint holds."""

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        """The id. Raises ``ValueError`` for one that no row can have."""
        number = int(value)
        if number > MAX_ID:
            raise ValueError("No row has such an id.")
        return number

    def to_url(self, value: int) -> str:
        """The id as text."""
        return str(value)


class TokenIdConverter(StringConverter):
    """``<token_id:token_id>``: the head of a digest."""

    regex = f"[0-9a-f]{{{PUBLIC_ID_LENGTH}}}"


register_converter(IdConverter, "id")
register_converter(TokenIdConverter, "token_id")
