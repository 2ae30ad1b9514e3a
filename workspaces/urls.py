"""Pages of workspaces; those inside one are under ``/w/<slug>/``."""

from django.urls import path

from workspaces.api import converters  # noqa: F401 - registers the ids of addresses
from workspaces.views import joining, notifications, projects, start
from workspaces.views.settings import deliveries, limits, members, profile, tokens, webhooks

_SETTINGS = "w/<slug:slug>/settings"
_MEMBER = f"{_SETTINGS}/members/<int:member_id>"
_WEBHOOK = f"{_SETTINGS}/webhooks/<id:webhook_id>"
_INVITATION = f"{_SETTINGS}/invitations/<int:invitation_id>"

app_name = "workspaces"
urlpatterns = [
    path("", start.start, name="start"),
    path("w/<slug:slug>/projects", projects.project_list, name="projects"),
    path("w/<slug:slug>/projects/new", projects.new_project, name="project-new"),
    path("w/<slug:slug>/projects/<int:project_id>/edit", projects.edit, name="project-edit"),
    path("w/<slug:slug>/projects/<int:project_id>/delete", projects.delete, name="project-delete"),
    path("w/<slug:slug>/notifications", notifications.notification_list, name="notifications"),
    path("w/<slug:slug>/notifications/read", notifications.read_all, name="notifications-read"),
    path(
        "w/<slug:slug>/notifications/<id:notice_id>/open",
        notifications.open_notification,
        name="notification-open",
    ),
    path("invitations/<str:token>", joining.invitation_page, name="invitation"),
    path(f"{_SETTINGS}/limits", limits.limits_page, name="limits"),
    path(f"{_SETTINGS}/tokens", tokens.token_list, name="tokens"),
    path(f"{_SETTINGS}/tokens/<token_id:token_id>/revoke", tokens.revoke, name="token-revoke"),
    path(f"{_SETTINGS}/webhooks", webhooks.webhook_list, name="webhooks"),
    path(_WEBHOOK, webhooks.webhook_page, name="webhook"),
    path(f"{_WEBHOOK}/test", webhooks.test, name="webhook-test"),
    path(f"{_WEBHOOK}/switch", webhooks.switch, name="webhook-switch"),
    path(f"{_WEBHOOK}/secret", webhooks.rotate, name="webhook-rotate"),
    path(f"{_WEBHOOK}/delete", webhooks.delete, name="webhook-delete"),
    path(f"{_WEBHOOK}/deliveries", deliveries.delivery_list, name="deliveries"),
    path(
        f"{_WEBHOOK}/deliveries/<id:delivery_id>/replay",
        deliveries.replay_delivery,
        name="delivery-replay",
    ),
    path(f"{_SETTINGS}/profile", profile.profile_page, name="profile"),
    path(_SETTINGS, members.settings_home, name="settings"),
    path(f"{_SETTINGS}/members", members.member_list, name="members"),
    path(f"{_SETTINGS}/members/leave", members.leave, name="member-leave"),
    path(f"{_MEMBER}/role", members.set_role, name="member-role"),
    path(f"{_MEMBER}/remove", members.remove, name="member-remove"),
    path(f"{_SETTINGS}/invitations", members.invite, name="invite"),
    path(f"{_INVITATION}/resend", members.resend, name="invitation-resend"),
    path(f"{_INVITATION}/revoke", members.revoke, name="invitation-revoke"),
]
