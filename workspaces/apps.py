"""Tenancy: people, workspaces, projects."""

from django.apps import AppConfig


class WorkspacesConfig(AppConfig):
    """The app."""

    name = "workspaces"
