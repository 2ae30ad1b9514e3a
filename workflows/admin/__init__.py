"""Django admin, a module a noun."""

from workflows.admin import provider

__all__ = ["provider"]
