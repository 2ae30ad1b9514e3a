"""What the database refuses, whoever writes to it."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import RestrictedError

from documents.attach import AttachItem, attach_images
from documents.create import create_document
from documents.models import Document, DocumentAttachment, DocumentVersion, Image, ReferenceFile
from workspaces.models import Project

SHA = "a" * 64


def refused(sql: str, params: list) -> str:
    with (
        pytest.raises(IntegrityError) as error,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, params)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return str(error.value)


def attach_raw(document: int, image: int, order: int = 1, primary: bool = False, effect: str = ""):
    sql = (
        "INSERT INTO documents_documentattachment (document_id, image_id, attachment_order,"
        " is_primary, alt_text, caption, effect_key, created_at)"
        " VALUES (%s, %s, %s, %s, '', '', %s, now())"
    )
    return sql, [document, image, order, primary, effect]


def image_raw(workspace: int, **fields):
    values = {
        "key": f"w/{workspace}/images/aa/{SHA}.png",
        "sha256": SHA,
        "size": 1,
        "content_type": "image/png",
        "width": 1,
        "height": 1,
        "source": "upload",
        **fields,
    }
    columns = ", ".join(values)
    marks = ", ".join(["%s"] * len(values))
    sql = (
        f"INSERT INTO documents_image (workspace_id, {columns}, alt_text, node_key, provenance,"
        f" created_at) VALUES (%s, {marks}, '', '', '{{}}', now())"
    )
    return sql, [workspace, *values.values()]


def test_a_version_cannot_be_changed(document):
    for column, value in [("body", "Other"), ("title", "T"), ("number", 9), ("source", '{"a": 1}')]:
        sql = f"UPDATE documents_documentversion SET {column} = %s WHERE document_id = %s"
        assert "is immutable" in refused(sql, [value, document.pk])


def test_a_version_cannot_be_given_to_another_author(document, author):
    sql = "UPDATE documents_documentversion SET author_id = %s WHERE document_id = %s"
    assert "is immutable" in refused(sql, [author.pk, document.pk])


def test_a_version_survives_its_author(workspace, author):
    document = create_document(workspace=workspace, title="T", body="B", author=author)
    author.delete()
    assert DocumentVersion.objects.get(document=document).author is None


def test_two_versions_cannot_have_one_number(document):
    sql = (
        "INSERT INTO documents_documentversion (document_id, number, title, body, source,"
        " content_hash, created_at) VALUES (%s, 1, 't', '', '{}', 'h', now())"
    )
    assert "document_version_number_once" in refused(sql, [document.pk])


def test_an_image_of_another_workspace_cannot_be_attached(document, elsewhere, make_images):
    [image] = make_images(elsewhere, 1)
    assert "not of one workspace" in refused(*attach_raw(document.pk, image.pk))


def test_a_document_cannot_have_two_primaries(document, workspace, make_images):
    first, second = make_images(workspace, 2)
    attach_images(document=document, images=[AttachItem(first.pk)])
    assert "attachment_one_primary" in refused(*attach_raw(document.pk, second.pk, 2, primary=True))


def test_two_images_cannot_share_a_place(document, workspace, make_images):
    first, second = make_images(workspace, 2)
    attach_images(document=document, images=[AttachItem(first.pk)])
    assert "attachment_order_once" in refused(*attach_raw(document.pk, second.pk, 1))


def test_an_image_cannot_be_attached_twice(document, workspace, make_images):
    [image] = make_images(workspace, 1)
    attach_images(document=document, images=[AttachItem(image.pk)])
    assert "attachment_image_once" in refused(*attach_raw(document.pk, image.pk, 2))


def test_an_effect_cannot_attach_twice(document, workspace, make_images):
    first, second = make_images(workspace, 2)
    attach_images(document=document, images=[AttachItem(first.pk)], effect_key_prefix="step")
    again = attach_raw(document.pk, second.pk, 2, effect="step#0")
    assert "attachment_effect_once" in refused(*again)


def test_places_count_from_one(document, workspace, make_images):
    [image] = make_images(workspace, 1)
    assert "attachment_order_at_least_1" in refused(*attach_raw(document.pk, image.pk, 0))


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"key": "../../etc/passwd"}, "image_key"),
        ({"key": f"w/1/images/aa/{SHA}.svg"}, "image_key_of_ids"),
        ({"sha256": "b" * 64}, "image_key_names_its_hash"),
        ({"content_type": "image/svg+xml"}, "image_content_type_known"),
        ({"source": "stolen"}, "image_source_known"),
        ({"width": 0}, "image_not_empty"),
    ],
)
def test_an_impossible_image_is_refused(workspace, fields, constraint):
    assert constraint in refused(*image_raw(workspace.pk, **fields))


def test_nothing_moves_to_another_workspace(document, workspace, elsewhere, make_images):
    [image] = make_images(workspace, 1)
    for table, pk in [("document", document.pk), ("image", image.pk)]:
        sql = f"UPDATE documents_{table} SET workspace_id = %s WHERE id = %s"
        assert "cannot move" in refused(sql, [elsewhere.pk, pk])


def test_a_project_of_another_workspace_is_refused(document, elsewhere):
    project = Project.objects.create(workspace=elsewhere, name="Theirs")
    sql = "UPDATE documents_document SET project_id = %s WHERE id = %s"
    assert "of another workspace" in refused(sql, [project.pk, document.pk])


def test_deleting_a_project_keeps_its_documents(workspace):
    project = Project.objects.create(workspace=workspace, name="Ours")
    document = create_document(workspace=workspace, title="T", body="", project=project)
    project.delete()
    document.refresh_from_db()
    assert document.project is None


def test_an_attached_image_cannot_be_deleted(document, workspace, make_images):
    [image] = make_images(workspace, 1)
    attach_images(document=document, images=[AttachItem(image.pk)])
    with pytest.raises(RestrictedError):
        image.delete()
    assert "violates foreign key" in refused(
        "DELETE FROM documents_image WHERE id = %s", [image.pk]
    )


def test_deleting_a_workspace_takes_everything_along(document, workspace, make_images):
    [image] = make_images(workspace, 1)
    attach_images(document=document, images=[AttachItem(image.pk)])
    workspace.delete()
    assert not Document.objects.exists()
    assert not DocumentAttachment.objects.exists()
    assert not Image.objects.exists()


def test_a_reference_file_over_2_mb_is_refused(workspace):
    with pytest.raises(IntegrityError, match="reference_size_in_bounds"):
        ReferenceFile.objects.create(
            workspace=workspace, name="a.txt", kind="txt", size=2_000_001, sha256=SHA, text="a"
        )
