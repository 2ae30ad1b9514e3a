"""Addresses of the API of workspaces, below /api/."""

from django.urls import path

from workspaces.api import (  # noqa: F401 - converters registers ids
    converters,
    invitations,
    members,
    projects,
    tokens,
    webhooks,
    workspaces,
)

_WORKSPACE = "workspaces/<slug:workspace_slug>"
_WEBHOOK = f"{_WORKSPACE}/webhooks/<id:webhook_id>"
_DELIVERY = f"{_WEBHOOK}/deliveries/<id:delivery_id>"
urlpatterns = [
    path("workspaces", workspaces.WorkspaceList.as_view(), name="api-workspaces"),
    path(f"{_WORKSPACE}/tokens", tokens.TokenList.as_view(), name="api-tokens"),
    path(
        f"{_WORKSPACE}/tokens/<token_id:token_id>", tokens.TokenDetail.as_view(), name="api-token"
    ),
    path(f"{_WORKSPACE}/members", members.MemberList.as_view(), name="api-members"),
    path(f"{_WORKSPACE}/members/<id:member_id>", members.MemberDetail.as_view(), name="api-member"),
    path(f"{_WORKSPACE}/invitations", invitations.InvitationList.as_view(), name="api-invitations"),
    path(
        f"{_WORKSPACE}/invitations/<id:invitation_id>",
        invitations.InvitationDetail.as_view(),
        name="api-invitation",
    ),
    path(f"{_WORKSPACE}/webhooks", webhooks.WebhookList.as_view(), name="api-webhooks"),
    path(_WEBHOOK, webhooks.WebhookDetail.as_view(), name="api-webhook"),
    path(f"{_WEBHOOK}/secret", webhooks.WebhookSecret.as_view(), name="api-webhook-secret"),
    path(f"{_WEBHOOK}/test", webhooks.WebhookTest.as_view(), name="api-webhook-test"),
    path(f"{_WEBHOOK}/deliveries", webhooks.DeliveryList.as_view(), name="api-deliveries"),
    path(_DELIVERY, webhooks.DeliveryDetail.as_view(), name="api-delivery"),
    path(f"{_DELIVERY}/replay", webhooks.DeliveryReplay.as_view(), name="api-delivery-replay"),
    path("projects", projects.ProjectList.as_view(), name="api-projects"),
    path("projects/<id:project_id>", projects.ProjectDetail.as_view(), name="api-project"),
]
