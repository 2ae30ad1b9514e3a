"""Workflows: graphs, nodes, providers and the engine that runs them."""

from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    """The app."""

    name = "workflows"

    def ready(self) -> None:
        """Find the node types and register the system checks."""
        from workflows import checks
        from workflows.nodes import registry

        registry.discover()
        checks.register_checks()
