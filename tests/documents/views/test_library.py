"""The images of the workspace."""

from typing import Any

from django.test import Client

from documents.archive import archive_document
from documents.attach import AttachItem, attach_images
from documents.create import create_document
from documents.selectors.images import PAGE
from tests.documents.conftest import MakeImages
from tests.documents.views.conftest import HTMX, SignIn
from workspaces.models import User, Workspace


def address(workspace: Workspace) -> str:
    return f"/w/{workspace.slug}/images"


def ids(response: Any) -> list[int]:
    return [card.image.pk for card in response.context["found"].rows]


def test_the_newest_comes_first_and_foreign_images_are_not_there(
    at_desk: Client, workspace: Workspace, elsewhere: Workspace, make_images: MakeImages
) -> None:
    old, new = make_images(workspace, 2)
    make_images(elsewhere, 1)
    assert ids(at_desk.get(address(workspace))) == [new.pk, old.pk]


def test_people_search_alt_texts_and_prompts_by_source(
    at_desk: Client, workspace: Workspace, make_images: MakeImages
) -> None:
    cup = make_images(workspace, 1, alt_text="A red cup")[0]
    drawn = make_images(
        workspace,
        1,
        alt_text="",
        source="generated",
        provenance={"execution": 3, "node": "art", "prompt": "Draw a CUP"},
    )[0]
    make_images(workspace, 1)
    assert set(ids(at_desk.get(address(workspace), {"q": "cup"}))) == {cup.pk, drawn.pk}
    assert ids(at_desk.get(address(workspace), {"q": "cup", "source": "generated"})) == [drawn.pk]
    assert len(ids(at_desk.get(address(workspace), {"source": "nonsense"}))) == 3
    assert "No image fits" in at_desk.get(address(workspace), {"q": "bowl"}).content.decode()


def test_strange_questions_are_answered(
    at_desk: Client, workspace: Workspace, make_images: MakeImages
) -> None:
    make_images(workspace, 1)
    for query in ({"q": "\x00"}, {"before": "x"}, {"before": "9" * 30}, {"q": '"%_\\'}):
        assert at_desk.get(address(workspace), query).status_code == 200


def test_pages_follow_each_other(
    at_desk: Client, workspace: Workspace, make_images: MakeImages
) -> None:
    made = make_images(workspace, PAGE + 2)
    first = at_desk.get(address(workspace))
    mark = first.context["found"].next
    rest = at_desk.get(address(workspace), {"before": mark}, headers=HTMX)
    assert ids(first) + ids(rest) == [image.pk for image in reversed(made)]
    assert rest.context["found"].next == ""


def test_an_empty_library_says_what_will_be_there(
    viewer: User, sign_in: SignIn, workspace: Workspace
) -> None:
    page = sign_in(viewer).get(address(workspace)).content.decode()
    assert "Images to use again" in page
    assert "Upload images" not in page


def test_the_number_of_queries_does_not_grow(
    at_desk: Client,
    workspace: Workspace,
    editor: User,
    make_images: MakeImages,
    django_assert_max_num_queries: Any,
) -> None:
    make_images(workspace, 12, created_by=editor)
    with django_assert_max_num_queries(7):
        at_desk.get(address(workspace))


def test_an_image_tells_its_story(
    viewer: User, sign_in: SignIn, workspace: Workspace, make_images: MakeImages
) -> None:
    made = {
        "execution": 3,
        "run": "Autumn",
        "node": "art",
        "step": "Draw",
        "model": "big-2",
        "provider": "cloud",
        "prompt": "A cup",
        "reviewer_name": "Ann",
    }
    image = make_images(workspace, 1, source="generated", provenance=made)[0]
    shown, away = (
        create_document(workspace=workspace, title=title, body="") for title in ("Tea", "Gone")
    )
    for document in (shown, away):
        attach_images(document=document, images=[AttachItem(image.pk)])
    archive_document(away)
    client = sign_in(viewer)
    page = client.get(f"{address(workspace)}/{image.pk}").content.decode()
    for words in ("Run #3", "Autumn", "Draw", "big-2 (cloud)", "A cup", "Ann", "Tea"):
        assert words in page
    assert "Gone" not in page
    part = client.get(f"{address(workspace)}/{image.pk}", headers=HTMX).content.decode()
    assert part.strip() in page
    assert "<html" not in part


def test_an_image_of_another_workspace_is_not_found(
    at_desk: Client, workspace: Workspace, elsewhere: Workspace, make_images: MakeImages
) -> None:
    foreign = make_images(elsewhere, 1)[0]
    assert at_desk.get(f"{address(workspace)}/{foreign.pk}").status_code == 404
