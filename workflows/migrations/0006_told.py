"""Whether people were told by e-mail of a review that is asked for, and of a run that failed.

What stands at the upgrade counts as told: nobody is written to about the past.
"""

from django.db import migrations, models

BACKFILL = """
UPDATE workflows_reviewtask SET told_at = created_at WHERE state = 'waiting';
UPDATE workflows_workflowexecution SET told_at = coalesce(finished_at, created_at)
 WHERE status = 'failed';
"""


class Migration(migrations.Migration):

    dependencies = [
        ('workflows', '0005_long_runs'),
    ]

    operations = [
        migrations.AddField(
            model_name='reviewtask',
            name='told_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='reviewtask',
            name='reminded_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='workflowexecution',
            name='told_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
    ]
