"""The ledger of paid calls."""

from django.db import models

from workflows.engine.states import AgentStatus
from workflows.models.choices import choices, known
from workflows.models.node_run import NodeRun


class AgentJob(models.Model):
    """One agent's result: one variant or one image. Written before its first call is sent."""

    class Kind(models.TextChoices):
        """What the agent makes."""

        COPY = "copy", "Copy"
        IMAGE = "image", "Image"

    node_run = models.ForeignKey(NodeRun, models.CASCADE, related_name="agent_jobs", db_index=False)
    index = models.PositiveIntegerField()
    """Which of the step's agents, from 0."""
    round = models.PositiveIntegerField(default=1)
    attempt = models.PositiveIntegerField(default=1)
    """Which job of this agent in this round, from 1."""
    kind = models.CharField(max_length=5, choices=Kind.choices)
    status = models.CharField(
        max_length=10, choices=choices(AgentStatus), default=AgentStatus.PENDING
    )
    provider = models.CharField(max_length=60)
    model = models.CharField(max_length=200, blank=True)
    request_hash = models.CharField(max_length=64)
    """A recovered step reuses a completed job with the same hash."""
    prompt_tokens = models.PositiveIntegerField(null=True, blank=True)
    completion_tokens = models.PositiveIntegerField(null=True, blank=True)
    cost = models.DecimalField(max_digits=14, decimal_places=6, null=True, blank=True)
    """US dollars; null when the model's price is unknown."""
    latency_ms = models.PositiveIntegerField(null=True, blank=True)
    output = models.JSONField(null=True, blank=True)
    error = models.JSONField(null=True, blank=True)
    calls = models.JSONField(default=list, blank=True)
    """Each provider call: ``{number, mode, at, ms, prompt_tokens, completion_tokens, error}``."""
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["created_at"], name="agent_job_asked")]
        constraints = [
            models.UniqueConstraint(
                fields=["node_run", "round", "index", "attempt"], name="agent_job_once"
            ),
            models.UniqueConstraint(
                fields=["node_run", "round", "index"],
                condition=models.Q(status__in=["pending", "running"]),
                name="agent_job_one_open",
            ),
            known("status", AgentStatus, "agent_job_status_known"),
        ]

    def __str__(self) -> str:
        return f"agent {self.index} of {self.node_run_id}"
