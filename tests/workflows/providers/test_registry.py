"""Which provider a slug means, and in whose room."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from workflows.graph.model import Node
from workflows.models import Provider
from workflows.providers import registry, studio
from workflows.providers.base import ErrorCode, ProviderError
from workflows.providers.openai_compatible import OpenAICompatibleProvider
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db


def _service(slug: str, workspace: Workspace | None = None, **fields: Any) -> Provider:
    values = {
        "name": slug.title(),
        "kind": "openai_compatible",
        "base_url": "https://a.example.com",
    }
    return Provider.objects.create(slug=slug, workspace=workspace, **{**values, **fields})


def _why(workspace_id: int | None, slug: str, kind: registry.Kind = "copy") -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        registry.resolve(workspace_id=workspace_id, slug=slug, kind=kind)
    return raised.value


def test_a_workspaces_own_provider_comes_before_the_instances(workspace: Workspace) -> None:
    everyones = _service("main", copy_model="a")
    own = _service("main", workspace, copy_model="b", image_model="c")
    found = registry.resolve(workspace_id=workspace.pk, slug="main", kind="copy")
    assert (found.row_id, found.model_default, found.slug) == (own.pk, "b", "main")
    assert isinstance(found.provider, OpenAICompatibleProvider)
    image = registry.resolve(workspace_id=workspace.pk, slug="main", kind="image")
    assert image.model_default == "c"
    elsewhere = Workspace.objects.create(name="Elsewhere", slug="elsewhere")
    for room in (elsewhere.pk, None):
        found = registry.resolve(workspace_id=room, slug="main", kind="copy")
        assert found.row_id == everyones.pk


def test_another_workspaces_provider_does_not_exist(workspace: Workspace) -> None:
    elsewhere = Workspace.objects.create(name="Elsewhere", slug="elsewhere")
    _service("secret", elsewhere, default_for_copy=True)
    assert "secret" in _why(workspace.pk, "secret").message
    assert _why(workspace.pk, "").code is ErrorCode.BAD_REQUEST


def test_a_provider_that_is_switched_off_does_not_exist(workspace: Workspace) -> None:
    _service("main", enabled=False, default_for_copy=True)
    assert "switched off" in _why(workspace.pk, "main").message
    assert "under Settings, Providers" in _why(workspace.pk, "").hint


def test_a_blank_slug_means_the_default_of_its_kind(workspace: Workspace) -> None:
    copy = _service("writer", default_for_copy=True)
    cards = Provider.objects.create(
        slug="studio", name="Studio", kind="studio", default_for_images=True
    )
    assert registry.resolve(workspace_id=workspace.pk, slug="", kind="copy").row_id == copy.pk
    image = registry.resolve(workspace_id=workspace.pk, slug="", kind="image")
    assert image.row_id == cards.pk
    assert isinstance(image.provider, studio.StudioProvider)
    assert image.model_default == studio.MODEL
    own = _service("own", workspace, default_for_copy=True)
    assert registry.resolve(workspace_id=workspace.pk, slug="", kind="copy").row_id == own.pk


def test_a_rotated_key_is_used_by_the_next_call(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault row 45. Guard: the row is read at each call."""
    row = _service("main")
    for key in ("first-key", "second-key"):
        row.api_key = key
        row.save()
        found = registry.resolve(workspace_id=workspace.pk, slug="main", kind="copy")
        assert isinstance(found.provider, OpenAICompatibleProvider)
        assert found.provider._api_key == key


def test_an_unreadable_key_is_an_error_that_says_so(workspace: Workspace, settings: Any) -> None:
    row = _service("main")
    row.api_key = "sk-canary"
    row.save()
    settings.FIELD_ENCRYPTION_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]
    error = _why(workspace.pk, "main")
    assert error.code is ErrorCode.AUTH
    assert "again" in error.hint


def test_an_empty_key_variable_is_named(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    _service("main", api_key_env="MY_API_KEY")
    monkeypatch.delenv("MY_API_KEY", raising=False)
    assert "MY_API_KEY" in _why(workspace.pk, "main").message
    monkeypatch.setenv("MY_API_KEY", "sk-1")
    registry.resolve(workspace_id=workspace.pk, slug="main", kind="copy")


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "my_api_key", "API_KEY_X"])
def test_only_variables_of_api_keys_can_be_named(name: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        _service("main", api_key_env=name)


def test_a_workspaces_provider_cannot_borrow_a_key_of_the_server(workspace: Workspace) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        _service("main", workspace, api_key_env="OPENAI_API_KEY")


@pytest.mark.parametrize("flag", ["default_for_copy", "default_for_images"])
def test_there_is_one_default_of_a_kind(flag: str, workspace: Workspace) -> None:
    _service("one", **{flag: True})
    _service("own", workspace, **{flag: True})
    with pytest.raises(IntegrityError), transaction.atomic():
        _service("two", **{flag: True})


def _issues(workspace: Workspace, kind: str, **config: Any) -> list[tuple[str, str | None]]:
    found = registry.Directory(workspace.pk).issues_of(Node("n", kind, config=config))
    return [(issue.code, issue.field) for issue in found]


def test_a_steps_provider_and_model_are_checked_without_asking_a_service(
    workspace: Workspace,
) -> None:
    assert _issues(workspace, "generate_copy") == [("unknown_provider", "provider")]
    _service("writer", default_for_copy=True)
    Provider.objects.create(slug="studio", name="Studio", kind="studio", default_for_images=True)
    assert _issues(workspace, "generate_copy") == []
    assert _issues(workspace, "generate_image") == []
    assert _issues(workspace, "generate_copy", provider="nope") == [
        ("unknown_provider", "provider")
    ]
    assert _issues(workspace, "generate_copy", provider="{{ brief.provider }}") == []
    assert _issues(workspace, "generate_copy", provider="studio") == [
        ("unknown_provider", "provider")
    ]
    assert _issues(workspace, "generate_image", provider="writer") == [("unknown_model", "model")]
    assert _issues(workspace, "generate_image", provider="writer", model="painter") == []
    assert _issues(workspace, "compose_text", provider="nope") == []
