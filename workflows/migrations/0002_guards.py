"""Triggers: terminal states are left by a named door alone, history is never rewritten."""

from django.db import migrations

NODE_RUN = """
CREATE FUNCTION copyloom_guard_node_run() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE door text := coalesce(current_setting('copyloom.door', true), '');
BEGIN
  IF (door = 'retry' AND OLD.status = 'failed' AND NEW.status = 'queued')
     OR (door = 'skip' AND OLD.status = 'failed' AND NEW.status = 'skipped')
     OR (door = 'next_round' AND NEW.status IN ('pending', 'queued'))
  THEN RETURN NEW;
  END IF;
  RAISE EXCEPTION 'node run % may not leave % for %', OLD.id, OLD.status, NEW.status
    USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER copyloom_guard_node_run BEFORE UPDATE OF status ON workflows_noderun
FOR EACH ROW WHEN (OLD.status IN ('completed', 'failed', 'skipped')
                   AND NEW.status IS DISTINCT FROM OLD.status)
EXECUTE FUNCTION copyloom_guard_node_run();
"""

EXECUTION = """
CREATE FUNCTION copyloom_guard_execution() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE door text := coalesce(current_setting('copyloom.door', true), '');
BEGIN
  IF OLD.status = 'failed' AND NEW.status = 'running' AND door IN ('retry', 'skip')
  THEN RETURN NEW;
  END IF;
  RAISE EXCEPTION 'execution % may not leave % for %', OLD.id, OLD.status, NEW.status
    USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER copyloom_guard_execution BEFORE UPDATE OF status ON workflows_workflowexecution
FOR EACH ROW WHEN (OLD.status IN ('completed', 'failed', 'stopped')
                   AND NEW.status IS DISTINCT FROM OLD.status)
EXECUTE FUNCTION copyloom_guard_execution();
"""

IMMUTABLE = """
CREATE FUNCTION copyloom_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% rows do not change', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER copyloom_fixed BEFORE UPDATE OF content_hash, number, template_id
  ON workflows_workflowversion FOR EACH ROW
  WHEN (OLD.content_hash IS DISTINCT FROM NEW.content_hash
        OR OLD.number IS DISTINCT FROM NEW.number
        OR OLD.template_id IS DISTINCT FROM NEW.template_id)
  EXECUTE FUNCTION copyloom_refuse_change();
CREATE TRIGGER copyloom_fixed BEFORE UPDATE ON workflows_workflownode
  FOR EACH ROW EXECUTE FUNCTION copyloom_refuse_change();
CREATE TRIGGER copyloom_fixed BEFORE UPDATE ON workflows_workflowedge
  FOR EACH ROW EXECUTE FUNCTION copyloom_refuse_change();
CREATE TRIGGER copyloom_fixed BEFORE UPDATE OF kind, data, at ON workflows_executionevent
  FOR EACH ROW EXECUTE FUNCTION copyloom_refuse_change();
CREATE TRIGGER copyloom_fixed BEFORE UPDATE OF task_id, verdict, comment, data, before_hash,
  after_hash, at ON workflows_reviewdecision
  FOR EACH ROW EXECUTE FUNCTION copyloom_refuse_change();
"""

UNDO = """
DROP TRIGGER copyloom_guard_node_run ON workflows_noderun;
DROP TRIGGER copyloom_guard_execution ON workflows_workflowexecution;
DROP TRIGGER copyloom_fixed ON workflows_workflowversion;
DROP TRIGGER copyloom_fixed ON workflows_workflownode;
DROP TRIGGER copyloom_fixed ON workflows_workflowedge;
DROP TRIGGER copyloom_fixed ON workflows_executionevent;
DROP TRIGGER copyloom_fixed ON workflows_reviewdecision;
DROP FUNCTION copyloom_guard_node_run();
DROP FUNCTION copyloom_guard_execution();
DROP FUNCTION copyloom_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("workflows", "0001_initial")]
    operations = [migrations.RunSQL(NODE_RUN + EXECUTION + IMMUTABLE, UNDO)]
