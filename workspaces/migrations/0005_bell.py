"""What people were told can be read in the bell of every page.

What stands at the upgrade counts as read: nobody is told of the past.
"""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workspaces', '0004_webhooks'),
    ]

    operations = [
        migrations.AddField(
            model_name='notice',
            name='read_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('invitation', 'Invitation'), ('review', 'Review asked for'), ('review_due', 'Review due soon'), ('run_failed', 'Run failed'), ('run_completed', 'Run completed')], max_length=20),
        ),
        migrations.AlterField(
            model_name='notice',
            name='next_try_at',
            field=models.DateTimeField(blank=True, db_default=django.db.models.functions.datetime.Now(), null=True),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('read_at', None)), fields=['user', 'workspace'], name='notice_unread'),
        ),
        migrations.RunSQL(
            "UPDATE workspaces_notice SET read_at = created_at", migrations.RunSQL.noop
        ),
    ]
