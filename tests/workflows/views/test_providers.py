"""Providers in the settings: whose they are, what they say when tested, and no key ever shown."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from tests import factories as make
from tests import scripted_openai as script
from tests.scripted_openai import ScriptedOpenAI
from workflows.models import ModelPrice, Provider
from workflows.providers.registry import resolve
from workspaces.models import Role, User, Workspace

Browse = Callable[[User], Client]
LIST = "/w/alder-pine/settings/providers"
KEY = "sk-canary-0123456789abWXYZ"
HTMX = {"hx-request": "true"}
DATA = {
    "name": "House model",
    "base_url": "https://api.example.com/v1",
    "api_key": KEY,
    "copy_model": "writer-1",
    "image_model": "",
}


@pytest.fixture
def admin(workspace: Workspace) -> User:
    user = make.UserFactory(email="admin@example.test", name="Admin")
    make.MembershipFactory(workspace=workspace, user=user, role=Role.ADMIN)
    return user


@pytest.fixture
def client(browse: Browse, admin: User) -> Client:
    return browse(admin)


@pytest.fixture
def own(workspace: Workspace, scripted_openai: ScriptedOpenAI) -> Provider:
    row = make.ProviderFactory(
        workspace=workspace,
        slug="house",
        name="House model",
        base_url=scripted_openai.base_url,
        copy_model="writer-1",
    )
    row.api_key = KEY
    row.save()
    return row  # type: ignore[no-any-return]


def _add(client: Client, **changes: str) -> Any:
    return client.post(f"{LIST}/new", {**DATA, **changes})


def _test(client: Client, row: Provider) -> str:
    answer = client.post(f"{LIST}/{row.pk}/test", headers=HTMX)
    assert answer.status_code == 200
    return answer.content.decode()  # type: ignore[no-any-return]


def test_a_workspace_without_one_is_told_what_a_provider_gives(
    client: Client, browse: Browse, viewer: User
) -> None:
    assert f'href="{LIST}/new"' in client.get(LIST).content.decode()
    html = browse(viewer).get(LIST).content.decode()
    assert "Bring your own model" in html
    assert "Owners and admins add providers." in html
    assert f"{LIST}/new" not in html


def test_everybody_sees_which_model_writes_and_only_admins_what_can_be_done(
    client: Client, browse: Browse, viewer: User, own: Provider, providers: ScriptedOpenAI
) -> None:
    html = browse(viewer).get(LIST).content.decode()
    assert "House model" in html
    assert "Scripted" in html
    assert "Default for copy" in html
    assert "Draws cards" in html
    for hidden in ("WXYZ", "/test", "/switch", own.base_url):
        assert hidden not in html
    seen = client.get(LIST).content.decode()
    assert "key …WXYZ" in seen
    assert f"{LIST}/{own.pk}/test" in seen


def test_an_admin_adds_one_and_its_key_is_never_seen_again(client: Client) -> None:
    answer = client.post(f"{LIST}/new", DATA, follow=True)
    row = Provider.objects.get(slug="house-model")
    assert answer.redirect_chain[-1][0] == f"{LIST}/{row.pk}"
    assert (row.api_key, row.workspace.slug, row.kind) == (KEY, "alder-pine", "openai_compatible")
    assert KEY not in row.api_key_encrypted
    for path in (LIST, f"{LIST}/{row.pk}"):
        html = client.get(path).content.decode()
        assert KEY not in html
        assert row.api_key_encrypted not in html
        assert "WXYZ" in html
    refused = client.post(f"{LIST}/{row.pk}", {**DATA, "name": ""})
    assert refused.status_code == 422
    assert KEY not in refused.content.decode()


def test_a_default_takes_the_place_of_the_workspaces_earlier_one(
    client: Client, own: Provider, workspace: Workspace, providers: ScriptedOpenAI
) -> None:
    Provider.objects.filter(pk=own.pk).update(default_for_copy=True)
    _add(client, name="Second", default_for_copy="on")
    own.refresh_from_db()
    assert not own.default_for_copy
    assert resolve(workspace_id=workspace.pk, slug="", kind="copy").slug == "second"
    assert Provider.objects.get(slug="scripted").default_for_copy  # the instance's stays its own
    html = client.get(LIST).content.decode()
    assert "<dd>Second, writer-1</dd>" in html


def test_names_that_are_taken_get_a_slug_of_their_own(
    client: Client, providers: ScriptedOpenAI
) -> None:
    for name in ("Scripted", "Scripted", "模型", "模型"):
        _add(client, name=name)
    slugs = Provider.objects.exclude(workspace=None).order_by("pk").values_list("slug", flat=True)
    assert list(slugs) == ["scripted-2", "scripted-3", "provider", "provider-2"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "x" * 121}, "at most 120 characters"),
        ({"base_url": ""}, "This field is required"),
        ({"base_url": "nonsense"}, "The address names no host"),
        ({"base_url": "http://api.example.com/v1"}, "must start with https://"),
        (
            {"base_url": "https://10.0.0.1/v1"},
            "names no valid host|unusual way|private or reserved",
        ),
        ({"base_url": "https://169.254.169.254/latest"}, "names no valid host|unusual|private"),
        ({"base_url": "https://user:pass@example.com/v1"}, "must not hold a user name"),
        ({"base_url": "http://127.0.0.1:6379/"}, "Only whoever runs this Copyloom"),
        ({"default_for_images": "on"}, "Name the model that makes the images"),
        ({"copy_model": "x" * 201}, "at most 200 characters"),
    ],
)
def test_a_bad_provider_is_refused_at_its_field(
    client: Client, changes: dict[str, str], words: str
) -> None:
    answer = _add(client, **changes)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert any(part in html for part in words.split("|")), html
    assert not Provider.objects.exists()


def test_an_allow_list_of_hosts_holds(client: Client, settings: Any) -> None:
    settings.PROVIDER_HOSTS = ["api.openai.com"]
    assert "not on the list of allowed hosts" in _add(client).content.decode()
    assert _add(client, base_url="https://api.openai.com/v1").status_code == 302


def test_a_private_address_is_for_staff_to_give_and_for_admins_to_keep(
    client: Client, browse: Browse, admin: User, own: Provider
) -> None:
    same = {**DATA, "base_url": own.base_url, "api_key": "", "name": "Renamed"}
    assert client.post(f"{LIST}/{own.pk}", same).status_code == 302
    admin.is_staff = True
    admin.save()
    assert _add(browse(admin), base_url="http://127.0.0.1:11434/v1").status_code == 302


def test_an_empty_key_keeps_the_key_and_another_host_needs_it_again(
    client: Client, own: Provider
) -> None:
    page = f"{LIST}/{own.pk}"
    client.post(page, {**DATA, "base_url": own.base_url, "api_key": ""})
    own.refresh_from_db()
    assert own.api_key == KEY
    moved = client.post(page, {**DATA, "api_key": ""})
    assert "it was given for another host" in moved.content.decode()
    client.post(page, {**DATA, "base_url": own.base_url, "api_key": "", "forget_key": "on"})
    own.refresh_from_db()
    assert own.api_key == ""


def test_no_field_beyond_the_form_is_written(client: Client, own: Provider) -> None:
    client.post(
        f"{LIST}/{own.pk}",
        {**DATA, "base_url": own.base_url, "slug": "x", "workspace": "", "api_key_env": "A_API_KEY",
         "kind": "studio", "enabled": "", "options": '{"chat": {}}', "id": "1"},
    )  # fmt: skip
    own.refresh_from_db()
    assert (own.slug, own.kind, own.enabled, own.api_key_env) == (
        "house", "openai_compatible", True, "",
    )  # fmt: skip
    assert own.workspace_id is not None
    assert own.options == {"free": False}


def test_the_instances_own_are_not_changed_here(client: Client, providers: ScriptedOpenAI) -> None:
    lent = Provider.objects.get(slug="scripted")
    assert client.get(f"{LIST}/{lent.pk}").status_code == 404
    for what in ("", "/switch", "/prices"):
        assert client.post(f"{LIST}/{lent.pk}{what}", DATA).status_code == 404
    assert "It works" in _test(client, lent)


def test_switching_off_hides_it_from_steps_until_it_is_on_again(
    client: Client, own: Provider, workspace: Workspace
) -> None:
    client.post(f"{LIST}/{own.pk}/switch", {"enabled": "0"})
    own.refresh_from_db()
    assert not own.enabled
    html = client.get(LIST).content.decode()
    assert 'badge">Off' in html
    client.post(f"{LIST}/{own.pk}/switch", {"enabled": "1"})
    assert resolve(workspace_id=workspace.pk, slug="house", kind="copy").slug == "house"


def test_the_test_calls_the_model_as_a_step_would(
    client: Client, own: Provider, scripted_openai: ScriptedOpenAI
) -> None:
    assert "It works: writer-1 answered in" in _test(client, own)
    (call,) = scripted_openai.calls_to("/chat/completions")
    assert call.headers["authorization"] == f"Bearer {KEY}"
    assert call.body["model"] == "writer-1"


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (script.status(401), "does not accept the key"),
        (script.status(429), "slow down"),
        (script.status(500), "model service"),
        (script.html(), "a web page instead of an answer"),
        (script.disconnect(), "model service"),
    ],
)
def test_a_failed_test_says_what_is_wrong_and_no_secret(
    client: Client, own: Provider, scripted_openai: ScriptedOpenAI, reply: Any, words: str
) -> None:
    scripted_openai.next(reply)
    html = _test(client, own)
    assert words in html
    assert "status-failed" in html
    assert KEY not in html
    assert "127.0.0.1" not in html


def test_an_unknown_model_is_told_with_those_on_offer(
    client: Client, own: Provider, scripted_openai: ScriptedOpenAI
) -> None:
    body = {"error": {"message": "The model writer-1 does not exist", "code": "model_not_found"}}
    scripted_openai.next(script.status(404, body), path="/chat/completions")
    html = _test(client, own)
    assert "On offer:" in html
    assert "test-model" in html


def test_one_for_images_alone_is_asked_for_its_list(
    client: Client, own: Provider, scripted_openai: ScriptedOpenAI
) -> None:
    Provider.objects.filter(pk=own.pk).update(copy_model="", image_model="painter-9")
    assert "does not list painter-9" in _test(client, own)
    assert scripted_openai.calls_to("/images/generations") == []


def test_without_javascript_the_result_is_on_the_next_page(client: Client, own: Provider) -> None:
    html = client.post(f"{LIST}/{own.pk}/test", follow=True).content.decode()
    assert "House model: It works: writer-1 answered in" in html


def test_a_price_is_set_and_taken_away(client: Client, own: Provider) -> None:
    page = f"{LIST}/{own.pk}"
    client.post(f"{page}/prices", {"model": "writer-1", "input_per_million": "2.5"})
    price = ModelPrice.objects.get(provider=own)
    assert (price.input_per_million, price.per_image) == (Decimal("2.5"), None)
    assert "$2.50 in" in client.get(page).content.decode()
    client.post(f"{page}/prices/{price.pk}/delete")
    assert not ModelPrice.objects.exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"model": "", "per_image": "1"}, "This field is required"),
        ({"model": "a"}, "Enter at least one price"),
        ({"model": "a", "per_image": "-1"}, "A price is 0 or more"),
        ({"model": "a", "per_image": "much"}, "Enter a number"),
        ({"model": "a", "per_image": "9999999999999"}, "no more than"),
        ({"model": "known", "per_image": "1"}, "has a price already"),
    ],
)
def test_a_bad_price_is_refused_at_its_field(
    client: Client, own: Provider, data: dict[str, str], words: str
) -> None:
    ModelPrice.objects.create(provider=own, model="known", per_image=1)
    answer = client.post(f"{LIST}/{own.pk}/prices", data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert ModelPrice.objects.count() == 1
