"""The providers that the environment names, and what an administrator's choice outweighs."""

from __future__ import annotations

import dataclasses
import io
from typing import Any

import pytest
from django.core.management import call_command

from tests.scripted_openai import ScriptedOpenAI
from workflows.models import Provider
from workflows.providers.defaults import OPENAI_URL, sync_default_providers

pytestmark = pytest.mark.django_db
BLANK = {
    "openai_base_url": "",
    "openai_api_key": "",
    "openai_model": "",
    "openai_image_model": "",
    "local_model_url": "",
    "local_model_name": "",
}


@pytest.fixture
def environment(settings: Any) -> Any:
    def use(**values: str) -> list[str]:
        settings.PROVIDERS = dataclasses.replace(settings.PROVIDERS, **{**BLANK, **values})
        return sync_default_providers()

    return use


def _defaults() -> tuple[list[str], list[str]]:
    rows = Provider.objects.filter(workspace=None)
    return (
        list(rows.filter(default_for_copy=True).values_list("slug", flat=True)),
        list(rows.filter(default_for_images=True).values_list("slug", flat=True)),
    )


LOCAL = {"local_model_url": "http://127.0.0.1:1/v1", "local_model_name": "small"}
OPENAI = {"openai_api_key": "sk-1", "openai_model": "gpt-x"}


def test_studio_alone_draws_and_nobody_writes(environment: Any) -> None:
    environment()
    assert _defaults() == ([], ["studio"])


def test_a_local_model_writes_with_its_own_settings_and_costs_nothing(environment: Any) -> None:
    environment(**LOCAL)
    assert _defaults() == (["local"], ["studio"])
    row = Provider.objects.get(slug="local")
    assert row.options["chat"] == {"temperature": 0.4, "frequency_penalty": 0.6}
    assert row.options["free"] is True
    assert (row.base_url, row.copy_model) == ("http://127.0.0.1:1/v1", "small")


def test_a_key_alone_means_openai_and_stays_in_the_environment(environment: Any) -> None:
    environment(**OPENAI)
    row = Provider.objects.get(slug="openai")
    assert (row.base_url, row.api_key_env, row.copy_model) == (
        OPENAI_URL,
        "OPENAI_API_KEY",
        "gpt-x",
    )
    assert row.api_key_encrypted == ""
    assert _defaults() == (["openai"], ["studio"])


def test_an_image_model_moves_images_there_too(environment: Any) -> None:
    environment(**OPENAI, openai_image_model="gpt-image-1")
    assert _defaults() == (["openai"], ["openai"])


def test_openai_stands_in_for_the_local_model_and_back(environment: Any) -> None:
    environment(**LOCAL)
    environment(**LOCAL, **OPENAI)
    assert not Provider.objects.get(slug="local").enabled
    assert _defaults() == (["openai"], ["studio"])
    environment(**LOCAL)
    assert not Provider.objects.get(slug="openai").enabled
    assert _defaults() == (["local"], ["studio"])


def test_the_first_listed_model_is_used_where_none_is_named(
    environment: Any, scripted_openai: ScriptedOpenAI
) -> None:
    scripted_openai.models = ("nomic-embed", "writer")
    environment(openai_base_url=scripted_openai.base_url)
    row = Provider.objects.get(slug="openai")
    assert (row.copy_model, row.api_key_env) == ("writer", "")


def test_a_service_that_is_down_is_seeded_without_a_model(environment: Any) -> None:
    environment(openai_base_url="http://127.0.0.1:1/v1")
    assert Provider.objects.get(slug="openai").copy_model == ""


def test_a_second_run_changes_nothing(environment: Any) -> None:
    assert environment(**LOCAL)
    before = list(Provider.objects.values())
    assert environment(**LOCAL) == []
    assert list(Provider.objects.values()) == before


def test_a_changed_address_is_followed(environment: Any) -> None:
    environment(**LOCAL)
    environment(**{**LOCAL, "local_model_url": "http://127.0.0.1:2/v1"})
    assert Provider.objects.get(slug="local").base_url == "http://127.0.0.1:2/v1"


def test_an_administrators_default_is_kept(environment: Any) -> None:
    environment(**LOCAL)
    Provider.objects.filter(slug="local").update(default_for_copy=False)
    Provider.objects.create(
        slug="ours",
        name="Ours",
        kind="openai_compatible",
        base_url="https://a.example.com",
        default_for_copy=True,
    )
    environment(**OPENAI, openai_image_model="gpt-image-1")
    assert _defaults() == (["ours"], ["openai"])


def test_a_row_that_an_administrator_took_over_is_left_alone(environment: Any) -> None:
    environment(**LOCAL)
    row = Provider.objects.get(slug="local")
    row.options = {"environment": ["copy"]}
    row.base_url = "http://127.0.0.1:9/v1"
    row.save()
    environment(**LOCAL)
    row.refresh_from_db()
    assert row.base_url == "http://127.0.0.1:9/v1"


def test_the_command_says_what_it_does_and_can_only_show_it(settings: Any) -> None:
    settings.PROVIDERS = dataclasses.replace(settings.PROVIDERS, **{**BLANK, **LOCAL})
    shown, done, again = io.StringIO(), io.StringIO(), io.StringIO()
    call_command("seed_providers", "--dry-run", stdout=shown)
    assert not Provider.objects.exists()
    call_command("seed_providers", stdout=done)
    assert done.getvalue() == shown.getvalue()
    assert "Made local the default for copy." in done.getvalue()
    call_command("seed_providers", stdout=again)
    assert again.getvalue() == "Nothing to change.\n"
