"""Keys of programs: each belongs to a person and a workspace and may do only what it names."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from knox.settings import CONSTANTS

from workspaces.models.workspace import Workspace

PUBLIC_ID_LENGTH = 32


class Scope(models.TextChoices):
    """What a token may be used for, never more than its person may do."""

    READ = "read", "Read"
    RUN = "run", "Launch and control runs"
    EDIT = "edit", "Edit workflows and documents"
    REVIEW = "review", "Decide reviews"
    ADMIN = "admin", "Administer the workspace"


class ApiToken(models.Model):
    """A key of which only the digest is kept; it is shown once, when it is made.

    Has the fields that knox expects of its token model.
    """

    digest = models.CharField(max_length=CONSTANTS.DIGEST_LENGTH, primary_key=True)
    token_key = models.CharField(
        max_length=CONSTANTS.MAXIMUM_TOKEN_PREFIX_LENGTH + CONSTANTS.TOKEN_KEY_LENGTH,
        db_index=True,
    )
    """The head of the key, to find the row by."""
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="auth_token_set"
    )
    created = models.DateTimeField(auto_now_add=True)
    expiry = models.DateTimeField(null=True, blank=True)

    name = models.CharField(max_length=80)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="tokens")
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope.choices))
    last_used_at = models.DateTimeField(null=True, blank=True)

    role: str | None = None
    """The person's role in the workspace, set by ``find_tokens`` alone; None for a stranger."""

    class Meta:
        verbose_name = "API token"
        ordering = ["-created"]
        indexes = [models.Index(fields=["workspace", "-created"], name="token_list")]
        constraints = [
            models.CheckConstraint(
                condition=Q(scopes__contained_by=Scope.values), name="token_scopes_known"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def public_id(self) -> str:
        """What addresses name it by: the head of its digest, of no use to a thief."""
        return self.digest[:PUBLIC_ID_LENGTH]
