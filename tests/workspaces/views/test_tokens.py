"""Tokens in the settings: a key is seen once, and is worth no more than its person."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests import factories as make
from workspaces.models import ApiToken, User, Workspace

Browse = Callable[[User], Client]
TOKENS = "/w/alder-pine/settings/tokens"


def _make(client: Client, **changes: Any) -> Any:
    return client.post(TOKENS, {"name": "Website", "scopes": ["read"], "days": "90", **changes})


def _key(answer: Any) -> str:
    found = re.search(r'id="new-key"[^>]*value="([^"]+)"', answer.content.decode())
    assert found
    return found[1]


def test_a_key_works_and_is_shown_once(browse: Browse, editor: User) -> None:
    client = browse(editor)
    answer = _make(client, scopes=["read", "run"])
    assert answer["Cache-Control"] == "no-store"
    key = _key(answer)
    called = Client().get("/api/projects", headers={"authorization": f"Token {key}"})
    assert called.status_code == 200
    html = client.get(TOKENS).content.decode()
    assert key not in html
    assert f"{key[:6]}…" in html
    token = ApiToken.objects.get()
    assert (token.name, token.user, token.scopes) == ("Website", editor, ["read", "run"])
    assert abs(token.expiry - timezone.now() - timedelta(days=90)) < timedelta(minutes=1)


def test_nobody_is_offered_more_than_they_may_do(browse: Browse, viewer: User, owner: User) -> None:
    html = browse(viewer).get(TOKENS).content.decode()
    assert 'value="read"' in html
    assert 'value="run"' not in html
    assert 'value="admin"' in browse(owner).get(TOKENS).content.decode()
    refused = _make(browse(viewer), scopes=["read", "admin"])
    assert refused.status_code == 422
    assert "admin is not one of the available choices" in refused.content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "x" * 81}, "at most 80 characters"),
        ({"scopes": []}, "Tick at least one thing that it may do."),
        ({"days": "9999"}, "9999 is not one of the available choices"),
        ({"days": ""}, "This field is required"),
    ],
)
def test_a_bad_token_is_refused_at_its_field(
    browse: Browse, editor: User, changes: dict[str, Any], words: str
) -> None:
    answer = _make(browse(editor), **changes)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_members_see_their_own_and_admins_everybodys(
    browse: Browse, viewer: User, editor: User, owner: User, workspace: Workspace
) -> None:
    make.ApiTokenFactory(user=editor, workspace=workspace, name="Of the editor")
    make.ApiTokenFactory(user=editor, name="Of another workspace")
    assert "Of the editor" not in browse(viewer).get(TOKENS).content.decode()
    html = browse(owner).get(TOKENS).content.decode()
    assert "Of the editor" in html
    assert "Of another workspace" not in html


def test_a_token_is_revoked_by_its_person_and_by_admins_alone(
    browse: Browse, viewer: User, editor: User, owner: User, workspace: Workspace
) -> None:
    mine, other = (make.ApiTokenFactory(user=editor, workspace=workspace) for _ in range(2))
    path = f"{TOKENS}/{mine.public_id}/revoke"
    assert browse(viewer).post(path).status_code == 404
    answer = browse(editor).post(path, follow=True)
    assert "is revoked" in answer.content.decode()
    browse(owner).post(f"{TOKENS}/{other.public_id}/revoke")
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("id", ["", "a", "f" * 31, "z" * 32, "%25"])
def test_a_part_of_an_id_revokes_nothing(
    browse: Browse, owner: User, workspace: Workspace, id: str
) -> None:
    make.ApiTokenFactory(user=owner, workspace=workspace)
    assert browse(owner).post(f"{TOKENS}/{id}/revoke").status_code == 404
    assert ApiToken.objects.count() == 1


def test_an_expired_one_says_so(browse: Browse, owner: User, workspace: Workspace) -> None:
    past = timezone.now() - timedelta(days=3)
    make.ApiTokenFactory(user=owner, workspace=workspace, expiry=past)
    assert "expired" in browse(owner).get(TOKENS).content.decode()
