"""Keys of programs: each belongs to a person and a workspace and may do only what it names."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from knox.models import AbstractAuthToken

from workspaces.models.workspace import Workspace


class Scope(models.TextChoices):
    """What a token may be used for, never more than its person may do."""

    READ = "read", "Read"
    RUN = "run", "Launch and control runs"
    EDIT = "edit", "Edit workflows and documents"
    REVIEW = "review", "Decide reviews"
    ADMIN = "admin", "Administer the workspace"


class ApiToken(AbstractAuthToken):  # type: ignore[misc]  # knox has no types
    """A key of which only the digest is kept; it is shown once, when it is made."""

    name = models.CharField(max_length=80)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="tokens")
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope.choices))
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created"]
        indexes = [models.Index(fields=["workspace", "-created"], name="token_list")]
        constraints = [
            models.CheckConstraint(
                condition=Q(scopes__contained_by=Scope.values), name="token_scopes_known"
            )
        ]

    def __str__(self) -> str:
        return self.name
