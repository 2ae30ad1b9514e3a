"""A team's room: everything belongs to one workspace."""

from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.db.models import Q


@dataclass(frozen=True, slots=True)
class WorkspaceLimits:
    """The bounds in force in one workspace."""

    max_concurrent_executions: int
    max_parallel_agents: int
    execution_time_limit: int
    """Seconds of active time."""
    max_nodes: int
    max_images_per_document: int


class Workspace(models.Model):
    """A team with its members, workflows, runs and documents."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    max_concurrent_executions = models.PositiveIntegerField(null=True, blank=True)
    max_parallel_agents = models.PositiveIntegerField(null=True, blank=True)
    execution_time_limit = models.PositiveIntegerField(
        null=True, blank=True, help_text="Seconds of active time."
    )
    max_nodes = models.PositiveIntegerField(null=True, blank=True)
    max_images_per_document = models.PositiveIntegerField(null=True, blank=True)
    monthly_budget = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": 1}),
                name=f"workspace_{name}_at_least_1",
            )
            for name in settings.WORKSPACE_LIMITS
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def limits(self) -> WorkspaceLimits:
        """The workspace's own limits over the defaults of the settings."""
        return WorkspaceLimits(
            **{
                name: own if (own := getattr(self, name)) is not None else default
                for name, default in settings.WORKSPACE_LIMITS.items()
            }
        )
