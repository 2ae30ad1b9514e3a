import io
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as django_settings
from PIL import Image as Picture

from config.settings.storage import s3_storage
from documents.create import create_document
from documents.images import store_image
from documents.models import Document, Image
from documents.uploads import CleanImage
from workspaces.models import User, Workspace

MakeImages = Callable[..., list[Image]]


@pytest.fixture(params=["disk", pytest.param("s3", marks=pytest.mark.s3)])
def storage(request, settings) -> str:
    """Every test that uses it runs on disk and on a real S3 server."""
    if request.param == "disk":
        default: dict[str, Any] = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    else:
        server = request.getfixturevalue("s3_server")
        default = s3_storage(
            server.bucket, server.endpoint_url, server.access_key, server.secret_key, "us-east-1"
        )
    settings.STORAGES = {**django_settings.STORAGES, "default": default}
    return request.param


@pytest.fixture
def elsewhere(db) -> Workspace:
    return Workspace.objects.create(name="Others", slug="others")


@pytest.fixture
def author(db) -> User:
    return User.objects.create_user("author@example.com")


@pytest.fixture
def document(workspace: Workspace) -> Document:
    return create_document(workspace=workspace, title="Launch", body="Hello")


@pytest.fixture
def make_images() -> MakeImages:
    """Make rows of images whose bytes nobody opens."""

    def make(workspace: Workspace, count: int, **fields: Any) -> list[Image]:
        start = Image.objects.count()
        images = []
        for index in range(start, start + count):
            sha = f"{index:064x}"
            clean = CleanImage(b"x", "image/png", "png", 8, 6, sha)
            key = f"w/{workspace.pk}/images/{sha[:2]}/{sha}.png"
            images.append(
                store_image(
                    workspace=workspace,
                    clean=clean,
                    key=key,
                    **{"source": "upload", "alt_text": f"Picture {index}", **fields},
                )
            )
        return images

    return make


def encoded(picture: Picture.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def png(width: int = 8, height: int = 6, colour: str = "red", **options: Any) -> bytes:
    return encoded(Picture.new("RGB", (width, height), colour), "PNG", **options)
