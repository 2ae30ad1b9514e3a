"""A piece of writing with its images."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from workspaces.models import Project, Workspace


class Document(models.Model):
    """The text as it stands now; every earlier text is a ``DocumentVersion``.

    Written by ``create.py`` and ``edit.py`` alone. A trigger keeps it in its workspace and its
    project in the same one.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="documents")
    project = models.ForeignKey(
        Project, models.SET_NULL, null=True, blank=True, related_name="documents"
    )
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    """Markdown."""
    version = models.PositiveIntegerField(default=1)
    """Number of the version that holds ``title`` and ``body``."""
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="documents"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["workspace", "-updated_at"],
                condition=Q(archived_at__isnull=True),
                name="document_list",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(version__gte=1), name="document_version_at_least_1"),
            models.CheckConstraint(condition=~Q(title=""), name="document_title_given"),
        ]

    def __str__(self) -> str:
        return self.title
