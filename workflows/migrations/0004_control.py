"""Control verbs: why steps wait and are skipped, and doors wide enough for retry and skip."""

from django.db import migrations, models

_GUARD = """
CREATE OR REPLACE FUNCTION copyloom_guard_node_run() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE door text := coalesce(current_setting('copyloom.door', true), '');
BEGIN
  IF %s
     OR (door = 'next_round' AND NEW.status IN ('pending', 'queued'))
  THEN RETURN NEW;
  END IF;
  RAISE EXCEPTION 'node run %% may not leave %% for %%', OLD.id, OLD.status, NEW.status
    USING ERRCODE = 'check_violation';
END $$;
"""
_DOORS = """
     (door = 'retry' AND OLD.status = 'failed' AND NEW.status IN ('queued', 'waiting'))
     OR (door = 'skip' AND OLD.status = 'failed' AND NEW.status IN ('skipped', 'waiting'))
     OR (door IN ('retry', 'skip') AND OLD.status = 'skipped' AND NEW.status = 'pending'
         AND OLD.skip_reason = 'time_limit')
"""
_DOORS_BEFORE = """
     (door = 'retry' AND OLD.status = 'failed' AND NEW.status = 'queued')
     OR (door = 'skip' AND OLD.status = 'failed' AND NEW.status = 'skipped')
"""


class Migration(migrations.Migration):
    dependencies = [("workflows", "0003_run_pages")]
    operations = [
        migrations.AddField(
            "noderun", "wanted_agents", models.PositiveIntegerField(default=0, db_default=0)
        ),
        migrations.AddField(
            "noderun",
            "skip_reason",
            models.CharField(max_length=10, blank=True, default="", db_default=""),
        ),
        migrations.AddField("noderun", "retried_at", models.DateTimeField(null=True, blank=True)),
        migrations.AddField("noderun", "fresh_since", models.DateTimeField(null=True, blank=True)),
        migrations.AddField(
            "workerbeat", "data", models.JSONField(default=dict, db_default={})
        ),
        migrations.AddIndex(
            "workflowexecution",
            models.Index(
                fields=["workspace", "id"],
                condition=models.Q(status="pending"),
                name="execution_line",
            ),
        ),
        migrations.RunSQL(_GUARD % _DOORS, _GUARD % _DOORS_BEFORE),
    ]
