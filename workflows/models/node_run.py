"""One step of a run, in one lane."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from workflows.engine.states import NodeStatus
from workflows.models.choices import choices, known


class NodeRun(models.Model):
    """One row per (execution, step, lane). Only ``executions/`` writes its status."""

    execution = models.ForeignKey(
        "WorkflowExecution", models.CASCADE, related_name="node_runs", db_index=False
    )
    key = models.CharField(max_length=40)
    lane = models.CharField(max_length=10, blank=True)
    """The item's index inside a container with items, else empty."""
    type = models.CharField(max_length=40)
    label = models.CharField(max_length=120, blank=True)
    status = models.CharField(
        max_length=10, choices=choices(NodeStatus), default=NodeStatus.PENDING
    )
    attempt = models.PositiveIntegerField(default=0)
    """+1 each time the step is queued; part of the job id."""
    round = models.PositiveIntegerField(default=1)
    """+1 each time a reviewer sends the step back."""
    token = models.UUIDField(null=True, blank=True)
    """Who holds the claim; a write with another token changes nothing."""
    lease_until = models.DateTimeField(null=True, blank=True)
    dispatched_at = models.DateTimeField(null=True, blank=True)
    """When its message was last given to Redis; null while Redis would not take it."""
    queued_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    loss_count = models.PositiveIntegerField(default=0)
    """How many workers died holding the step; counted apart from errors."""
    reserved_agents = models.PositiveIntegerField(default=0)
    """How many agents a running step may have at work at once."""
    wanted_agents = models.PositiveIntegerField(default=0, db_default=0)
    """How many it asked for when none of the run's was free."""
    wait_for = models.CharField(max_length=10, blank=True)
    """Why a waiting step waits: ``people`` or ``lanes``; a queued one: ``agents``."""
    skip_reason = models.CharField(max_length=10, blank=True, default="", db_default="")
    """Why a step was skipped: ``branch``, ``person``, ``stopped`` or ``time_limit``."""
    retried_at = models.DateTimeField(null=True, blank=True)
    """When a person last had it tried again; calls that were lost before do not count."""
    fresh_since = models.DateTimeField(null=True, blank=True)
    """Agents that finished before are asked again: a person wanted all of it anew."""
    item = models.JSONField(null=True, blank=True)
    """The item of the lane."""
    feedback = models.TextField(blank=True)
    """The reviewer's comment while revising."""
    input = models.JSONField(null=True, blank=True)
    """The config as it ran: every template rendered."""
    output = models.JSONField(null=True, blank=True)
    handles = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    """The handles that a completed step chose."""
    error = models.JSONField(null=True, blank=True)
    """``{code, message, hint, retryable}`` of a failed step."""
    history = models.JSONField(default=list, blank=True)
    """Input and output of earlier rounds, oldest first."""

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["execution", "status"], name="node_run_by_status"),
            models.Index(
                fields=["lease_until"], condition=Q(status="running"), name="node_run_lease"
            ),
            models.Index(
                fields=["queued_at"], condition=Q(status="queued"), name="node_run_queued"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["execution", "key", "lane"], name="node_run_once"),
            known("status", NodeStatus, "node_run_status_known"),
            models.CheckConstraint(
                condition=~Q(status="running") | Q(token__isnull=False),
                name="node_run_running_has_token",
            ),
            models.CheckConstraint(
                condition=~Q(status="waiting") | ~Q(wait_for=""), name="node_run_waits_for"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}[{self.lane}]" if self.lane else self.key
