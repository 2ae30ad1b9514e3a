"""Indexes of who is still to be told, built without holding writers up.

Each is dropped first: a build that was interrupted leaves an invalid one behind, and the migration
can then simply be run again. ``lock_timeout`` is off for the builds alone, which wait for older
transactions without holding anybody up.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

INDEXES = [
    (
        "reviewtask",
        models.Index(
            fields=["id"], condition=Q(state="waiting", told_at=None), name="review_untold"
        ),
    ),
    (
        "workflowexecution",
        models.Index(
            fields=["id"], condition=Q(status="failed", told_at=None), name="execution_untold"
        ),
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
    dependencies = [("workflows", "0006_told")]
    operations = [
        migrations.RunSQL("SET lock_timeout = 0", "SET lock_timeout = 0"),
        *(operation for entry in INDEXES for operation in build(*entry)),
        migrations.RunSQL("RESET lock_timeout", "RESET lock_timeout"),
    ]
