"""Tenancy: people, workspaces, projects."""

from django.apps import AppConfig


class WorkspacesConfig(AppConfig):
    """The app."""

    name = "workspaces"

    def ready(self) -> None:
        """Add to each request's log line."""
        from workspaces import request_log  # noqa: F401, PLC0415 - it connects itself
