"""Webhooks: signed, sent once, tried again, given up in the open, and never held up by others."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from standardwebhooks import WebhookVerificationError

from tests import factories as make
from tests.conftest import wait_until
from tests.receiver import Receiver
from workspaces import deliveries
from workspaces.deliveries import deliver, forget_old, replay, send_test
from workspaces.models import Delivery, User, Webhook, WebhookEvent, Workspace
from workspaces.postman import Postman
from workspaces.webhooks import (
    MOST,
    WebhookRefused,
    create_webhook,
    delete_webhook,
    rotate_secret,
    switch_webhook,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        yield server


def _made(workspace: Workspace, owner: User, url: str, name: str = "Site") -> tuple[Webhook, str]:
    return create_webhook(
        workspace=workspace, by=owner, name=name, url=url, events=[WebhookEvent.RUN_COMPLETED]
    )


def _due_again() -> None:
    past = timezone.now() - timedelta(seconds=1)
    Delivery.objects.update(next_try_at=past)
    Webhook.objects.update(free_at=past)


def test_a_message_is_signed_as_the_library_checks_it_and_sent_once(
    workspace: Workspace, owner: User, receiver: Receiver
) -> None:
    webhook, secret = _made(workspace, owner, receiver.url)
    delivery = make.DeliveryFactory(webhook=webhook, data={"run": {"title": "Frühling “1”"}})
    assert deliver() == 1
    _due_again()
    assert deliver() == 0
    (call,) = receiver.calls
    said = call.verified(secret)
    assert said["type"] == "run.completed"
    assert said["data"] == {"run": {"title": "Frühling “1”"}}
    assert said["timestamp"] == Delivery.objects.get().created_at.isoformat()
    assert call.headers["webhook-id"] == delivery.message_id
    assert call.headers["Content-Type"] == "application/json"
    with pytest.raises(WebhookVerificationError):
        call.verified("whsec_" + "b3RoZXI" * 4)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("delivered", 1)
    assert (delivery.status_code, delivery.answer, delivery.error) == (200, "thanks", "")


def test_the_secret_is_stored_encrypted_and_shown_by_its_end(
    workspace: Workspace, owner: User, receiver: Receiver
) -> None:
    webhook, secret = _made(workspace, owner, receiver.url)
    assert secret.startswith("whsec_")
    assert secret not in str(Webhook.objects.values_list().get())
    assert webhook.secret_hint == f"…{secret[-4:]}"


def test_for_a_day_the_old_secret_signs_too(
    workspace: Workspace, owner: User, receiver: Receiver
) -> None:
    webhook, old = _made(workspace, owner, receiver.url)
    new = rotate_secret(webhook)
    send_test(webhook, {})
    assert receiver.calls[-1].verified(new) == receiver.calls[-1].verified(old)
    Webhook.objects.update(old_until=timezone.now() - timedelta(seconds=1))
    webhook.refresh_from_db()
    send_test(webhook, {})
    receiver.calls[-1].verified(new)
    with pytest.raises(WebhookVerificationError):
        receiver.calls[-1].verified(old)


def test_a_failure_is_tried_again_as_the_same_message(
    workspace: Workspace, owner: User, receiver: Receiver
) -> None:
    webhook, secret = _made(workspace, owner, receiver.url)
    delivery = make.DeliveryFactory(webhook=webhook)
    receiver.status, receiver.answer = 503, b"later \x00 please"
    assert deliver() == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.status_code) == ("waiting", 1, 503)
    assert delivery.error == "It answered with status 503."
    assert delivery.answer == "later  please"
    assert delivery.next_try_at > timezone.now() + timedelta(seconds=5)
    _due_again()
    receiver.status = 204
    receiver.answer = b""
    assert deliver() == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.error) == ("delivered", 2, "")
    assert len({call.headers["webhook-id"] for call in receiver.calls}) == 1
    assert receiver.calls[1].verified(secret)["type"] == "run.completed"


def test_after_many_attempts_it_is_given_up_with_its_reason_and_can_be_replayed(
    workspace: Workspace, owner: User, receiver: Receiver
) -> None:
    webhook, _ = _made(workspace, owner, receiver.url)
    delivery = make.DeliveryFactory(webhook=webhook)
    receiver.status = 500
    assert not replay(delivery)  # it waits: there is nothing to repeat
    for _ in range(len(deliveries.WAITS) + 3):
        deliver()
        _due_again()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("given_up", len(deliveries.WAITS) + 1)
    assert delivery.error == "It answered with status 500."
    receiver.status = 200
    assert replay(delivery)
    assert deliver() == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("delivered", 1)


def test_a_redirect_is_not_followed(workspace: Workspace, owner: User, receiver: Receiver) -> None:
    webhook, _ = _made(workspace, owner, receiver.url)
    receiver.status, receiver.headers_sent = 307, {"Location": receiver.url}
    delivery = send_test(webhook, {})
    assert delivery.error == "It answered with status 307: redirects are not followed."
    assert len(receiver.calls) == 1


def test_whoever_says_nothing_is_given_up_on_in_time(
    workspace: Workspace, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "SECONDS", 0.4)
    with Receiver(delay=5) as slow:
        webhook, _ = _made(workspace, owner, slow.url)
        began = time.monotonic()
        delivery = send_test(webhook, {})
    assert time.monotonic() - began < 4
    assert (delivery.state, delivery.error) == ("given_up", "There was no answer in time.")
    gone = send_test(webhook, {})
    assert gone.error == "The host could not be reached."


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/", "https://10.0.0.7/", "https://127.0.0.1:9000/x",
        "https://localhost/", "https://169.254.169.254/latest", "https://user:pw@example.com/",
        "ftp://example.com/", "nonsense", "https://0x7f.1/",
    ],
)  # fmt: skip
def test_addresses_inside_are_refused_when_they_are_given(
    url: str, workspace: Workspace, owner: User, settings: Any
) -> None:
    settings.WEBHOOK_PRIVATE_HOSTS = []
    with pytest.raises(WebhookRefused) as refusal:
        _made(workspace, owner, url)
    assert refusal.value.field == "url"


def test_a_name_that_leads_inside_is_refused_when_it_is_called(
    settings: Any, monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    settings.WEBHOOK_PRIVATE_HOSTS = []
    answers = [(2, 1, 6, "", ("127.0.0.1", 443))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_args, **_named: answers)
    delivery = send_test(make.WebhookFactory(url="https://inside.example.com/"), {})
    assert delivery.state == "given_up"
    assert delivery.error == "The host is at a private or reserved network address."


def test_what_providers_may_reach_webhooks_may_not(
    settings: Any, workspace: Workspace, owner: User
) -> None:
    settings.WEBHOOK_PRIVATE_HOSTS, settings.PROVIDER_PRIVATE_HOSTS = [], ["127.0.0.1"]
    with pytest.raises(WebhookRefused):
        _made(workspace, owner, "http://127.0.0.1:9/")
    settings.WEBHOOK_HOSTS = [".example.com"]
    with pytest.raises(WebhookRefused, match="allowed hosts"):
        _made(workspace, owner, "https://hooks.example.net/")


def test_switched_off_it_is_told_nothing(
    workspace: Workspace, owner: User, receiver: Receiver
) -> None:
    webhook, _ = _made(workspace, owner, receiver.url)
    delivery = make.DeliveryFactory(webhook=webhook)
    switch_webhook(webhook, enabled=False)
    assert deliver() == 0
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("given_up", 0)
    assert "switched off" in delivery.error
    switch_webhook(webhook, enabled=True)
    assert replay(delivery)
    assert deliver() == 1


def test_a_workspace_has_a_bounded_number_of_them(workspace: Workspace, owner: User) -> None:
    make.WebhookFactory.create_batch(MOST, workspace=workspace)
    with pytest.raises(WebhookRefused, match="There are 20 webhooks"):
        _made(workspace, owner, "https://hooks.example.com/")


def test_old_deliveries_are_forgotten_and_open_ones_never() -> None:
    sent, given_up, waiting, fresh = make.DeliveryFactory.create_batch(4)
    old = timezone.now() - timedelta(days=31)
    Delivery.objects.exclude(pk=fresh.pk).update(created_at=old)
    Delivery.objects.filter(pk__in=[sent.pk, fresh.pk]).update(delivered_at=timezone.now())
    Delivery.objects.filter(pk=given_up.pk).update(given_up_at=old)
    assert forget_old() == 2
    assert set(Delivery.objects.all()) == {waiting, fresh}


def test_a_secret_that_cannot_be_read_is_said_so(settings: Any) -> None:
    webhook = make.WebhookFactory()
    settings.FIELD_ENCRYPTION_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]
    assert "FIELD_ENCRYPTION_KEYS" in send_test(webhook, {}).error
    assert webhook.secret_hint == "unreadable"


def test_its_secret_is_in_no_log(
    workspace: Workspace, owner: User, receiver: Receiver, capfd: Any, caplog: Any
) -> None:
    webhook, secret = _made(workspace, owner, receiver.url)
    receiver.status = 500
    send_test(webhook, {})
    said = capfd.readouterr()
    assert secret not in said.out + said.err + caplog.text
    assert json.dumps(secret) not in str(list(Delivery.objects.values()))


@pytest.mark.django_db(transaction=True)
def test_many_senders_call_a_webhook_once_at_a_time_and_send_each_message_once(
    workspace: Workspace, owner: User, receiver: Receiver, together: Any
) -> None:
    receiver.delay = 0.02
    webhook, _ = _made(workspace, owner, receiver.url)
    make.DeliveryFactory.create_batch(10, webhook=webhook)

    def work() -> None:
        ends = time.monotonic() + 60
        while Delivery.objects.filter(delivered_at=None).exists() and time.monotonic() < ends:
            deliver()

    together([work] * 4)
    assert receiver.most_at_once == 1
    assert len({call.headers["webhook-id"] for call in receiver.calls}) == 10
    assert len(receiver.calls) == 10


@pytest.mark.django_db(transaction=True)
def test_a_slow_webhook_holds_nobody_else_up(
    workspace: Workspace, owner: User, receiver: Receiver
) -> None:
    with Receiver(delay=8) as slow:
        crawling, _ = _made(workspace, owner, slow.url, "Slow")
        quick, _ = _made(workspace, owner, receiver.url, "Quick")
        make.DeliveryFactory.create_batch(5, webhook=crawling)
        postman = Postman(0.02)
        postman.start()
        wait_until(lambda: slow.calls, what="the slow one is called")
        began = time.monotonic()
        make.DeliveryFactory.create_batch(5, webhook=quick)
        wait_until(lambda: len(receiver.calls) == 5, what="the quick one is told all")
        assert time.monotonic() - began < 7
        assert len(slow.calls) == 1
        postman.stop()
    assert Delivery.objects.filter(webhook=quick, delivered_at=None).count() == 0


@pytest.mark.django_db(transaction=True)
def test_it_is_deleted_while_it_is_told(workspace: Workspace, owner: User) -> None:
    webhook, _ = _made(workspace, owner, "https://hooks.example.com/")
    make.DeliveryFactory(webhook=webhook)
    delete_webhook(webhook)
    delete_webhook(webhook)
    assert not Delivery.objects.exists()
