"""Programs and browsers of the cast, talking to the API."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image as Picture

from documents.images import put_object, store_image
from documents.inspect import CONTENT_TYPES, EXTENSIONS
from documents.models import Image
from documents.uploads import CleanImage
from tests.documents.conftest import encoded, png
from workspaces.access import Access
from workspaces.models import Membership, User, Workspace
from workspaces.tokens import issue_token


class ApiClient(Client):
    """Sends JSON to addresses below /api/."""

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """One call; ``body`` becomes JSON, ``headers`` are added to those of the caller."""
        data = "" if body is None else json.dumps(body)
        return self.generic(method, f"/api{path}", data, content_type="application/json", **options)

    def read(self, path: str, **options: Any) -> Any:
        """GET."""
        return self.call("GET", path, **options)

    def make(self, path: str, body: Any = None, **options: Any) -> Any:
        """POST."""
        return self.call("POST", path, body, **options)

    def put_json(self, path: str, body: Any = None, **options: Any) -> Any:
        """PUT."""
        return self.call("PUT", path, body, **options)

    def remove(self, path: str, **options: Any) -> Any:
        """DELETE."""
        return self.call("DELETE", path, **options)

    def upload(self, path: str, **fields: Any) -> Any:
        """POST a form with files."""
        return self.post(f"/api{path}", fields)


Program = Callable[..., ApiClient]


def key_of(user: User, workspace: Workspace, scopes: list[str] | None = None) -> str:
    """A key of the person's; without ``scopes`` all that the role allows."""
    role = Membership.objects.get(user=user, workspace=workspace).role
    access = Access(workspace, role)
    return issue_token(user=user, access=access, name="Test", scopes=scopes or [])[1]


@pytest.fixture
def program(workspace: Workspace) -> Program:
    """A program of a person's: ``program(editor)``, ``program(editor, ["read"])``."""

    def make(
        user: User, scopes: list[str] | None = None, where: Workspace | None = None
    ) -> ApiClient:
        key = key_of(user, where or workspace, scopes)
        return ApiClient(headers={"Authorization": f"Token {key}"})

    return make


@pytest.fixture
def browser(workspace: Workspace) -> Program:
    """A signed-in browser of a person's, in the workspace; ``where=None`` names none."""

    def make(user: User, where: Workspace | None = workspace, *, strict: bool = False) -> ApiClient:
        headers = {"X-Workspace": where.slug} if where else {}
        client = ApiClient(headers=headers, enforce_csrf_checks=strict)
        client.force_login(user)
        return client

    return make


@pytest.fixture
def anybody(db: None) -> ApiClient:
    """Somebody who has not signed in."""
    return ApiClient()


@pytest.fixture
def elsewhere(stranger: User) -> Workspace:
    """The stranger's workspace."""
    return Workspace.objects.get(memberships__user=stranger)


def problem(answer: Any, status: int) -> dict[str, Any]:
    """The problem that the answer is, once its form is checked."""
    assert answer.status_code == status, answer.content[:2000]
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["title"] and body["detail"] and body["type"]
    assert body["errors"]
    for error in body["errors"]:
        assert set(error) == {"code", "detail", "attr"}
        assert error["code"] and error["detail"]
    return body


def attrs(answer: Any, status: int = 422) -> set[str | None]:
    """What the errors of a refusal name."""
    return {error["attr"] for error in problem(answer, status)["errors"]}


def sent(name: str = "picture.png", data: bytes | None = None) -> SimpleUploadedFile:
    """A file as a form sends it; without ``data`` a small picture."""
    return SimpleUploadedFile(name, png() if data is None else data)


def put_picture(workspace: Workspace, colour: str = "red", kind: str = "PNG") -> Image:
    """A picture of the workspace with its bytes in the storage."""
    data = encoded(Picture.new("RGB", (8, 6), colour), kind)
    clean = CleanImage(
        data, CONTENT_TYPES[kind], EXTENSIONS[kind], 8, 6, hashlib.sha256(data).hexdigest()
    )
    key = put_object(clean, workspace_id=workspace.pk)
    return store_image(
        workspace=workspace, clean=clean, key=key, source="upload", alt_text=f"A {colour} field"
    )
