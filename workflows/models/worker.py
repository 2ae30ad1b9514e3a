"""Signs of life."""

from django.db import models
from django.db.models.functions import Now


class WorkerBeat(models.Model):
    """When a worker or a reconcile loop was last seen; RQ sends no heartbeat during a job."""

    class Kind(models.TextChoices):
        """What sends the beat."""

        WORKER = "worker", "Worker"
        RECONCILE = "reconcile", "Reconcile"

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    host = models.CharField(max_length=200)
    pid = models.PositiveIntegerField()
    seen_at = models.DateTimeField(db_default=Now(), db_index=True)
    data = models.JSONField(default=dict, db_default={})
    """Of a reconcile: ``{violations: [{rule, detail}]}``, what its last check found broken."""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
