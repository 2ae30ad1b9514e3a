"""System checks: the node types must be well formed."""

from typing import Any

from django.core import checks

from workflows.nodes import registry


def node_types(**kwargs: Any) -> list[checks.CheckMessage]:
    """Report every malformed or doubled node type."""
    return [checks.Error(text, id="workflows.E001") for text in registry.problems()]


def register_checks() -> None:
    """Hook the checks into ``manage.py check``."""
    checks.register(node_types)
