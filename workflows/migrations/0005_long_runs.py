"""Indexes that keep pruning, metrics and spend quick, built without holding writers up.

Each is dropped first: a build that was interrupted leaves an invalid one behind, and the migration
can then simply be run again. ``lock_timeout`` is off for the builds alone, which wait for older
transactions without holding anybody up.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

INDEXES = [
    (
        "workflowexecution",
        models.Index(
            fields=["status", "created_at"],
            condition=Q(status__in=["pending", "running", "paused"]),
            name="execution_under_way",
        ),
    ),
    (
        "workflowexecution",
        models.Index(
            fields=["finished_at", "id"],
            condition=Q(status__in=["completed", "failed", "stopped"]),
            name="execution_ended",
        ),
    ),
    (
        "executionevent",
        models.Index(fields=["at"], condition=Q(kind="node.lost"), name="event_lost"),
    ),
    ("agentjob", models.Index(fields=["created_at"], name="agent_job_asked")),
    (
        "reviewtask",
        models.Index(
            Coalesce("decided_at", "created_at").desc(),
            F("id").desc(),
            condition=~Q(state__in=["waiting", "changes_requested"]),
            name="review_done",
        ),
    ),
    (
        "workflowversion",
        models.Index(fields=["created_at"], condition=Q(number=None), name="version_drafts"),
    ),
]


def build(model, index):
    """Build one index, whatever an earlier try has left of it."""
    return [
        migrations.RunSQL(
            f"DROP INDEX CONCURRENTLY IF EXISTS {index.name}", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(model, index),
    ]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("workflows", "0004_control")]
    operations = [
        migrations.RunSQL("SET lock_timeout = 0", "SET lock_timeout = 0"),
        *(operation for entry in INDEXES for operation in build(*entry)),
        migrations.RunSQL("RESET lock_timeout", "RESET lock_timeout"),
    ]
