"""What every API view is: a workspace, the rights of its methods, and plain answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from django.conf import settings
from django.db.models import Model, QuerySet
from django_filters.rest_framework import DjangoFilterBackend, FilterSet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from workspaces.access import Access, Action
from workspaces.api.errors import TooLarge, refused
from workspaces.api.pagination import CursorPage
from workspaces.models import User, Workspace

Row = TypeVar("Row", bound=Model)


class WorkspaceRequest(Request):
    """A call that ``WorkspacePermission`` let through."""

    user: User
    access: Access


class WorkspaceView(APIView):
    """A view inside one workspace; ``actions`` names the right of every method it answers.

    The workspace is the token's, or the one of ``X-Workspace``, or, where the address has a
    ``<slug:workspace_slug>``, the one that it names.
    """

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    actions: ClassVar[dict[str, Action | None]] = {}
    pagination_class: ClassVar[type[CursorPage]] = CursorPage
    filter_backends = [DjangoFilterBackend]
    filterset_class: ClassVar[type[FilterSet] | None] = None
    """What a list can be narrowed by; needs ``queryset``."""
    queryset: ClassVar[QuerySet[Any] | None] = None
    """Names the model of a list for its description; its rows are never read."""
    request: WorkspaceRequest

    @property
    def workspace(self) -> Workspace:
        """The caller's workspace."""
        return self.request.access.workspace

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse a body that is too large before any of it is read. Raises ``TooLarge``."""
        files = (request.content_type or "").startswith("multipart/")
        most = settings.MAX_UPLOAD_BYTES if files else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if _length(request) > most:
            raise TooLarge(f"The body may have {most:,} bytes.")
        if "Transfer-Encoding" in request.headers and not request.META.get("CONTENT_LENGTH"):
            raise refused(None, "Send Content-Length: chunked bodies are not read.", "no_length")
        super().initial(request, *args, **kwargs)

    def body(self, shape: type[BaseSerializer[Any]], **options: Any) -> dict[str, Any]:
        """The call's body as ``shape`` reads it. Raises ``ValidationError`` (422)."""
        parsed = shape(data=self.request.data, **options)
        parsed.is_valid(raise_exception=True)
        values: dict[str, Any] = parsed.validated_data
        return values

    def page(
        self,
        rows: QuerySet[Row],
        shape: type[BaseSerializer[Any]],
        context: Mapping[str, Any] | None = None,
    ) -> Response:
        """The rows that the query asks for, a page of them. Raises 422 for a bad filter."""
        if self.filterset_class is not None:
            rows = DjangoFilterBackend().filter_queryset(self.request, rows, self)
        pages = self.pagination_class()
        found = pages.paginate_queryset(rows, self.request, self)
        shown = shape(found, many=True, context={"request": self.request, **(context or {})})
        return pages.get_paginated_response(shown.data)


def _length(request: Request) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
