"""Webhooks and deliveries in JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from workspaces.api.serializers import StrictSerializer
from workspaces.deliveries import body_of
from workspaces.models import Delivery, Webhook, WebhookEvent


class WebhookShape(serializers.ModelSerializer[Webhook]):
    """A webhook without its secret."""

    events = serializers.ListField(child=serializers.ChoiceField(choices=WebhookEvent.choices))
    secret_hint = serializers.CharField(help_text="The end of its secret.")

    class Meta:
        model = Webhook
        fields = ["id", "name", "url", "events", "enabled", "secret_hint", "created_at"]


class NewWebhookShape(WebhookShape):
    """A webhook with its secret, shown this once."""

    secret = serializers.CharField(help_text="`whsec_…`, as Standard Webhooks libraries take it.")

    class Meta(WebhookShape.Meta):
        fields = [*WebhookShape.Meta.fields, "secret"]


class WebhookInput(StrictSerializer):
    """A webhook as it shall be."""

    name = serializers.CharField(max_length=80)
    url = serializers.CharField(max_length=500)
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=WebhookEvent.choices),
        allow_empty=False,
        max_length=20,
    )
    enabled = serializers.BooleanField(default=True)


class PayloadShape(serializers.Serializer[Any]):
    """What is sent."""

    type = serializers.CharField()
    timestamp = serializers.DateTimeField()
    data = serializers.DictField()  # type: ignore[assignment]  # DRF takes fields off the class


class DeliveryShape(serializers.ModelSerializer[Delivery]):
    """One message to a webhook, and what came of it."""

    message_id = serializers.CharField(help_text="The header `webhook-id` of every attempt.")
    state = serializers.ChoiceField(choices=Delivery.State.choices)
    status_code = serializers.IntegerField(allow_null=True, help_text="Of the last answer.")
    answer = serializers.CharField(help_text="How the last answer begins.")
    error = serializers.CharField(help_text="Why the last attempt failed.")
    next_try_at = serializers.SerializerMethodField()
    payload = serializers.SerializerMethodField()

    class Meta:
        model = Delivery
        fields = [
            "id",
            "message_id",
            "event",
            "state",
            "attempts",
            "status_code",
            "answer",
            "error",
            "created_at",
            "last_try_at",
            "next_try_at",
            "delivered_at",
            "given_up_at",
            "payload",
        ]

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_next_try_at(self, delivery: Delivery) -> str | None:
        """When it is tried; null once it is over."""
        waits = delivery.state == Delivery.State.WAITING
        return delivery.next_try_at.isoformat() if waits else None

    @extend_schema_field(PayloadShape)
    def get_payload(self, delivery: Delivery) -> dict[str, Any]:
        """What is sent, as JSON."""
        return body_of(delivery)
