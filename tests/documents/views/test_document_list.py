"""The list of documents, and beginning one."""

from typing import Any

from django.test import Client
from django.utils import timezone

from documents.archive import archive_document
from documents.attach import AttachItem, attach_images, set_primary
from documents.create import create_document
from documents.models import Document
from documents.selectors.documents import PAGE
from tests.documents.conftest import MakeImages
from tests.documents.views.conftest import HTMX, SignIn
from workspaces.models import Project, User, Workspace


def address(workspace: Workspace) -> str:
    return f"/w/{workspace.slug}/documents"


def titles(response: Any) -> list[str]:
    return [card.title for card in response.context["found"].rows]


def test_an_empty_workspace_is_led_to_the_gallery(at_desk: Client, workspace: Workspace) -> None:
    page = at_desk.get(address(workspace)).content.decode()
    assert "Finished work lands here" in page
    assert f'href="/w/{workspace.slug}/templates"' in page


def test_a_viewer_of_an_empty_workspace_is_offered_nothing_to_start(
    viewer: User, sign_in: SignIn, workspace: Workspace
) -> None:
    page = sign_in(viewer).get(address(workspace)).content.decode()
    assert "Choose a template" not in page
    assert "New document" not in page


def test_the_last_changed_comes_first_and_archived_ones_are_gone(
    at_desk: Client, workspace: Workspace, elsewhere: Workspace
) -> None:
    old = create_document(workspace=workspace, title="Old", body="")
    create_document(workspace=workspace, title="New", body="")
    archive_document(create_document(workspace=workspace, title="Archived", body=""))
    create_document(workspace=elsewhere, title="Theirs", body="")
    assert titles(at_desk.get(address(workspace))) == ["New", "Old"]
    old.save()
    assert titles(at_desk.get(address(workspace))) == ["Old", "New"]


def test_a_card_shows_the_primary_image_the_first_words_and_the_run(
    at_desk: Client, workspace: Workspace, make_images: MakeImages, editor: User
) -> None:
    project = Project.objects.create(workspace=workspace, name="Autumn")
    document = create_document(
        workspace=workspace,
        title="Tea",
        body="# Tea\n\nHot **and** green.",
        author=editor,
        project=project,
        source={"execution": 12},
    )
    images = make_images(workspace, 2)
    attach_images(document=document, images=[AttachItem(image.pk) for image in images])
    set_primary(document, images[1].pk)
    page = at_desk.get(address(workspace)).content.decode()
    assert f'src="/api/images/{images[1].pk}/file"' in page
    assert "Hot and green." in page
    assert "Autumn · Run #12" in page


def test_people_search_titles_and_texts_within_a_project(
    at_desk: Client, workspace: Workspace
) -> None:
    project = Project.objects.create(workspace=workspace, name="Autumn")
    create_document(workspace=workspace, title="Tea", body="", project=project)
    create_document(workspace=workspace, title="Cups", body="For TEA.")
    create_document(workspace=workspace, title="Coffee", body="")
    assert set(titles(at_desk.get(address(workspace), {"q": " tea "}))) == {"Tea", "Cups"}
    found = at_desk.get(address(workspace), {"q": "tea", "project": project.pk})
    assert titles(found) == ["Tea"]
    nothing = at_desk.get(address(workspace), {"q": "juice"})
    assert "No document fits" in nothing.content.decode()


def test_strange_questions_are_answered(at_desk: Client, workspace: Workspace) -> None:
    create_document(workspace=workspace, title="Tea", body="")
    for query in (
        {"q": "a\x00b"},
        {"project": "x"},
        {"project": "9" * 18},
        {"after": "x"},
        {"after": "nan_1"},
        {"after": "1e400_1"},
        {"after": "1_" + "9" * 30},
        {"q": "%_\\"},
    ):
        assert at_desk.get(address(workspace), query).status_code == 200


def test_pages_follow_each_other_without_gaps_even_at_the_same_moment(
    at_desk: Client, workspace: Workspace
) -> None:
    for number in range(PAGE + 3):
        create_document(workspace=workspace, title=f"T{number}", body="")
    Document.objects.update(updated_at=timezone.now())
    first = at_desk.get(address(workspace))
    rest = at_desk.get(address(workspace), {"after": first.context["found"].next}, headers=HTMX)
    assert len(titles(first)) == PAGE
    assert len(titles(rest)) == 3
    assert not set(titles(first)) & set(titles(rest))
    assert rest.context["found"].next == ""
    assert rest.content.lstrip().startswith(b"<li")


def test_the_partial_is_the_list_of_the_page(at_desk: Client, workspace: Workspace) -> None:
    create_document(workspace=workspace, title="Tea", body="")
    page = at_desk.get(address(workspace))
    part = at_desk.get(address(workspace), headers=HTMX)
    assert part.content.decode().strip() in page.content.decode()
    assert "HX-Request" in page["Vary"]
    assert "HX-Request" in part["Vary"]


def test_the_number_of_queries_does_not_grow(
    at_desk: Client,
    workspace: Workspace,
    editor: User,
    make_images: MakeImages,
    django_assert_max_num_queries: Any,
) -> None:
    for number in range(12):
        document = create_document(
            workspace=workspace,
            title=f"T{number}",
            body="x",
            author=editor,
            source={"execution": 1},
        )
        images = make_images(workspace, 2)
        attach_images(document=document, images=[AttachItem(image.pk) for image in images])
    with django_assert_max_num_queries(8):
        at_desk.get(address(workspace))


def test_an_editor_begins_a_document_with_a_pasted_text(
    at_desk: Client, workspace: Workspace, editor: User
) -> None:
    project = Project.objects.create(workspace=workspace, name="Autumn")
    response = at_desk.post(
        f"{address(workspace)}/new", {"title": "Tea", "body": "Hot\r\n", "project": project.pk}
    )
    document = Document.objects.get()
    assert response["Location"] == f"{address(workspace)}/{document.pk}"
    assert (document.title, document.body) == ("Tea", "Hot\n")
    assert (document.project, document.created_by) == (project, editor)


def test_a_document_without_a_title_keeps_what_was_typed(
    at_desk: Client, workspace: Workspace, elsewhere: Workspace
) -> None:
    foreign = Project.objects.create(workspace=elsewhere, name="Theirs")
    response = at_desk.post(
        f"{address(workspace)}/new", {"title": " ", "body": "Hot", "project": foreign.pk}
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "Give the document a title." in page
    assert "There is no such project in this workspace." in page
    assert ">\nHot</textarea>" in page
    assert not Document.objects.exists()
