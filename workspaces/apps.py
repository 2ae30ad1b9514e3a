"""Tenancy: people, workspaces, projects."""

from django.apps import AppConfig


class WorkspacesConfig(AppConfig):
    """The app."""

    name = "workspaces"

    def ready(self) -> None:
        """Add to each request's log line, and list each session from its beginning."""
        from workspaces import last_seen, request_log  # noqa: F401, PLC0415 - they connect themselves
