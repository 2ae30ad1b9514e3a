"""Who may open and change what."""

from collections.abc import Callable

import pytest
from django.test import Client

from documents.create import create_document
from documents.models import Document, Image
from tests.documents.views.conftest import HTMX, SignIn
from workspaces.models import User, Workspace

READS = ["", "versions", "versions/1", "images", "export?format=md"]
CHANGES = [
    "project",
    "archive",
    "edit",
    "preview",
    "versions/1/restore",
    "images/upload",
    "images/attach",
    "images/order",
    "images/undo",
    "images/{image}/move",
    "images/{image}/primary",
    "images/{image}/texts",
    "images/{image}/detach",
]


@pytest.fixture(params=["viewer", "reviewer"])
def reader(request: pytest.FixtureRequest) -> User:
    """Somebody who may look and not touch."""
    user: User = request.getfixturevalue(request.param)
    return user


@pytest.mark.parametrize("path", READS)
def test_readers_see_documents(
    path: str, reader: User, sign_in: SignIn, url: Callable[..., str], pictures: list[Image]
) -> None:
    response = sign_in(reader).get(url(path) if path else url(), headers=HTMX)
    assert response.status_code == 200


@pytest.mark.parametrize("path", [*CHANGES, "images/library"])
def test_readers_change_nothing(
    path: str, reader: User, sign_in: SignIn, url: Callable[..., str], pictures: list[Image]
) -> None:
    client = sign_in(reader)
    address = url(path.format(image=pictures[0].pk))
    call = client.get if path == "images/library" else client.post
    assert call(address).status_code == 403


@pytest.mark.parametrize("path", ["documents/new", "images/upload"])
def test_readers_begin_nothing(
    path: str, reader: User, sign_in: SignIn, workspace: Workspace
) -> None:
    assert sign_in(reader).post(f"/w/{workspace.slug}/{path}").status_code == 403


def test_readers_see_no_controls(
    reader: User, sign_in: SignIn, url: Callable[..., str], pictures: list[Image]
) -> None:
    page = sign_in(reader).get(url()).content.decode()
    for control in ("Add images", "Detach", "data-grip", "Edit", "Archive", "<select"):
        assert control not in page
    assert "Picture 0" in page


@pytest.mark.parametrize("path", [*READS, *CHANGES, "images/library"])
def test_strangers_find_nothing(
    path: str, stranger: User, sign_in: SignIn, url: Callable[..., str], pictures: list[Image]
) -> None:
    client = sign_in(stranger)
    address = url(path.format(image=pictures[0].pk)) if path else url()
    call = client.post if path in CHANGES else client.get
    assert call(address).status_code == 404


@pytest.mark.parametrize("path", [*READS, *CHANGES, "images/library"])
def test_a_document_of_another_workspace_is_not_found(
    path: str, at_desk: Client, workspace: Workspace, elsewhere: Workspace
) -> None:
    foreign = create_document(workspace=elsewhere, title="Theirs", body="Secret")
    address = f"/w/{workspace.slug}/documents/{foreign.pk}/{path.format(image=1)}".rstrip("/")
    call = at_desk.post if path in CHANGES else at_desk.get
    response = call(address)
    assert response.status_code == 404
    assert b"Secret" not in response.content


@pytest.mark.parametrize("number", ["0", "9" * 19, "9" * 40])
def test_an_id_that_cannot_be_is_not_found(
    number: str, at_desk: Client, workspace: Workspace, url: Callable[..., str]
) -> None:
    assert at_desk.get(f"/w/{workspace.slug}/documents/{number}").status_code == 404
    assert at_desk.get(f"/w/{workspace.slug}/images/{number}").status_code == 404
    assert at_desk.get(url("versions", number)).status_code == 404
    assert at_desk.post(url("images", number, "primary"), headers=HTMX).status_code == 409


def test_a_post_without_its_token_is_refused(
    editor: User, url: Callable[..., str], document: Document
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(url("archive")).status_code == 403
    document.refresh_from_db()
    assert document.archived_at is None
