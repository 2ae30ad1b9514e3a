"""One document: what is shown, moving it, putting it away, taking it along."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from documents.attach import AttachItem, attach_images, update_attachment
from documents.create import create_document
from documents.edit import edit_document
from documents.images import add_upload
from documents.models import Document, Image
from tests.documents.conftest import MakeImages, png
from workspaces.models import Project, User, Workspace

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def test_the_page_shows_the_text_its_outline_and_its_length(
    at_desk: Client, url: Callable[..., str], document: Document
) -> None:
    edit_document(
        document=document, title="Launch", body="# One\n\nText here.\n\n## Two", author=None
    )
    page = at_desk.get(url()).content.decode()
    assert '<h2 id="section-1">One</h2>' in page
    assert '<a href="#section-2">Two</a>' in page
    assert "4 words" in page
    assert page.count("<h1") == 1


def test_a_text_without_a_title_of_its_own_shows_the_documents(
    at_desk: Client, url: Callable[..., str]
) -> None:
    assert '<p class="article__title">Launch</p>' in at_desk.get(url()).content.decode()


def test_the_page_tells_where_the_text_and_the_images_came_from(
    at_desk: Client, workspace: Workspace, editor: User, make_images: MakeImages
) -> None:
    document = create_document(
        workspace=workspace,
        title="Tea",
        body="Hot",
        source={
            "execution": 12,
            "step": "Write",
            "models": ["small-1"],
            "reviewers": [{"id": 1, "name": "Ann"}],
        },
    )
    made = {"execution": 13, "node": "art", "model": "big-2"}
    image = make_images(workspace, 1, source="generated", provenance=made)[0]
    attach_images(document=document, images=[AttachItem(image.pk)])
    edit_document(document=document, title="Tea", body="Cold", author=editor)
    page = at_desk.get(f"/w/{workspace.slug}/documents/{document.pk}").content.decode()
    assert f'<a href="/w/{workspace.slug}/runs/12">run #12</a>, step Write, model small-1' in page
    assert "edited by Editor" in page
    assert "Ann approved" in page
    assert "2 runs used" in page
    assert "Run #13, big-2" in page


def test_the_primary_image_leads_the_article_with_its_caption(
    at_desk: Client, url: Callable[..., str], document: Document, pictures: list[Image]
) -> None:
    update_attachment(document, pictures[0].pk, caption="At dawn")
    page = at_desk.get(url()).content.decode()
    hero = page[page.index('id="hero"') : page.index("</figure>")]
    assert f"/api/images/{pictures[0].pk}/file" in hero
    assert "At dawn" in hero


def test_hostile_words_do_nothing(
    at_desk: Client, workspace: Workspace, make_images: MakeImages, editor: User
) -> None:
    source = {"execution": 1, "step": HOSTILE, "models": [HOSTILE]}
    source["reviewers"] = [{"name": HOSTILE}]
    document = create_document(
        workspace=workspace, title=HOSTILE, body=HOSTILE, author=editor, source=source
    )
    made = {"execution": 1, "node": HOSTILE[:40], "model": HOSTILE, "prompt": HOSTILE}
    image = make_images(workspace, 1, alt_text=HOSTILE, provenance=made)[0]
    attach_images(document=document, images=[AttachItem(image.pk, HOSTILE, HOSTILE)])
    here = f"/w/{workspace.slug}/documents"
    one = f"{here}/{document.pk}"
    for address in (here, one, f"{one}/edit", f"{one}/versions", f"{one}/versions/1"):
        page = at_desk.get(address).content.decode()
        assert "alert(1)" in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    for address in (f"/w/{workspace.slug}/images", f"/w/{workspace.slug}/images/{image.pk}"):
        page = at_desk.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_the_number_of_queries_does_not_grow(
    at_desk: Client,
    url: Callable[..., str],
    document: Document,
    workspace: Workspace,
    editor: User,
    make_images: MakeImages,
    django_assert_max_num_queries: Any,
) -> None:
    images = make_images(workspace, 20, created_by=editor)
    attach_images(document=document, images=[AttachItem(image.pk) for image in images])
    for number in range(12):
        edit_document(
            document=document,
            title="Launch",
            body=f"Text {number}",
            author=editor,
            source={"execution": number},
        )
    with django_assert_max_num_queries(14):
        at_desk.get(url())


def test_a_document_moves_between_projects(
    at_desk: Client, url: Callable[..., str], document: Document, workspace: Workspace
) -> None:
    project = Project.objects.create(workspace=workspace, name="Autumn")
    assert at_desk.post(url("project"), {"project": project.pk}).status_code == 302
    document.refresh_from_db()
    assert document.project == project
    at_desk.post(url("project"), {"project": ""})
    document.refresh_from_db()
    assert document.project is None


def test_a_project_of_another_workspace_is_refused_by_name(
    at_desk: Client, url: Callable[..., str], document: Document, elsewhere: Workspace
) -> None:
    foreign = Project.objects.create(workspace=elsewhere, name="Theirs")
    response = at_desk.post(url("project"), {"project": foreign.pk})
    assert response.status_code == 422
    assert "There is no such project in this workspace." in response.content.decode()
    document.refresh_from_db()
    assert document.project is None


def test_an_archived_document_is_gone(
    at_desk: Client, url: Callable[..., str], workspace: Workspace, pictures: list[Image]
) -> None:
    response = at_desk.post(url("archive"))
    assert response["Location"] == f"/w/{workspace.slug}/documents"
    assert at_desk.get(url()).status_code == 404
    assert at_desk.post(url("archive")).status_code == 404
    assert Image.objects.count() == 3


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [
        ("md", "text/markdown"),
        ("html", "text/html"),
        ("docx", "application/vnd."),
        ("zip", "application/zip"),
    ],
)
def test_the_document_is_taken_along(
    kind: str, content_type: str, at_desk: Client, url: Callable[..., str]
) -> None:
    response = at_desk.get(url("export"), {"format": kind})
    assert response["Content-Type"].startswith(content_type)
    assert response["Content-Disposition"] == f'attachment; filename="launch.{kind}"'
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert response.getvalue()


def test_everything_holds_the_images_in_order(
    at_desk: Client, url: Callable[..., str], document: Document, workspace: Workspace
) -> None:
    images = [
        add_upload(workspace=workspace, data=png(colour=colour), alt_text=colour)
        for colour in ("red", "blue")
    ]
    attach_images(document=document, images=[AttachItem(image.pk) for image in reversed(images)])
    packed = at_desk.get(url("export"), {"format": "zip"}).getvalue()
    names = [one for one in zipfile.ZipFile(io.BytesIO(packed)).namelist() if "images/" in one]
    assert names == ["images/01-blue.png", "images/02-red.png"]


def test_an_unknown_format_is_not_found_and_a_lost_picture_is_explained(
    at_desk: Client, url: Callable[..., str], pictures: list[Image]
) -> None:
    assert at_desk.get(url("export"), {"format": "pdf"}).status_code == 404
    response = at_desk.get(url("export"), {"format": "zip"}, follow=True)
    assert response.redirect_chain == [(url(), 302)]
    assert response.content.decode().count("toast status-failed") == 1
