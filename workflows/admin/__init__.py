"""Django admin, a module a noun."""

from workflows.admin import agent, execution, node_run, provider, review, template, worker

__all__ = ["agent", "execution", "node_run", "provider", "review", "template", "worker"]
