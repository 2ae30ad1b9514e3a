import pytest
from django.urls import reverse

from documents.attach import AttachItem, attach_images
from documents.create import create_document
from documents.edit import edit_document
from documents.images import add_upload
from documents.models import Document
from documents.references import add_reference_file
from tests.documents.conftest import png
from workspaces.models import User


@pytest.fixture
def curator(db, client) -> User:
    user = User.objects.create_superuser("curator@example.com", "a long enough password")
    client.force_login(user)
    return user


def fill(workspace, make_images, count: int) -> None:
    for number in range(count):
        document = create_document(workspace=workspace, title=f"Document {number}", body="B")
        pictures = make_images(workspace, 2, source="generated")
        attach_images(document=document, images=[AttachItem(image.pk) for image in pictures])
        add_reference_file(workspace=workspace, name="a.txt", data=b"Hi")


@pytest.mark.parametrize("model", ["document", "image", "referencefile"])
def test_a_list_costs_the_same_queries_however_long_it_is(
    model, curator, client, workspace, make_images, django_assert_max_num_queries
):
    url = reverse(f"admin:documents_{model}_changelist")
    fill(workspace, make_images, 12)
    with django_assert_max_num_queries(12):
        page = client.get(url)
    assert page.status_code == 200


def test_documents_are_found_by_title_with_the_number_of_their_images(
    curator, client, workspace, make_images
):
    fill(workspace, make_images, 3)
    page = client.get(reverse("admin:documents_document_changelist"), {"q": "Document 1"})
    html = page.content.decode()
    assert "Document 1" in html
    assert "Document 2" not in html
    assert '<td class="field-images">2</td>' in html


def test_a_document_shows_its_text_images_and_versions(curator, client, workspace, make_images):
    document = create_document(workspace=workspace, title="T", body="**bold**<script>")
    edit_document(document=document, title="Renamed", body="**bold**<script>", author=curator)
    [image] = make_images(workspace, 1)
    attach_images(document=document, images=[AttachItem(image.pk, "A boat")])
    html = client.get(
        reverse("admin:documents_document_change", args=[document.pk])
    ).content.decode()
    assert "&lt;strong&gt;bold&lt;/strong&gt;" in html
    assert '<iframe sandbox title="Preview"' in html
    assert "A boat" in html
    assert reverse("admin:documents_image_file", args=[image.pk]) in html
    assert html.count('class="field-number"') == 2


def test_a_document_page_costs_the_same_queries_however_many_images(
    curator, client, document, workspace, make_images, django_assert_max_num_queries
):
    pictures = make_images(workspace, 20)
    attach_images(document=document, images=[AttachItem(image.pk) for image in pictures])
    for number in range(10):
        edit_document(document=document, title="T", body=str(number), author=curator)
    with django_assert_max_num_queries(12):
        client.get(reverse("admin:documents_document_change", args=[document.pk]))


def test_saving_a_text_makes_a_version_by_the_curator(curator, client, document):
    url = reverse("admin:documents_document_change", args=[document.pk])
    answer = client.post(
        url, {"title": "New", "body": "Text", **management("attachments", "versions")}
    )
    assert answer.status_code == 302
    document = Document.objects.get()
    assert (document.title, document.body, document.version) == ("New", "Text", 2)
    newest = document.versions.first()
    assert (newest.author, newest.source, newest.body) == (curator, {"kind": "admin"}, "Text")


def management(*prefixes: str) -> dict[str, str]:
    return {
        f"{prefix}-{field}": "0"
        for prefix in prefixes
        for field in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")
    }


def test_images_and_reference_files_are_read_only(curator, client, workspace, make_images):
    [image] = make_images(workspace, 1)
    url = reverse("admin:documents_image_change", args=[image.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"alt_text": "x"}).status_code == 403
    assert client.get(reverse("admin:documents_image_add")).status_code == 403
    assert client.get(reverse("admin:documents_document_add")).status_code == 403


def test_a_thumbnail_is_sent_as_a_picture_and_nothing_else(curator, client, workspace):
    image = add_upload(workspace=workspace, data=png())
    answer = client.get(reverse("admin:documents_image_file", args=[image.pk]))
    assert answer.content.startswith(b"\x89PNG")
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_lost_thumbnail_is_missing_and_a_stranger_sees_none(
    curator, client, workspace, make_images
):
    [image] = make_images(workspace, 1)
    url = reverse("admin:documents_image_file", args=[image.pk])
    assert client.get(url).status_code == 404
    client.force_login(User.objects.create_user("stranger@example.com"))
    assert client.get(url).status_code == 302
    client.force_login(User.objects.create_user("clerk@example.com", is_staff=True))
    assert client.get(url).status_code == 404
