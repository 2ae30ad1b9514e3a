"""The pages of webhooks: for owners and admins; secrets are shown once; messages go out again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests import factories as make
from tests.receiver import Receiver
from workspaces.deliveries import deliver
from workspaces.models import Delivery, Membership, Role, User, Webhook, Workspace

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
LIST = "/w/alder-pine/settings/webhooks"
DATA = {"name": "Site", "url": "https://hooks.example.com/x", "events": ["run.completed"]}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        yield server


@pytest.fixture
def admin(workspace: Workspace) -> User:
    user: User = make.UserFactory(name="Admin")
    Membership.objects.create(workspace=workspace, user=user, role=Role.ADMIN)
    return user


@pytest.fixture
def webhook(workspace: Workspace) -> Webhook:
    made: Webhook = make.WebhookFactory(workspace=workspace, name="Site")
    return made


def _page(webhook: Webhook) -> str:
    return f"{LIST}/{webhook.pk}"


def test_an_admin_adds_one_and_sees_its_secret_once(
    browse: Browse, admin: User, receiver: Receiver
) -> None:
    client = browse(admin)
    assert "Let other programs know" in client.get(LIST).content.decode()
    answer = client.post(LIST, {**DATA, "url": receiver.url})
    assert answer["Cache-Control"] == "no-store"
    secret = answer.context["secret"]
    assert secret in answer.content.decode()
    made = Webhook.objects.get()
    assert (made.name, made.events, made.created_by) == ("Site", ["run.completed"], admin)
    assert secret not in client.get(_page(made)).content.decode()
    listed = client.get(LIST).content.decode()
    assert "Run completed" in listed and receiver.url in listed


@pytest.mark.parametrize("role", ["editor", "reviewer", "viewer"])
def test_others_are_told_whom_to_ask(
    role: str, browse: Browse, request: pytest.FixtureRequest, owner: User
) -> None:
    client = browse(request.getfixturevalue(role))
    answer = client.get(LIST)
    assert answer.status_code == 403
    assert "Owner can change that" in answer.content.decode()
    assert "settings/webhooks" not in client.get("/w/alder-pine/settings/members").content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"events": []}, "Tick at least one thing to tell."),
        ({"events": ["run.started"]}, "Select a valid choice"),
        ({"url": "http://hooks.example.com/"}, "The address must start with https://."),
        ({"url": "https://10.0.0.1/"}, "private or reserved network address"),
        ({"url": "x" * 600}, "at most 500 characters"),
    ],
)
def test_a_bad_form_says_what_is_wrong_and_keeps_the_rest(
    change: dict[str, Any], words: str, browse: Browse, owner: User, webhook: Webhook
) -> None:
    client = browse(owner)
    for path in (LIST, _page(webhook)):
        answer = client.post(path, {**DATA, **change})
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert Webhook.objects.get().url == webhook.url


def test_it_is_changed_switched_and_deleted(browse: Browse, owner: User, webhook: Webhook) -> None:
    client = browse(owner)
    change = {"name": "Other", "url": "https://b.example.com/", "events": ["review.requested"]}
    assert client.post(_page(webhook), change).status_code == 302
    webhook.refresh_from_db()
    assert (webhook.name, webhook.events) == ("Other", ["review.requested"])
    client.post(f"{_page(webhook)}/switch", {"enabled": "0"})
    webhook.refresh_from_db()
    assert not webhook.enabled
    assert "Other is off now." in client.get(_page(webhook)).content.decode()
    client.post(f"{_page(webhook)}/switch", {"enabled": "1"})
    client.post(f"{_page(webhook)}/delete")
    assert not Webhook.objects.exists()


def test_a_new_secret_is_shown_once_and_signs(
    browse: Browse, owner: User, webhook: Webhook, receiver: Receiver
) -> None:
    Webhook.objects.update(url=receiver.url)
    client = browse(owner)
    answer = client.post(f"{_page(webhook)}/secret")
    assert answer["Cache-Control"] == "no-store"
    assert "for 24 hours" in answer.content.decode()
    client.post(f"{_page(webhook)}/test")
    said = receiver.calls[-1].verified(answer.context["secret"])
    assert said["type"] == "webhook.test"
    assert said["data"]["url"].endswith(_page(webhook))


def test_a_test_says_what_came_of_it(
    browse: Browse, owner: User, webhook: Webhook, receiver: Receiver
) -> None:
    Webhook.objects.update(url=receiver.url)
    client = browse(owner)
    answer = client.post(f"{_page(webhook)}/test", follow=True)
    assert "It works: Site answered with status 200." in answer.content.decode()
    receiver.status = 404
    answer = client.post(f"{_page(webhook)}/test", follow=True).content.decode()
    assert "Site: It answered with status 404." in answer
    assert "thanks" in answer  # the answer's text


def test_what_was_sent_is_listed_and_goes_out_again(
    browse: Browse, owner: User, webhook: Webhook, receiver: Receiver
) -> None:
    Webhook.objects.update(url=receiver.url)
    delivery = make.DeliveryFactory(
        webhook=webhook, data={"run": {"title": "<b>Spring</b>"}}, delivered_at=timezone.now(),
        attempts=1, status_code=200,
    )  # fmt: skip
    client = browse(owner)
    html = client.get(_page(webhook)).content.decode()
    assert "&lt;b&gt;Spring&lt;/b&gt;" in html
    assert 'hx-trigger="every' not in html  # nothing is on its way
    answer = client.post(f"{_page(webhook)}/deliveries/{delivery.pk}/replay", follow=True)
    assert "It goes out again" in answer.content.decode()
    live = client.get(f"{_page(webhook)}/deliveries", headers={"HX-Request": "true"})
    assert 'hx-trigger="every 2s"' in live.content.decode()
    again = client.post(f"{_page(webhook)}/deliveries/{delivery.pk}/replay", follow=True)
    assert "It is on its way already." in again.content.decode()
    assert deliver() == 1
    live = client.get(f"{_page(webhook)}/deliveries", headers={"HX-Request": "true"})
    assert "hx-trigger" not in live.content.decode()
    assert len(receiver.calls) == 1


def test_what_is_off_replays_nothing(browse: Browse, owner: User, webhook: Webhook) -> None:
    Webhook.objects.update(enabled=False)
    delivery = make.DeliveryFactory(webhook=webhook, given_up_at=timezone.now())
    client = browse(owner)
    answer = client.post(f"{_page(webhook)}/deliveries/{delivery.pk}/replay", follow=True)
    assert "Switch it on before you replay." in answer.content.decode()
    assert Delivery.objects.get().state == "given_up"


def test_older_deliveries_are_a_page_further_on(
    browse: Browse, owner: User, webhook: Webhook, django_assert_max_num_queries: Any
) -> None:
    make.DeliveryFactory.create_batch(25, webhook=webhook)
    client = browse(owner)
    with django_assert_max_num_queries(9):
        first = client.get(_page(webhook))
    assert len(first.context["deliveries"]) == 20
    rest = client.get(_page(webhook), {"before": first.context["older"]})
    assert len(rest.context["deliveries"]) == 5
    assert rest.context["older"] is None
    for bad in ("x", "-1", "9" * 40, "²"):
        assert client.get(_page(webhook), {"before": bad}).status_code == 200


def test_the_list_alone_leads_a_browser_to_its_page(
    browse: Browse, owner: User, webhook: Webhook
) -> None:
    answer = browse(owner).get(f"{_page(webhook)}/deliveries")
    assert answer["Location"] == _page(webhook)
