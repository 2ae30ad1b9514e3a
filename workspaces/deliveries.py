"""Sends what webhooks are told: each message once, again after a failure, given up in the open.

A webhook is called once at a time, whoever sends: its row says when it is free again. So a slow
one costs one of several senders, and the others see to the rest.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from standardwebhooks import Webhook as Signer

from workspaces.models import TEST, Delivery, Webhook
from workspaces.outbound import OutboundError, post_bytes
from workspaces.secrets import SecretUnreadable
from workspaces.webhooks import signing_secrets

log = structlog.get_logger(__name__)
SECONDS = 10.0
"""A call may take so long, with all of its answer."""
PAUSE = timedelta(seconds=5)
"""Before the next call of a webhook whose last one failed."""
WAITS = tuple(
    timedelta(seconds=seconds) for seconds in (10, 60, 300, 1_800, 7_200, 18_000, 36_000, 36_000)
)
"""From one attempt to the next; after the last one it is given up."""
KEPT = timedelta(days=30)
_HELD = timedelta(seconds=SECONDS + 20)
"""Whoever has not ended a call by then has died over it."""
_ANSWER = 500
_OPEN = Q(delivered_at=None, given_up_at=None)


def send_next() -> bool:
    """Make the call that is due longest; False when none is due."""
    delivery = _claim()
    if delivery is None:
        return False
    _send(delivery)
    return True


def deliver(most: int = 50) -> int:
    """Make the calls that are due; the number of calls."""
    count = 0
    while count < most and send_next():
        count += 1
    return count


def send_test(webhook: Webhook, data: dict[str, Any]) -> Delivery:
    """Call the webhook now, and once, with a message that tells nothing."""
    delivery = Delivery.objects.create(
        webhook=webhook,
        source=f"{TEST}.{uuid4().hex}",
        event=TEST,
        data=data,
        attempts=1,
        last_try_at=timezone.now(),
        next_try_at=timezone.now() + KEPT,
    )
    _send(delivery)
    delivery.refresh_from_db()
    return delivery


def replay(delivery: Delivery) -> bool:
    """Let a delivery that is over go out again, as the same message; False while it waits."""
    over = Delivery.objects.filter(~_OPEN, pk=delivery.pk)
    return bool(
        over.update(
            delivered_at=None, given_up_at=None, attempts=0, next_try_at=Now(), error="",
            status_code=None, answer="",
        )
    )  # fmt: skip


def forget_old() -> int:
    """Delete what was delivered or given up a month ago; the number deleted."""
    count, _ = Delivery.objects.filter(~_OPEN, created_at__lt=Now() - KEPT).delete()
    return count


def body_of(delivery: Delivery) -> dict[str, Any]:
    """What is sent, as JSON."""
    return {
        "type": delivery.event,
        "timestamp": delivery.created_at.isoformat(),
        "data": delivery.data,
    }


def _due() -> QuerySet[Delivery]:
    return Delivery.objects.filter(_OPEN, next_try_at__lte=Now())


def _claim() -> Delivery | None:
    """The oldest due delivery of the webhook that waits longest; both are moved forward."""
    with transaction.atomic():
        rows = Webhook.objects.filter(
            Exists(_due().filter(webhook=OuterRef("pk"))), enabled=True, free_at__lte=Now()
        )
        held = rows.select_for_update(skip_locked=True, no_key=True).order_by("free_at", "pk")
        webhook = held.first()
        if webhook is None:
            return None
        delivery = _due().filter(webhook=webhook).order_by("next_try_at", "pk").first()
        if delivery is None:
            return None
        wait = WAITS[min(delivery.attempts, len(WAITS) - 1)]
        delivery.attempts += 1
        delivery.webhook = webhook
        Delivery.objects.filter(pk=delivery.pk).update(
            attempts=delivery.attempts, last_try_at=Now(), next_try_at=Now() + wait
        )
        Webhook.objects.filter(pk=webhook.pk).update(free_at=Now() + _HELD)
    return delivery


def _send(delivery: Delivery) -> None:
    try:
        status, answer = _call(delivery)
    except (OutboundError, SecretUnreadable) as error:
        _note(delivery, None, "", str(error))
        return
    said = answer.decode(errors="replace").replace("\x00", "")[:_ANSWER]
    _note(delivery, status, said, _trouble(status))


def _call(delivery: Delivery) -> tuple[int, bytes]:
    body = json.dumps(body_of(delivery), ensure_ascii=False, separators=(",", ":"))
    now = timezone.now()
    signatures = [
        Signer(secret).sign(delivery.message_id, now, body)
        for secret in signing_secrets(delivery.webhook)
    ]
    return post_bytes(
        delivery.webhook.url,
        body.encode(),
        headers={
            "Content-Type": "application/json",
            "User-Agent": "Copyloom-Webhooks/1",
            "webhook-id": delivery.message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signatures),
        },
        seconds=SECONDS,
        private_hosts=settings.WEBHOOK_PRIVATE_HOSTS,
        allowed_hosts=settings.WEBHOOK_HOSTS,
    )


def _trouble(status: int) -> str:
    if 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        return f"It answered with status {status}: redirects are not followed."
    return f"It answered with status {status}."


def _note(delivery: Delivery, status: int | None, answer: str, trouble: str) -> None:
    """Write what came of an attempt, and let the webhook be called again."""
    row = Delivery.objects.filter(_OPEN, pk=delivery.pk)
    facts: dict[str, Any] = {"status_code": status, "answer": answer, "error": trouble[:300]}
    is_last = delivery.attempts > len(WAITS) or delivery.event == TEST
    if not trouble:
        facts["delivered_at"] = Now()
    elif is_last:
        facts["given_up_at"] = Now()
    row.update(**facts)
    pause = PAUSE if trouble else timedelta()
    if delivery.event != TEST:
        Webhook.objects.filter(pk=delivery.webhook_id).update(free_at=Now() + pause)
    if trouble:
        told = {"delivery": delivery.pk, "webhook": delivery.webhook_id, "status": status}
        log.warning("webhook given up" if is_last else "webhook not delivered", **told)
