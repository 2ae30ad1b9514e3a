"""``/api/workspaces/{slug}/webhooks``: programs that are told what happens."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response

from workspaces import webhooks
from workspaces.access import Action
from workspaces.api.base import WorkspaceRequest, WorkspaceView
from workspaces.api.errors import Conflict, refused
from workspaces.api.webhook_shapes import (
    DeliveryShape,
    NewWebhookShape,
    WebhookInput,
    WebhookShape,
)
from workspaces.deliveries import replay, send_test
from workspaces.models import Delivery, Webhook
from workspaces.webhooks import WebhookRefused, trial_data

_NO_STORE = {"Cache-Control": "no-store"}


class WebhookBase(WorkspaceView):
    """What is behind the id of a webhook."""

    def webhook(self, webhook_id: int) -> Webhook:
        """The workspace's webhook. Raises ``Http404``."""
        found = Webhook.objects.filter(workspace=self.workspace, pk=webhook_id).first()
        if found is None:
            raise Http404
        return found

    def delivery(self, webhook_id: int, delivery_id: int) -> Delivery:
        """What the webhook was told. Raises ``Http404``."""
        rows = Delivery.objects.filter(webhook=self.webhook(webhook_id), pk=delivery_id)
        found = rows.select_related("webhook").first()
        if found is None:
            raise Http404
        return found


class WebhookList(WebhookBase):
    """The webhooks of the workspace."""

    actions = {"GET": Action.ADMIN, "POST": Action.ADMIN}

    @extend_schema(operation_id="list_webhooks", responses=WebhookShape(many=True))
    def get(self, request: WorkspaceRequest, workspace_slug: str) -> Response:
        """List webhooks."""
        return self.page(Webhook.objects.filter(workspace=self.workspace), WebhookShape)

    @extend_schema(
        operation_id="create_webhook", request=WebhookInput, responses={201: NewWebhookShape}
    )
    def post(self, request: WorkspaceRequest, workspace_slug: str) -> Response:
        """Add a webhook. Its secret is in this answer and nowhere else."""
        values = self.body(WebhookInput)
        enabled = values.pop("enabled")
        try:
            made, secret = webhooks.create_webhook(
                workspace=self.workspace, by=request.user, enabled=enabled, **values
            )
        except WebhookRefused as error:
            raise refused(error.field, str(error), "refused") from error
        return Response(
            _with_secret(made, secret), status=status.HTTP_201_CREATED, headers=_NO_STORE
        )


class WebhookDetail(WebhookBase):
    """One webhook."""

    actions = {"GET": Action.ADMIN, "PUT": Action.ADMIN, "DELETE": Action.ADMIN}

    @extend_schema(operation_id="get_webhook", responses=WebhookShape)
    def get(self, request: WorkspaceRequest, workspace_slug: str, webhook_id: int) -> Response:
        """Read a webhook."""
        return Response(WebhookShape(self.webhook(webhook_id)).data)

    @extend_schema(operation_id="replace_webhook", request=WebhookInput, responses=WebhookShape)
    def put(self, request: WorkspaceRequest, workspace_slug: str, webhook_id: int) -> Response:
        """Change a webhook, or switch it on or off. Off, what waits is given up."""
        webhook = self.webhook(webhook_id)
        values = self.body(WebhookInput)
        enabled = values.pop("enabled")
        try:
            webhooks.edit_webhook(webhook, **values)
        except WebhookRefused as error:
            raise refused(error.field, str(error), "refused") from error
        if enabled != webhook.enabled:
            webhooks.switch_webhook(webhook, enabled=enabled)
        return Response(WebhookShape(webhook).data)

    @extend_schema(operation_id="delete_webhook", responses={204: None})
    def delete(self, request: WorkspaceRequest, workspace_slug: str, webhook_id: int) -> Response:
        """Delete a webhook, with the list of what it was told."""
        webhooks.delete_webhook(self.webhook(webhook_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class WebhookSecret(WebhookBase):
    """The secret of a webhook."""

    actions = {"POST": Action.ADMIN}

    @extend_schema(
        operation_id="rotate_webhook_secret", request=None, responses={200: NewWebhookShape}
    )
    def post(self, request: WorkspaceRequest, workspace_slug: str, webhook_id: int) -> Response:
        """Make a new secret. The old one signs as well for 24 hours."""
        webhook = self.webhook(webhook_id)
        secret = webhooks.rotate_secret(webhook)
        return Response(_with_secret(webhook, secret), headers=_NO_STORE)


class WebhookTest(WebhookBase):
    """A test of a webhook."""

    actions = {"POST": Action.ADMIN}

    @extend_schema(operation_id="test_webhook", request=None, responses={200: DeliveryShape})
    def post(self, request: WorkspaceRequest, workspace_slug: str, webhook_id: int) -> Response:
        """Call a webhook now with `webhook.test`, once. The answer says what came of it."""
        webhook = self.webhook(webhook_id)
        return Response(DeliveryShape(send_test(webhook, trial_data(webhook))).data)


class DeliveryList(WebhookBase):
    """What a webhook was told."""

    actions = {"GET": Action.ADMIN}

    @extend_schema(operation_id="list_deliveries", responses=DeliveryShape(many=True))
    def get(self, request: WorkspaceRequest, workspace_slug: str, webhook_id: int) -> Response:
        """List deliveries, newest first. They are kept for 30 days."""
        rows = Delivery.objects.filter(webhook=self.webhook(webhook_id))
        return self.page(rows, DeliveryShape)


class DeliveryDetail(WebhookBase):
    """One delivery."""

    actions = {"GET": Action.ADMIN}

    @extend_schema(operation_id="get_delivery", responses=DeliveryShape)
    def get(
        self, request: WorkspaceRequest, workspace_slug: str, webhook_id: int, delivery_id: int
    ) -> Response:
        """Read a delivery."""
        return Response(DeliveryShape(self.delivery(webhook_id, delivery_id)).data)


class DeliveryReplay(WebhookBase):
    """A delivery that goes out again."""

    actions = {"POST": Action.ADMIN}

    @extend_schema(operation_id="replay_delivery", request=None, responses={200: DeliveryShape})
    def post(
        self, request: WorkspaceRequest, workspace_slug: str, webhook_id: int, delivery_id: int
    ) -> Response:
        """Send a delivery again, as the same message. One that waits already: 409."""
        delivery = self.delivery(webhook_id, delivery_id)
        if not delivery.webhook.enabled:
            raise Conflict("The webhook is off. Switch it on first.", {"enabled": False}, "off")
        if not replay(delivery):
            raise Conflict("It is on its way already.", {"state": "waiting"}, "waiting")
        delivery.refresh_from_db()
        return Response(DeliveryShape(delivery).data)


def _with_secret(webhook: Webhook, secret: str) -> dict[str, Any]:
    return {**WebhookShape(webhook).data, "secret": secret}
