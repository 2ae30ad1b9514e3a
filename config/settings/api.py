"""The REST API: tokens or sessions in, JSON and problem+json out."""

from datetime import timedelta
from typing import Any

from workflows.engine.states import AgentStatus, ExecutionStatus, NodeStatus, ReviewState
from workspaces.api.problems import components

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "workspaces.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["workspaces.api.permissions.WorkspacePermission"],
    "DEFAULT_PARSER_CLASSES": ["workspaces.api.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_THROTTLE_CLASSES": ["workspaces.api.throttling.CallsPerMinute"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "workspaces.api.schema.WorkspaceSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "config.api_errors.ProblemHandler",
    "EXCEPTION_FORMATTER_CLASS": "config.api_errors.ProblemFormatter",
    "ENABLE_IN_DEBUG_FOR_UNHANDLED_EXCEPTIONS": True,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Copyloom",
    "DESCRIPTION": (
        "Build, launch and follow content workflows, decide reviews, and take documents and"
        " images out. `manage.py create_api_token EMAIL --workspace SLUG` makes a key."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "APPEND_COMPONENTS": components(),
    "PATH_CONVERTER_OVERRIDES": {
        "id": {"type": "integer", "minimum": 1, "maximum": 2**63 - 1, "format": "int64"},
    },
    "ENUM_NAME_OVERRIDES": {
        "ExecutionStatus": [one.value for one in ExecutionStatus],
        "NodeStatus": [one.value for one in NodeStatus],
        "AgentStatus": [one.value for one in AgentStatus],
        "Role": "workspaces.models.Role",
        "ReviewState": [one.value for one in ReviewState],
        "WebhookEvent": "workspaces.models.WebhookEvent",
        "DeliveryState": "workspaces.models.Delivery.State",
        "TokenScope": "workspaces.models.Scope",
        "ImageSource": "documents.models.ImageSource",
        "ReferenceKind": "documents.models.ReferenceKind",
        "ItemKind": ["copy", "image"],
    },
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "persistAuthorization": False},
}
API_CALLS_PER_MINUTE = 12_000
"""A person's calls in one process."""
MAX_UPLOAD_BYTES = 26_000_000
"""A multipart body: a picture of the largest size with what stands around it."""
REST_KNOX = {
    "TOKEN_MODEL": "workspaces.ApiToken",
    "TOKEN_TTL": timedelta(days=365),
    "AUTO_REFRESH": False,
}
KNOX_TOKEN_MODEL = "workspaces.ApiToken"  # noqa: S105 - a model's name
MIGRATION_MODULES = {"knox": None}
"""``ApiToken`` stands in for knox's own model, so knox needs no table."""
