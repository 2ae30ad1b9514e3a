"""The API's description and the pages that show it."""

from __future__ import annotations

from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


@cache
def described() -> dict[str, Any]:
    """The description: the same for everybody, and made once, for it takes most of a second."""
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


class SchemaView(APIView):
    """OpenAPI as JSON, or as YAML for those who ask for it in ``Accept``."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = []
    renderer_classes = [
        OpenApiJsonRenderer2,
        OpenApiJsonRenderer,
        OpenApiYamlRenderer2,
        OpenApiYamlRenderer,
    ]
    schema = None

    def get(self, request: Request) -> Response:
        """The description."""
        return Response(described())


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI without scripts or styles in the page, as the content security policy wants."""

    authentication_classes = []
    throttle_classes = []
    template_name = "api/docs.html"


class UnknownAddress(APIView):
    """404 as a problem for every address that nothing answers."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = []
    schema = None

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Answer every method alike. Raises ``NotFound``."""
        raise NotFound(
            "Nothing answers at this address. /api/docs lists those that do; none ends in a slash."
        )

    def get(self, request: Request, **kwargs: object) -> Response:
        """Never reached: ``initial`` refuses."""
        raise NotFound
