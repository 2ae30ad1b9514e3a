"""Reviews: what people are asked, and what they decided."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from workflows.engine.states import ReviewState, Verdict
from workflows.models.choices import choices, known
from workflows.models.node_run import NodeRun
from workspaces.models import Role


class ReviewTask(models.Model):
    """One round of a review. The first decision closes it."""

    node_run = models.ForeignKey(NodeRun, models.CASCADE, related_name="review_tasks")
    round = models.PositiveIntegerField(default=1)
    state = models.CharField(
        max_length=20, choices=choices(ReviewState), default=ReviewState.WAITING
    )
    instructions = models.TextField(blank=True)
    items = models.JSONField(default=list)
    """What is shown: ``{id, kind, node_key, index, text | image}`` each."""
    rules = models.JSONField(default=dict)
    """The step's rules for this round: picks, revise, timeout, rounds."""
    content_hash = models.CharField(max_length=64)
    role = models.CharField(max_length=10, choices=Role.choices, blank=True)
    assignees = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="review_tasks"
    )
    due_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True, editable=False)
    """When its reviewers were written to."""
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)
    """When they were reminded that it is due."""

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(state="waiting", told_at=None), name="review_untold"
            ),
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="review_due"),
            models.Index(
                Coalesce("decided_at", "created_at").desc(),
                F("id").desc(),
                condition=~Q(state__in=["waiting", "changes_requested"]),
                name="review_done",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["node_run", "round"], name="review_round_once"),
            models.UniqueConstraint(
                fields=["node_run"], condition=Q(state="waiting"), name="review_one_open"
            ),
            known("state", ReviewState, "review_state_known"),
        ]

    def __str__(self) -> str:
        return f"review {self.pk}, round {self.round}"


class ReviewDecision(models.Model):
    """Who decided what, append-only. At most one per task: whoever comes second is refused."""

    task = models.OneToOneField(ReviewTask, models.CASCADE, related_name="decision")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    """Null when the time ran out."""
    verdict = models.CharField(max_length=20, choices=choices(Verdict))
    comment = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    """``{selected, edits, images}`` as decided."""
    before_hash = models.CharField(max_length=64)
    after_hash = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.verdict} of {self.task}"
