"""Webhooks over the API: made, tried, changed; what they were told is listed and goes out again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from tests import factories as make
from tests.api.conftest import Program, attrs, problem
from tests.receiver import Receiver
from workspaces.deliveries import deliver
from workspaces.models import Delivery, User, Webhook, Workspace

pytestmark = pytest.mark.django_db
HOOKS = "/workspaces/alder-pine/webhooks"
BODY = {"name": "Site", "url": "https://hooks.example.com/x", "events": ["run.completed"]}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        yield server


def test_one_is_made_and_its_secret_is_told_once(
    program: Program, owner: User, receiver: Receiver
) -> None:
    client = program(owner, ["admin"])
    made = client.make(HOOKS, {**BODY, "url": receiver.url})
    assert made.status_code == 201
    assert made["Cache-Control"] == "no-store"
    secret = made.json()["secret"]
    path = f"{HOOKS}/{made.json()['id']}"
    read = client.read(path)
    assert secret not in read.content.decode()
    assert read.json()["secret_hint"] == f"…{secret[-4:]}"
    assert client.read(HOOKS).json()["results"] == [read.json()]

    tried = client.make(f"{path}/test").json()
    assert (tried["state"], tried["status_code"], tried["answer"]) == ("delivered", 200, "thanks")
    assert receiver.calls[0].verified(secret) == tried["payload"]
    assert receiver.calls[0].headers["webhook-id"] == tried["message_id"]

    new = client.make(f"{path}/secret").json()["secret"]
    assert new != secret
    client.make(f"{path}/test")
    assert receiver.calls[1].verified(new) == receiver.calls[1].verified(secret)


def test_it_is_replaced_switched_and_deleted(
    program: Program, owner: User, workspace: Workspace
) -> None:
    webhook = make.WebhookFactory(workspace=workspace)
    waiting = make.DeliveryFactory(webhook=webhook)
    client, path = program(owner), f"{HOOKS}/{webhook.pk}"
    changed = client.put_json(path, {**BODY, "events": ["run.failed"], "enabled": False})
    assert changed.status_code == 200
    assert (changed.json()["events"], changed.json()["enabled"]) == (["run.failed"], False)
    told = client.read(f"{path}/deliveries/{waiting.pk}").json()
    assert (told["state"], told["next_try_at"]) == ("given_up", None)
    body = problem(client.make(f"{path}/deliveries/{waiting.pk}/replay"), 409)
    assert body["current"] == {"enabled": False}
    assert client.remove(path).status_code == 204
    assert not Webhook.objects.exists()


def test_what_was_told_is_listed_and_goes_out_again(
    program: Program, owner: User, workspace: Workspace, receiver: Receiver
) -> None:
    webhook = make.WebhookFactory(workspace=workspace, url=receiver.url)
    over = make.DeliveryFactory(webhook=webhook, given_up_at=timezone.now(), error="No answer.")
    client, path = program(owner), f"{HOOKS}/{webhook.pk}/deliveries"
    (listed,) = client.read(path).json()["results"]
    assert (listed["event"], listed["error"]) == ("run.completed", "No answer.")
    assert listed["payload"]["type"] == "run.completed"
    assert listed["payload"]["data"] == over.data
    again = client.make(f"{path}/{over.pk}/replay")
    assert (again.status_code, again.json()["state"]) == (200, "waiting")
    assert problem(client.make(f"{path}/{over.pk}/replay"), 409)["current"] == {"state": "waiting"}
    assert deliver() == 1
    assert client.read(f"{path}/{over.pk}").json()["state"] == "delivered"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"url": "http://hooks.example.com/"}, "url"),
        ({"url": "https://192.168.1.1/"}, "url"),
        ({"url": "https://user:pw@hooks.example.com/"}, "url"),
        ({"events": []}, "events"),
        ({"events": ["run.started"]}, "events.0"),
        ({"secret": "whsec_mine"}, "secret"),
    ],
)
def test_a_bad_body_names_its_field_and_changes_nothing(
    change: dict[str, Any], field: str, program: Program, owner: User, workspace: Workspace
) -> None:
    webhook = make.WebhookFactory(workspace=workspace)
    client = program(owner)
    assert attrs(client.make(HOOKS, {**BODY, **change})) == {field}
    assert attrs(client.put_json(f"{HOOKS}/{webhook.pk}", {**BODY, **change})) == {field}
    assert Webhook.objects.get().url == webhook.url


def test_only_admins_and_tokens_with_that_scope_come_near(
    program: Program, owner: User, editor: User, stranger: User, workspace: Workspace
) -> None:
    webhook = make.WebhookFactory(workspace=workspace)
    for client in (program(editor), program(owner, ["read", "edit", "run", "review"])):
        problem(client.read(HOOKS), 403)
        problem(client.read(f"{HOOKS}/{webhook.pk}/deliveries"), 403)


def test_another_workspaces_are_not_there(program: Program, owner: User) -> None:
    foreign = make.DeliveryFactory(given_up_at=timezone.now())
    client = program(owner)
    problem(client.read(f"{HOOKS}/{foreign.webhook_id}"), 404)
    problem(client.make(f"{HOOKS}/{foreign.webhook_id}/deliveries/{foreign.pk}/replay"), 404)
    own = make.WebhookFactory(workspace__slug="second")
    problem(client.read(f"/workspaces/second/webhooks/{own.pk}"), 404)
    assert Delivery.objects.get().state == "given_up"
