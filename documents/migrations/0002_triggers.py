"""Rules that only the database can keep: immutable versions and one workspace throughout."""

from django.db import migrations

IMMUTABLE_VERSION = """
CREATE FUNCTION documents_version_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Deleting a person empties their authorship; nothing else of a version may change.
    IF ROW(NEW.id, NEW.document_id, NEW.number, NEW.title, NEW.body, NEW.source,
           NEW.content_hash, NEW.created_at)
       IS DISTINCT FROM
       ROW(OLD.id, OLD.document_id, OLD.number, OLD.title, OLD.body, OLD.source,
           OLD.content_hash, OLD.created_at)
       OR (NEW.author_id IS NOT NULL AND NEW.author_id IS DISTINCT FROM OLD.author_id)
    THEN
        RAISE EXCEPTION 'version % of document % is immutable', OLD.number, OLD.document_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_version_immutable BEFORE UPDATE ON documents_documentversion
    FOR EACH ROW EXECUTE FUNCTION documents_version_immutable();
"""
KEEP_WORKSPACE = """
CREATE FUNCTION documents_keep_workspace() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% % cannot move to another workspace', TG_TABLE_NAME, OLD.id
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER documents_keep_workspace BEFORE UPDATE OF workspace_id ON documents_document
    FOR EACH ROW WHEN (OLD.workspace_id IS DISTINCT FROM NEW.workspace_id)
    EXECUTE FUNCTION documents_keep_workspace();
CREATE TRIGGER documents_keep_workspace BEFORE UPDATE OF workspace_id ON documents_image
    FOR EACH ROW WHEN (OLD.workspace_id IS DISTINCT FROM NEW.workspace_id)
    EXECUTE FUNCTION documents_keep_workspace();
"""
ONE_WORKSPACE = """
CREATE FUNCTION documents_project_in_workspace() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM workspaces_project
                   WHERE id = NEW.project_id AND workspace_id = NEW.workspace_id) THEN
        RAISE EXCEPTION 'project % is of another workspace', NEW.project_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_project_in_workspace
    BEFORE INSERT OR UPDATE OF project_id, workspace_id ON documents_document
    FOR EACH ROW WHEN (NEW.project_id IS NOT NULL)
    EXECUTE FUNCTION documents_project_in_workspace();
CREATE FUNCTION documents_image_in_workspace() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM documents_document d JOIN documents_image i USING (workspace_id)
                   WHERE d.id = NEW.document_id AND i.id = NEW.image_id) THEN
        RAISE EXCEPTION 'image % and document % are not of one workspace',
            NEW.image_id, NEW.document_id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER documents_image_in_workspace
    BEFORE INSERT OR UPDATE OF document_id, image_id ON documents_documentattachment
    FOR EACH ROW EXECUTE FUNCTION documents_image_in_workspace();
"""
UNDO_KEEP_WORKSPACE = """
DROP TRIGGER documents_keep_workspace ON documents_image;
DROP TRIGGER documents_keep_workspace ON documents_document;
DROP FUNCTION documents_keep_workspace();
"""
UNDO_ONE_WORKSPACE = """
DROP TRIGGER documents_image_in_workspace ON documents_documentattachment;
DROP FUNCTION documents_image_in_workspace();
DROP TRIGGER documents_project_in_workspace ON documents_document;
DROP FUNCTION documents_project_in_workspace();
"""
UNDO_IMMUTABLE_VERSION = """
DROP TRIGGER documents_version_immutable ON documents_documentversion;
DROP FUNCTION documents_version_immutable();
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]
    operations = [
        migrations.RunSQL(IMMUTABLE_VERSION, UNDO_IMMUTABLE_VERSION),
        migrations.RunSQL(KEEP_WORKSPACE, UNDO_KEEP_WORKSPACE),
        migrations.RunSQL(ONE_WORKSPACE, UNDO_ONE_WORKSPACE),
    ]
