"""What a webhook was told: the list, which follows what is on its way, and Replay."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers

from workspaces.access import Action
from workspaces.deliveries import body_of, replay
from workspaces.models import Webhook
from workspaces.pages import PageRequest, page

SHOWN = 20
"""Deliveries of one page."""


def newest(request: PageRequest, webhook: Webhook) -> dict[str, Any]:
    """The newest deliveries, or those before the one that ``before`` names, for the templates."""
    before = request.GET.get("before", "")
    rows = webhook.deliveries.all()
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: SHOWN + 1])
    shown = found[:SHOWN]
    for row in shown:
        row.webhook = webhook
        row.payload = json.dumps(body_of(row), indent=2, ensure_ascii=False)  # type: ignore[attr-defined]
    return {
        "deliveries": shown,
        "before": before,
        "older": shown[-1].pk if len(found) > SHOWN else None,
        "is_on_its_way": any(row.state == "waiting" and not row.attempts for row in shown),
    }


@page(Action.ADMIN)
def delivery_list(request: PageRequest, webhook_id: int) -> HttpResponse:
    """The list by itself, for HTMX; for a browser the page that it is on."""
    webhook = find_webhook(request, webhook_id)
    if not request.htmx:
        return redirect("workspaces:webhook", request.access.workspace.slug, webhook.pk)
    context = {"webhook": webhook, **newest(request, webhook)}
    response = render(request, "settings/webhooks/_deliveries.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@page(Action.ADMIN, "POST")
def replay_delivery(request: PageRequest, webhook_id: int, delivery_id: int) -> HttpResponse:
    """Send a message again."""
    webhook = find_webhook(request, webhook_id)
    delivery = webhook.deliveries.filter(pk=delivery_id).first()
    if delivery is None:
        raise Http404("There is no such delivery.")
    if not webhook.enabled:
        messages.error(request, f"{webhook.name} is off. Switch it on before you replay.")
    elif replay(delivery):
        messages.success(request, "It goes out again within seconds, as the same message.")
    else:
        messages.error(request, "It is on its way already.")
    return redirect("workspaces:webhook", request.access.workspace.slug, webhook.pk)


def find_webhook(request: PageRequest, webhook_id: int) -> Webhook:
    """The workspace's webhook. Raises ``Http404``."""
    rows = Webhook.objects.filter(workspace=request.access.workspace, pk=webhook_id)
    found = rows.first()
    if found is None:
        raise Http404("There is no such webhook.")
    return found
