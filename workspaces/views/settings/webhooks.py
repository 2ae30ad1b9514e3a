"""Webhooks: added, changed, tried, switched off, given another secret, deleted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import redirect, render

from workspaces import webhooks
from workspaces.access import Action
from workspaces.deliveries import send_test
from workspaces.models import Delivery, Webhook, WebhookEvent
from workspaces.pages import PageRequest, page
from workspaces.views.settings.deliveries import find_webhook, newest

TITLE = {"here": "settings", "tab": "webhooks"}


class WebhookForm(forms.Form):
    """Where to send what."""

    name = forms.CharField(
        max_length=80, widget=forms.TextInput(attrs={"placeholder": "Who is told?"})
    )
    url = forms.CharField(
        label="Address",
        max_length=500,
        widget=forms.URLInput(
            attrs={"placeholder": "https://", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    events = forms.MultipleChoiceField(
        label="What it is told",
        choices=WebhookEvent.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one thing to tell."},
    )


@page(Action.ADMIN, "GET", "POST")
def webhook_list(request: PageRequest) -> HttpResponse:
    """The workspace's webhooks; a new one's secret is in the answer to its form."""
    if request.method != "POST":
        return _list_page(request, WebhookForm(initial={"events": WebhookEvent.values}))
    form = WebhookForm(request.POST)
    if form.is_valid():
        try:
            made, secret = webhooks.create_webhook(
                workspace=request.access.workspace, by=request.user, **form.cleaned_data
            )
        except webhooks.WebhookRefused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            return _with_secret(request, made, secret)
    return _list_page(request, form, status=422)


@page(Action.ADMIN, "GET", "POST")
def webhook_page(request: PageRequest, webhook_id: int) -> HttpResponse:
    """One webhook with what it was told; its form changes it."""
    webhook = find_webhook(request, webhook_id)
    if request.method != "POST":
        return _page(request, webhook)
    form = WebhookForm(request.POST)
    if form.is_valid():
        try:
            webhooks.edit_webhook(webhook, **form.cleaned_data)
        except webhooks.WebhookRefused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, "Saved. It holds from the next message on.")
            return _back(request, webhook)
    return _page(request, find_webhook(request, webhook_id), form, status=422)


@page(Action.ADMIN, "POST")
def switch(request: PageRequest, webhook_id: int) -> HttpResponse:
    """Switch a webhook on or off."""
    webhook = find_webhook(request, webhook_id)
    webhooks.switch_webhook(webhook, enabled=request.POST.get("enabled") == "1")
    messages.success(request, f"{webhook.name} is {'on' if webhook.enabled else 'off'} now.")
    return _back(request, webhook)


@page(Action.ADMIN, "POST")
def rotate(request: PageRequest, webhook_id: int) -> HttpResponse:
    """Give a webhook a new secret, which is in this answer alone."""
    webhook = find_webhook(request, webhook_id)
    return _with_secret(request, webhook, webhooks.rotate_secret(webhook), rotated=True)


@page(Action.ADMIN, "POST")
def test(request: PageRequest, webhook_id: int) -> HttpResponse:
    """Call the webhook now, and say what came of it."""
    webhook = find_webhook(request, webhook_id)
    delivery = send_test(webhook, webhooks.trial_data(webhook))
    if delivery.delivered_at:
        text = f"It works: {webhook.name} answered with status {delivery.status_code}."
        messages.success(request, text)
    else:
        messages.error(request, f"{webhook.name}: {delivery.error}")
    return _back(request, webhook)


@page(Action.ADMIN, "POST")
def delete(request: PageRequest, webhook_id: int) -> HttpResponse:
    """Delete a webhook with what it was told."""
    webhook = find_webhook(request, webhook_id)
    webhooks.delete_webhook(webhook)
    messages.success(request, f"{webhook.name} is deleted.")
    return redirect("workspaces:webhooks", request.access.workspace.slug)


def _back(request: PageRequest, webhook: Webhook) -> HttpResponse:
    return redirect("workspaces:webhook", request.access.workspace.slug, webhook.pk)


def _with_secret(
    request: PageRequest, webhook: Webhook, secret: str, **context: Any
) -> HttpResponse:
    response = _page(request, webhook, secret=secret, **context)
    response.headers["Cache-Control"] = "no-store"
    return response


def _list_page(request: PageRequest, form: WebhookForm, *, status: int = 200) -> HttpResponse:
    last = Delivery.objects.filter(webhook=OuterRef("pk")).exclude(attempts=0).order_by("-pk")
    rows = Webhook.objects.filter(workspace=request.access.workspace).annotate(
        last_error=Subquery(last.values("error")[:1]),
        last_at=Subquery(last.values("last_try_at")[:1]),
    )
    context = {**TITLE, "form": form, "webhooks": list(rows)}
    return render(request, "settings/webhooks/webhooks.html", context, status=status)


def _page(
    request: PageRequest,
    webhook: Webhook,
    form: WebhookForm | None = None,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    known = {"name": webhook.name, "url": webhook.url, "events": webhook.events}
    context |= {**TITLE, "webhook": webhook, "form": form or WebhookForm(initial=known)}
    context |= newest(request, webhook)
    return render(request, "settings/webhooks/webhook.html", context, status=status)
