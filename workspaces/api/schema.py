"""How views are described in OpenAPI."""

from __future__ import annotations

from drf_standardized_errors.openapi import AutoSchema


class WorkspaceSchema(AutoSchema):
    """The errors that every call may answer with, beside its own."""
