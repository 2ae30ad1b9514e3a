"""Runs of a workflow and their history."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from workflows.engine.states import ExecutionStatus
from workflows.models.choices import choices, known
from workflows.models.node_run import NodeRun
from workflows.models.template import WorkflowVersion
from workspaces.models import Project, Workspace


class WorkflowExecution(models.Model):
    """One run of one version. Only ``executions/`` writes its status."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="executions")
    version = models.ForeignKey(WorkflowVersion, models.PROTECT, related_name="executions")
    project = models.ForeignKey(
        Project, models.SET_NULL, null=True, blank=True, related_name="executions"
    )
    launched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="executions"
    )
    title = models.CharField(max_length=200)
    status = models.CharField(
        max_length=10, choices=choices(ExecutionStatus), default=ExecutionStatus.PENDING
    )
    control = models.CharField(max_length=10, blank=True)
    """What a person has asked for and workers have yet to see: ``pause``, ``stop`` or nothing."""
    inputs = models.JSONField(default=dict)
    """The brief's values by field key, checked and coerced."""
    revision = models.PositiveIntegerField(default=1)
    """+1 on every visible change: the ETag."""
    time_limit = models.PositiveIntegerField()
    """Seconds of active time, pinned at launch."""
    active_seconds = models.FloatField(default=0)
    """Active time up to ``active_since``."""
    active_since = models.DateTimeField(null=True, blank=True)
    """When the present stretch of active time began; null while nothing runs."""
    deadline_at = models.DateTimeField(null=True, blank=True)
    max_parallel_agents = models.PositiveIntegerField()
    total = models.PositiveIntegerField(default=0)
    completed = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    running = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    prompt_tokens = models.PositiveBigIntegerField(default=0)
    completion_tokens = models.PositiveBigIntegerField(default=0)
    cost = models.DecimalField(max_digits=14, decimal_places=6, default=0)
    """US dollars of the calls whose price is known."""
    unpriced_calls = models.PositiveIntegerField(default=0)
    """Paid calls whose price is unknown, so that ``cost`` is never read as the whole."""
    error = models.JSONField(null=True, blank=True)
    expected = models.JSONField(null=True, blank=True, editable=False)
    """What the run was estimated to take, kept when it was first looked at."""
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True, editable=False)
    """When whoever launched it was written to about its present failure."""

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(status="failed", told_at=None), name="execution_untold"
            ),
            models.Index(fields=["workspace", "status", "-created_at"], name="execution_list"),
            models.Index(fields=["workspace", "-id"], name="execution_newest"),
            models.Index(
                fields=["workspace", "id"], condition=Q(status="pending"), name="execution_line"
            ),
            models.Index(
                fields=["deadline_at"], condition=Q(status="running"), name="execution_deadline"
            ),
            models.Index(
                fields=["status", "created_at"],
                condition=Q(status__in=["pending", "running", "paused"]),
                name="execution_under_way",
            ),
            models.Index(
                fields=["finished_at", "id"],
                condition=Q(status__in=["completed", "failed", "stopped"]),
                name="execution_ended",
            ),
        ]
        constraints = [known("status", ExecutionStatus, "execution_status_known")]

    def __str__(self) -> str:
        return f"{self.title} (#{self.pk})"


class ExecutionEvent(models.Model):
    """What happened in a run, append-only; written in the transaction of what it tells."""

    execution = models.ForeignKey(WorkflowExecution, models.CASCADE, related_name="events")
    node_run = models.ForeignKey(
        NodeRun, models.SET_NULL, null=True, blank=True, related_name="events"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["at"], condition=Q(kind="node.lost"), name="event_lost")]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%H:%M:%S}"
