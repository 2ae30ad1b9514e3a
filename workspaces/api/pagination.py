"""Lists in pages that stay right while rows come and go."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.views import APIView

from workspaces.api.errors import refused
from workspaces.api.serializers import MAX_ID

_BASE64 = re.compile("[A-Za-z0-9+/]*={0,2}")


class CursorPage(CursorPagination):
    """``{next, previous, results}``, newest first; ``page_size`` up to 100."""

    page_size = 25
    page_size_query_param = "page_size"
    page_size_query_description = "How many rows a page has; more than 100 counts as 100."
    max_page_size = 100
    ordering: Any = "-id"
    cursor_query_description = "Where a page begins: follow `next` and `previous`."

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The page's rows. Raises ``Unprocessable`` for a cursor or size that is none."""
        position = self._cursor(request)
        if position:
            name = self.get_ordering(request, queryset, view)[0].lstrip("-")
            _check(queryset, name, position)
        return super().paginate_queryset(queryset, request, view) or []

    def get_page_size(self, request: Request) -> int:
        """The page's size. Raises ``Unprocessable`` for what is no number from 1."""
        given = request.query_params.get("page_size")
        if given is None:
            return self.page_size
        if not (given.isascii() and given.isdigit()) or not given.strip("0"):
            raise refused("page_size", "Give a number from 1 to 100.")
        return min(int(given[:10]), self.max_page_size)

    def _cursor(self, request: Request) -> str:
        if not _BASE64.fullmatch(request.query_params.get("cursor", "")):
            raise _bad_cursor()
        try:
            cursor = self.decode_cursor(request)
        except NotFound as error:
            raise _bad_cursor() from error
        return str(cursor.position or "") if cursor else ""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """What ``{next, previous, results}`` hold."""
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """The two parameters of every list."""
        cursor, size = super().get_schema_operation_parameters(view)
        size["schema"] = {"type": "integer", "minimum": 1, "default": self.page_size}
        return [cursor, size]


def _check(queryset: QuerySet[Any], name: str, position: str) -> None:
    """Refuse a cursor whose position is no value of the field that the list is ordered by."""
    try:
        value = queryset.model._meta.get_field(name).to_python(position)
    except (ValidationError, ValueError, OverflowError) as error:
        raise _bad_cursor() from error
    beyond = isinstance(value, int) and abs(value) > MAX_ID
    if "\x00" in position or beyond or (isinstance(value, datetime) and value.tzinfo is None):
        raise _bad_cursor()


def _bad_cursor() -> Exception:
    return refused("cursor", "This is no cursor of this list; follow `next` and `previous`.")
