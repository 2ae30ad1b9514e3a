"""How views are described in OpenAPI."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerExtension,
)
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from workspaces.api.permissions import HEADER as WORKSPACE_HEADER
from workspaces.api.problems import OF_ALL, OF_UNSAFE, RESPONSES
from workspaces.api.serializers import StrictSerializer

_SAFE = ("GET", "HEAD")
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]+$"},
    OpenApiParameter.HEADER,
    description=(
        "A text of your own, such as a UUID. The same key with the same body is answered again"
        " (`Idempotency-Replayed: true`) and done once; the key is kept for 24 hours."
    ),
)


class WorkspaceSchema(AutoSchema):
    """The errors and headers that every call shares, beside its own."""

    def get_summary(self) -> str | None:
        """The first line of the method's docstring."""
        return super().get_description().partition("\n")[0].rstrip(".") or None

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular has it
        """The lines below the first."""
        return super().get_description().partition("\n")[2].strip()

    def get_override_parameters(self) -> list[Any]:
        """Name ``Idempotency-Key`` where it is honoured."""
        handler = getattr(self.view, self.method.lower(), None)
        return [IDEMPOTENCY_KEY] if getattr(handler, "idempotent", False) else []

    def get_filter_backends(self) -> list[Any]:
        """Only lists that can be narrowed have filters."""
        if getattr(self.view, "filterset_class", None) is None:
            return []
        return list(super().get_filter_backends())

    def _get_serializer_name(self, *args: Any, **options: Any) -> str:
        """Names for readers: ``Document`` and ``DocumentInput``."""
        name: str = super()._get_serializer_name(*args, **options)
        return name.replace("InputRequest", "Input").removesuffix("Shape")

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        found = super()._get_response_bodies(direction)
        codes = OF_ALL if self.method in _SAFE else OF_UNSAFE
        errors = {code: {"$ref": f"#/components/responses/{RESPONSES[code][0]}"} for code in codes}
        return {**errors, **found}


class TokenScheme(OpenApiAuthenticationExtension):
    """``Authorization: Token <key>``."""

    target_class = "workspaces.api.authentication.TokenAuthentication"
    name = "token"
    priority = 1

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """The header."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token <key>`: a key belongs to a person and a workspace.",
        }


class SessionScheme(OpenApiAuthenticationExtension):
    """The cookie of a signed-in browser, with the header that names the workspace."""

    target_class = "rest_framework.authentication.SessionAuthentication"
    name = ["session", "workspace"]
    priority = 1

    def get_security_definition(self, auto_schema: AutoSchema) -> list[dict[str, Any]]:
        """The cookie and the header."""
        return [
            {
                "type": "apiKey",
                "in": "cookie",
                "name": settings.SESSION_COOKIE_NAME,
                "description": "Calls that change something carry `X-CSRFToken` too.",
            },
            {
                "type": "apiKey",
                "in": "header",
                "name": WORKSPACE_HEADER,
                "description": "The workspace's slug; a token names its workspace by itself.",
            },
        ]


class StrictShape(OpenApiSerializerExtension):
    """A body that takes no other fields says so."""

    target_class = StrictSerializer
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Any) -> dict[str, Any]:
        """The shape, closed."""
        shape = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**shape, "additionalProperties": False}
