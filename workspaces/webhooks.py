"""Where a workspace's webhooks lead, and the secrets that sign what they are sent."""

from __future__ import annotations

import base64
import secrets as randomness
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from workspaces import secrets
from workspaces.models import Delivery, User, Webhook, WebhookEvent, Workspace
from workspaces.outbound import OutboundRefused, check_url

MOST = 20
"""Webhooks of one workspace."""
OVERLAP = timedelta(hours=24)
"""How long the secret before the present one signs too, so that receivers can change over."""
SWITCHED_OFF = "The webhook was switched off before it was sent."
_SECRET_BYTES = 32


class WebhookRefused(Exception):
    """What a webhook shall be is against the rules; ``field`` names what to change."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


def check_webhook_url(url: str) -> str:
    """The address, if the app would call it. Raises ``WebhookRefused``."""
    try:
        check_url(
            url,
            private_hosts=settings.WEBHOOK_PRIVATE_HOSTS,
            allowed_hosts=settings.WEBHOOK_HOSTS,
        )
    except OutboundRefused as error:
        raise WebhookRefused("url", str(error)) from error
    return url


@transaction.atomic
def create_webhook(
    *,
    workspace: Workspace,
    by: User,
    name: str,
    url: str,
    events: Collection[str],
    enabled: bool = True,
) -> tuple[Webhook, str]:
    """Add a webhook; returns it and its secret, which is shown this once.

    Raises ``WebhookRefused``.
    """
    check_webhook_url(url)
    Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
    if Webhook.objects.filter(workspace=workspace).count() >= MOST:
        raise WebhookRefused("name", f"There are {MOST} webhooks. Delete one that is not used.")
    secret = _new_secret()
    made = Webhook.objects.create(
        workspace=workspace,
        name=name,
        url=url,
        events=_in_order(events),
        enabled=enabled,
        secret_encrypted=secrets.encrypt(secret),
        created_by=by,
    )
    return made, secret


def edit_webhook(webhook: Webhook, *, name: str, url: str, events: Collection[str]) -> None:
    """Change a webhook; what waits goes to the new address. Raises ``WebhookRefused``."""
    webhook.name, webhook.url = name, check_webhook_url(url)
    webhook.events = _in_order(events)
    webhook.save(update_fields=["name", "url", "events"])


@transaction.atomic
def switch_webhook(webhook: Webhook, *, enabled: bool) -> None:
    """Switch a webhook on or off; off, what waits is given up and can be replayed later."""
    webhook.enabled = enabled
    webhook.save(update_fields=["enabled"])
    if not enabled:
        waiting = webhook.deliveries.filter(delivered_at=None, given_up_at=None)
        waiting.update(given_up_at=Now(), error=SWITCHED_OFF)


def rotate_secret(webhook: Webhook) -> str:
    """Give a webhook a new secret, shown this once; the old one signs too for a day."""
    secret = _new_secret()
    webhook.old_secret_encrypted = webhook.secret_encrypted
    webhook.old_until = timezone.now() + OVERLAP
    webhook.secret_encrypted = secrets.encrypt(secret)
    webhook.save(update_fields=["secret_encrypted", "old_secret_encrypted", "old_until"])
    return secret


@transaction.atomic
def delete_webhook(webhook: Webhook) -> None:
    """Delete a webhook with all that it was sent.

    The lock waits for runs that are just writing a delivery, and keeps others from it.
    """
    held = Webhook.objects.select_for_update().filter(pk=webhook.pk).first()
    if held is not None:
        Delivery.objects.filter(webhook=held).delete()
        held.delete()


def signing_secrets(webhook: Webhook) -> list[str]:
    """The secrets that sign what is sent now. Raises ``SecretUnreadable``."""
    found = [secrets.decrypt(webhook.secret_encrypted)]
    if webhook.old_until and webhook.old_until > timezone.now():
        found.append(secrets.decrypt(webhook.old_secret_encrypted))
    return found


def trial_data(webhook: Webhook) -> dict[str, Any]:
    """What a test tells."""
    room = webhook.workspace
    path = reverse("workspaces:webhook", args=[room.slug, webhook.pk])
    return {
        "workspace": {"slug": room.slug, "name": room.name},
        "webhook": {"id": webhook.pk, "name": webhook.name},
        "url": settings.SITE_URL.rstrip("/") + path,
    }


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(randomness.token_bytes(_SECRET_BYTES)).decode()


def _in_order(events: Collection[str]) -> list[str]:
    return [event.value for event in WebhookEvent if event in events]
