"""Workflows as people draw them: a template with immutable versions."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from workspaces.models import Workspace


class WorkflowTemplate(models.Model):
    """A workflow that can be launched; global when it has no workspace."""

    workspace = models.ForeignKey(
        Workspace, models.CASCADE, null=True, blank=True, related_name="workflow_templates"
    )
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80)
    description = models.TextField(blank=True)
    category = models.SlugField(max_length=40, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    draft = models.JSONField(null=True, blank=True)
    """The autosaved graph in JSON form, when it differs from the current version."""
    draft_revision = models.PositiveIntegerField(default=0)
    current_version = models.ForeignKey(
        "WorkflowVersion", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    cloned_from = models.ForeignKey(
        "WorkflowVersion", models.SET_NULL, null=True, blank=True, related_name="clones"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "slug"], name="template_slug_once"),
            models.UniqueConstraint(
                fields=["slug"], condition=Q(workspace=None), name="template_global_slug_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WorkflowVersion(models.Model):
    """One saved state of a template. Immutable; a test run of a draft pins an unnumbered one."""

    template = models.ForeignKey(WorkflowTemplate, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    content_hash = models.CharField(max_length=64)
    canvas_notes = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(number=None), name="version_drafts")
        ]
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="version_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.template} v{self.number}" if self.number else f"{self.template} (draft)"


class WorkflowNode(models.Model):
    """One step of a version."""

    version = models.ForeignKey(WorkflowVersion, models.CASCADE, related_name="nodes")
    key = models.CharField(max_length=40)
    type = models.CharField(max_length=40)
    label = models.CharField(max_length=120, blank=True)
    config = models.JSONField(default=dict, blank=True)
    position_x = models.FloatField(default=0)
    position_y = models.FloatField(default=0)
    parent = models.CharField(max_length=40, blank=True)
    """The key of the Parallel container that holds the step, or empty."""

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="node_key_once"),
            models.CheckConstraint(
                condition=Q(key__regex=r"^[a-z][a-z0-9_]{0,39}$"), name="node_key_well_formed"
            ),
        ]

    def __str__(self) -> str:
        return self.label or self.key


class WorkflowEdge(models.Model):
    """A connection between two steps of a version."""

    version = models.ForeignKey(WorkflowVersion, models.CASCADE, related_name="edges")
    source = models.CharField(max_length=40)
    source_handle = models.CharField(max_length=40, default="out")
    target = models.CharField(max_length=40)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.source}.{self.source_handle} -> {self.target}"
