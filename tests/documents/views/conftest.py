from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from documents.attach import AttachItem, attach_images
from documents.models import Document, Image
from tests.documents.conftest import MakeImages
from workspaces.models import User, Workspace

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def sign_in() -> SignIn:
    """A browser of the person's."""

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make


@pytest.fixture
def at_desk(sign_in: SignIn, editor: User) -> Client:
    """The editor's browser."""
    return sign_in(editor)


@pytest.fixture
def url(workspace: Workspace, document: Document) -> Callable[..., str]:
    """The address of the document's page, or of what is below it."""

    def make(*parts: Any) -> str:
        return "/".join(["/w", workspace.slug, "documents", str(document.pk), *map(str, parts)])

    return make


@pytest.fixture
def pictures(document: Document, workspace: Workspace, make_images: MakeImages) -> list[Image]:
    """Three images of the document, in order; the first is the primary one."""
    images = make_images(workspace, 3)
    attach_images(document=document, images=[AttachItem(image.pk) for image in images])
    return images


def order_of(document: Document) -> list[int]:
    """The ids of the document's images, in order."""
    return list(
        document.attachments.order_by("attachment_order").values_list("image_id", flat=True)
    )
