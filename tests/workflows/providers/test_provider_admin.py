"""Providers in the admin: keys go in and never come out."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests import scripted_openai as script
from tests.scripted_openai import ScriptedOpenAI
from workflows.admin.provider import ProviderForm
from workflows.models import Provider
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db
KEY = "sk-canary-0123456789abWXYZ"
LIST = "/admin/workflows/provider/"


@pytest.fixture
def data() -> dict[str, Any]:
    return {
        "slug": "main",
        "name": "Main",
        "kind": "openai_compatible",
        "base_url": "https://api.example.com/v1",
        "api_key": KEY,
        "enabled": "on",
        "options": "{}",
    }


@pytest.fixture
def saved(data: dict[str, Any]) -> Provider:
    return _form(data).save()


@pytest.fixture
def curator(settings: Any) -> Client:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    user = User.objects.create_superuser("staff@example.test", "a-long-password")
    client = Client()
    client.force_login(user)
    return client


def _bound(data: dict[str, Any], row: Provider | None) -> ProviderForm:
    return ProviderForm(data, instance=row and Provider.objects.get(pk=row.pk))


def _form(data: dict[str, Any], row: Provider | None = None) -> ProviderForm:
    form = _bound(data, row)
    assert form.is_valid(), form.errors
    return form


def _errors(data: dict[str, Any], row: Provider | None = None) -> set[str]:
    form = _bound(data, row)
    assert not form.is_valid()
    return set(form.errors)


def test_a_key_is_stored_encrypted(saved: Provider) -> None:
    saved.refresh_from_db()
    assert KEY not in saved.api_key_encrypted
    assert saved.api_key == KEY
    assert saved.key_hint == "…WXYZ"


def test_no_page_of_the_admin_shows_the_key(saved: Provider, curator: Client) -> None:
    for path in (LIST, f"{LIST}{saved.pk}/change/", f"{LIST}{saved.pk}/history/"):
        page = curator.get(path)
        assert page.status_code == 200
        assert KEY not in page.content.decode()
        assert saved.api_key_encrypted not in page.content.decode()
    assert "…WXYZ" in curator.get(f"{LIST}{saved.pk}/change/").content.decode()


def test_an_empty_key_field_keeps_the_key_and_a_tick_forgets_it(
    data: dict[str, Any], saved: Provider
) -> None:
    _form({**data, "api_key": "", "name": "Other"}, saved).save()
    saved.refresh_from_db()
    assert saved.api_key == KEY
    _form({**data, "api_key": "", "forget_key": "on"}, saved).save()
    saved.refresh_from_db()
    assert saved.api_key == ""


def test_a_key_does_not_move_to_another_host(data: dict[str, Any], saved: Provider) -> None:
    moved = {**data, "api_key": "", "base_url": "https://evil.example.net/v1"}
    assert _errors(moved, saved) == {"api_key"}
    _form({**moved, "api_key": "sk-new"}, saved)
    _form({**data, "api_key": "", "base_url": "https://api.example.com/v2"}, saved)


@pytest.mark.parametrize(
    "address",
    ["http://api.example.com/v1", "https://10.0.0.1/v1", "https://u:p@example.com", "nonsense", ""],
)
def test_an_address_that_would_not_be_called_is_refused(data: dict[str, Any], address: str) -> None:
    assert _errors({**data, "base_url": address}) == {"base_url"}


def test_a_listed_private_host_is_accepted(data: dict[str, Any], settings: Any) -> None:
    settings.PROVIDER_PRIVATE_HOSTS = ["ollama"]
    _form({**data, "base_url": "http://ollama:11434/v1"}).save()


@pytest.mark.parametrize("name", ["SECRET_KEY", "openai_api_key"])
def test_only_variables_of_api_keys_can_be_named(data: dict[str, Any], name: str) -> None:
    assert "api_key_env" in _errors({**data, "api_key": "", "api_key_env": name})


def test_a_workspaces_provider_has_its_own_key(data: dict[str, Any], workspace: Workspace) -> None:
    own = {**data, "api_key": "", "workspace": workspace.pk, "api_key_env": "OPENAI_API_KEY"}
    assert "api_key_env" in _errors(own)


def test_a_new_default_takes_the_place_of_the_old_one(
    data: dict[str, Any], curator: Client
) -> None:
    old = Provider.objects.create(
        slug="old", name="Old", kind="studio", default_for_copy=True, default_for_images=True
    )
    prices = {"prices-TOTAL_FORMS": 0, "prices-INITIAL_FORMS": 0}
    page = curator.post(f"{LIST}add/", {**data, **prices, "default_for_copy": "on"})
    assert page.status_code == 302, page.context["errors"]
    old.refresh_from_db()
    assert (old.default_for_copy, old.default_for_images) == (False, True)
    assert Provider.objects.get(slug="main").default_for_copy


def test_a_change_takes_the_row_out_of_the_environments_hands(
    data: dict[str, Any], saved: Provider
) -> None:
    saved.options = {"environment": ["row", "copy"], "free": True}
    saved.save()
    kept = '{"environment": ["row", "copy"], "free": true}'
    same = {**data, "api_key": "", "options": kept, "initial-options": kept}
    assert _form(same, saved).save().options["environment"] == ["row", "copy"]
    changed = _form({**same, "copy_model": "mine"}, saved)
    assert changed.save().options == {"environment": ["copy"], "free": True}


def test_the_test_action_lists_models_or_says_what_is_wrong(
    curator: Client, scripted_openai: ScriptedOpenAI
) -> None:
    row = Provider.objects.create(
        slug="main", name="Main", kind="openai_compatible", base_url=scripted_openai.base_url
    )
    action = {"action": "test_providers", "_selected_action": [row.pk]}
    assert (
        "Main works. Models: test-model" in curator.post(LIST, action, follow=True).content.decode()
    )
    scripted_openai.next(script.status(401))
    page = curator.post(LIST, action, follow=True).content.decode()
    assert "does not accept the key" in page
