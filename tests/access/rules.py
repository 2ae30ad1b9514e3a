"""What each URL asks of whoever opens it. A URL that is not listed here fails the tests."""

from __future__ import annotations

from enum import Enum

from workspaces.access import Action


class Open(Enum):
    """Rules that need no workspace."""

    EVERYONE = "everyone"
    SIGNED_IN = "signed in"


Rule = Open | Action
EVERYONE, SIGNED_IN = Open.EVERYONE, Open.SIGNED_IN
VIEW, REVIEW, EDIT, RUN = Action.VIEW, Action.REVIEW, Action.EDIT, Action.RUN
ADMINISTER = Action.ADMIN
API_WEBHOOK = "/api/workspaces/{workspace_slug}/webhooks/{webhook_id}"
WEBHOOK_PAGE = "/w/{slug}/settings/webhooks/{webhook_id}"

SITE: dict[str, dict[str, Rule]] = {
    "/": {"GET": SIGNED_IN},
    "/healthz": {"GET": EVERYONE},
    "/readyz": {"GET": EVERYONE},
    "/styleguide": {"GET": EVERYONE},
    "/invitations/{token}": {"GET": EVERYONE, "POST": EVERYONE},
}
API: dict[str, dict[str, Rule]] = {
    "/api/schema": {"GET": EVERYONE},
    "/api/docs": {"GET": EVERYONE},
    "/api/workspaces": {"GET": SIGNED_IN},
    "/api/workspaces/{workspace_slug}/tokens": {"GET": VIEW, "POST": VIEW},
    "/api/workspaces/{workspace_slug}/tokens/{token_id}": {"DELETE": Action.ADMIN},
    "/api/workspaces/{workspace_slug}/members": {"GET": VIEW},
    "/api/workspaces/{workspace_slug}/members/{member_id}": {
        "GET": VIEW,
        "PATCH": ADMINISTER,
        "DELETE": ADMINISTER,
    },
    "/api/workspaces/{workspace_slug}/invitations": {"GET": ADMINISTER, "POST": ADMINISTER},
    "/api/workspaces/{workspace_slug}/invitations/{invitation_id}": {"DELETE": ADMINISTER},
    "/api/workspaces/{workspace_slug}/webhooks": {"GET": ADMINISTER, "POST": ADMINISTER},
    "/api/workspaces/{workspace_slug}/webhooks/{webhook_id}": {
        "GET": ADMINISTER,
        "PUT": ADMINISTER,
        "DELETE": ADMINISTER,
    },
    "/api/workspaces/{workspace_slug}/webhooks/{webhook_id}/secret": {"POST": ADMINISTER},
    "/api/workspaces/{workspace_slug}/webhooks/{webhook_id}/test": {"POST": ADMINISTER},
    f"{API_WEBHOOK}/deliveries": {"GET": ADMINISTER},
    f"{API_WEBHOOK}/deliveries/{{delivery_id}}": {"GET": ADMINISTER},
    f"{API_WEBHOOK}/deliveries/{{delivery_id}}/replay": {"POST": ADMINISTER},
    "/api/projects": {"GET": VIEW, "POST": EDIT},
    "/api/projects/{project_id}": {"GET": VIEW, "PUT": EDIT, "DELETE": EDIT},
    "/api/documents": {"GET": VIEW, "POST": EDIT},
    "/api/documents/{document_id}": {"GET": VIEW, "PUT": EDIT, "DELETE": EDIT},
    "/api/documents/{document_id}/export": {"GET": VIEW},
    "/api/documents/{document_id}/attachments": {"POST": EDIT},
    "/api/documents/{document_id}/attachments/order": {"PUT": EDIT},
    "/api/documents/{document_id}/attachments/{image_id}": {"PATCH": EDIT, "DELETE": EDIT},
    "/api/documents/{document_id}/attachments/{image_id}/primary": {"PUT": EDIT},
    "/api/images": {"GET": VIEW, "POST": EDIT},
    "/api/images/{image_id}": {"GET": VIEW},
    "/api/images/{image_id}/file": {"GET": VIEW},
    "/api/files": {"GET": VIEW, "POST": EDIT},
    "/api/workflows/templates": {"GET": VIEW, "POST": EDIT},
    "/api/workflows/templates/import": {"POST": EDIT},
    "/api/workflows/templates/{template_id}": {"GET": VIEW, "PUT": EDIT, "DELETE": EDIT},
    "/api/workflows/templates/{template_id}/clone": {"POST": EDIT},
    "/api/workflows/templates/{template_id}/draft": {"PATCH": EDIT},
    "/api/workflows/templates/{template_id}/export": {"GET": VIEW},
    "/api/workflows/templates/{template_id}/versions": {"GET": VIEW},
    "/api/workflows/templates/{template_id}/versions/{number}": {"GET": VIEW},
    "/api/workflows/templates/{template_id}/versions/{number}/restore": {"POST": EDIT},
    "/api/nodes/types": {"GET": VIEW},
    "/api/nodes/validate": {"POST": VIEW},
    "/api/nodes/validate-connections": {"POST": VIEW},
    "/api/nodes/try": {"POST": RUN},
    "/api/executions": {"GET": VIEW},
    "/api/executions/estimate": {"POST": VIEW},
    "/api/executions/launch": {"POST": RUN},
    "/api/executions/{execution_id}": {"GET": VIEW},
    "/api/executions/{execution_id}/events": {"GET": VIEW},
    "/api/executions/{execution_id}/agent-jobs": {"GET": VIEW},
    "/api/executions/{execution_id}/pause": {"POST": RUN},
    "/api/executions/{execution_id}/resume": {"POST": RUN},
    "/api/executions/{execution_id}/stop": {"POST": RUN},
    "/api/executions/{execution_id}/retry-node": {"POST": RUN},
    "/api/executions/{execution_id}/skip-node": {"POST": RUN},
    "/api/reviews": {"GET": VIEW},
    "/api/reviews/{review_id}": {"GET": VIEW},
    "/api/reviews/{review_id}/decide": {"POST": REVIEW},
    "/api/reviews/{review_id}/regenerate-image": {"POST": REVIEW},
    "/api/providers": {"GET": VIEW},
}
PAGES: dict[str, dict[str, Rule]] = {
    "/w/{slug}/": {"GET": VIEW},
    "/w/{slug}/home/runs": {"GET": VIEW},
    "/w/{slug}/home/setup/hide": {"POST": VIEW},
    "/w/{slug}/notifications": {"GET": VIEW},
    "/w/{slug}/notifications/read": {"POST": VIEW},
    "/w/{slug}/notifications/{notice_id}/open": {"POST": Action.OWN},
    "/w/{slug}/search": {"GET": VIEW},
    "/w/{slug}/templates": {"GET": VIEW},
    "/w/{slug}/templates/{template}": {"GET": VIEW},
    "/w/{slug}/templates/{template}/customise": {"POST": EDIT},
    "/w/{slug}/templates/{template}/launch": {"GET": VIEW, "POST": RUN},
    "/w/{slug}/templates/{template}/estimate": {"POST": VIEW},
    "/w/{slug}/workflows": {"GET": VIEW},
    "/w/{slug}/workflows/import": {"GET": EDIT, "POST": EDIT},
    "/w/{slug}/workflows/new": {"POST": EDIT},
    "/w/{slug}/workflows/{workflow_id}": {"GET": VIEW},
    "/w/{slug}/workflows/{workflow_id}/builder": {"GET": VIEW},
    "/w/{slug}/workflows/{workflow_id}/edit": {"GET": EDIT, "POST": EDIT},
    "/w/{slug}/workflows/{workflow_id}/archive": {"POST": EDIT},
    "/w/{slug}/workflows/{workflow_id}/export": {"GET": VIEW},
    "/w/{slug}/workflows/{workflow_id}/versions": {"GET": VIEW},
    "/w/{slug}/workflows/{workflow_id}/versions/{number}": {"GET": VIEW},
    "/w/{slug}/workflows/{workflow_id}/versions/{number}/restore": {"POST": EDIT},
    "/w/{slug}/workflows/{workflow_id}/launch": {"GET": VIEW, "POST": RUN},
    "/w/{slug}/workflows/{workflow_id}/estimate": {"POST": VIEW},
    "/w/{slug}/runs": {"GET": VIEW},
    "/w/{slug}/runs/live": {"GET": VIEW},
    "/w/{slug}/runs/{execution_id}": {"GET": VIEW},
    "/w/{slug}/runs/{execution_id}/live": {"GET": VIEW},
    "/w/{slug}/runs/{execution_id}/pause": {"POST": RUN},
    "/w/{slug}/runs/{execution_id}/resume": {"POST": RUN},
    "/w/{slug}/runs/{execution_id}/stop": {"GET": RUN, "POST": RUN},
    "/w/{slug}/runs/{execution_id}/retry": {"POST": RUN},
    "/w/{slug}/runs/{execution_id}/skip": {"POST": RUN},
    "/w/{slug}/runs/{execution_id}/steps/{key}": {"GET": VIEW},
    "/w/{slug}/reviews": {"GET": VIEW},
    "/w/{slug}/reviews/{review_id}": {"GET": VIEW, "POST": REVIEW},
    "/w/{slug}/reviews/{review_id}/live": {"GET": VIEW},
    "/w/{slug}/reviews/{review_id}/regenerate": {"POST": REVIEW},
    "/w/{slug}/documents": {"GET": VIEW},
    "/w/{slug}/documents/new": {"GET": EDIT, "POST": EDIT},
    "/w/{slug}/documents/{document_id}": {"GET": VIEW},
    "/w/{slug}/documents/{document_id}/project": {"POST": EDIT},
    "/w/{slug}/documents/{document_id}/archive": {"POST": EDIT},
    "/w/{slug}/documents/{document_id}/edit": {"GET": EDIT, "POST": EDIT},
    "/w/{slug}/documents/{document_id}/preview": {"POST": EDIT},
    "/w/{slug}/documents/{document_id}/export": {"GET": VIEW},
    "/w/{slug}/documents/{document_id}/versions": {"GET": VIEW},
    "/w/{slug}/documents/{document_id}/versions/{number}": {"GET": VIEW},
    "/w/{slug}/documents/{document_id}/versions/{number}/restore": {"POST": EDIT},
    "/w/{slug}/documents/{document_id}/images": {"GET": VIEW},
    "/w/{slug}/documents/{document_id}/images/upload": {"POST": EDIT},
    "/w/{slug}/documents/{document_id}/images/library": {"GET": EDIT},
    "/w/{slug}/documents/{document_id}/images/attach": {"POST": EDIT},
    "/w/{slug}/documents/{document_id}/images/order": {"POST": EDIT},
    "/w/{slug}/documents/{document_id}/images/undo": {"POST": EDIT},
    "/w/{slug}/documents/{document_id}/images/{image_id}/move": {"POST": EDIT},
    "/w/{slug}/documents/{document_id}/images/{image_id}/primary": {"POST": EDIT},
    "/w/{slug}/documents/{document_id}/images/{image_id}/texts": {"POST": EDIT},
    "/w/{slug}/documents/{document_id}/images/{image_id}/detach": {"POST": EDIT},
    "/w/{slug}/images": {"GET": VIEW},
    "/w/{slug}/images/upload": {"POST": EDIT},
    "/w/{slug}/images/{image_id}": {"GET": VIEW},
    "/w/{slug}/projects": {"GET": VIEW},
    "/w/{slug}/projects/new": {"GET": EDIT, "POST": EDIT},
    "/w/{slug}/projects/{project_id}": {"GET": VIEW},
    "/w/{slug}/projects/{project_id}/runs": {"GET": VIEW},
    "/w/{slug}/projects/{project_id}/edit": {"GET": EDIT, "POST": EDIT},
    "/w/{slug}/projects/{project_id}/delete": {"POST": EDIT},
    "/w/{slug}/settings": {"GET": VIEW},
    "/w/{slug}/settings/members": {"GET": VIEW},
    "/w/{slug}/settings/members/leave": {"POST": VIEW},
    "/w/{slug}/settings/members/{member_id}/role": {"POST": ADMINISTER},
    "/w/{slug}/settings/members/{member_id}/remove": {"POST": ADMINISTER},
    "/w/{slug}/settings/invitations": {"POST": ADMINISTER},
    "/w/{slug}/settings/invitations/{invitation_id}/resend": {"POST": ADMINISTER},
    "/w/{slug}/settings/invitations/{invitation_id}/revoke": {"POST": ADMINISTER},
    "/w/{slug}/settings/limits": {"GET": VIEW, "POST": ADMINISTER},
    "/w/{slug}/settings/tokens": {"GET": VIEW, "POST": VIEW},
    "/w/{slug}/settings/tokens/{token_id}/revoke": {"POST": ADMINISTER},
    "/w/{slug}/settings/webhooks": {"GET": ADMINISTER, "POST": ADMINISTER},
    "/w/{slug}/settings/webhooks/{webhook_id}": {"GET": ADMINISTER, "POST": ADMINISTER},
    "/w/{slug}/settings/webhooks/{webhook_id}/test": {"POST": ADMINISTER},
    "/w/{slug}/settings/webhooks/{webhook_id}/switch": {"POST": ADMINISTER},
    "/w/{slug}/settings/webhooks/{webhook_id}/secret": {"POST": ADMINISTER},
    "/w/{slug}/settings/webhooks/{webhook_id}/delete": {"POST": ADMINISTER},
    f"{WEBHOOK_PAGE}/deliveries": {"GET": ADMINISTER},
    f"{WEBHOOK_PAGE}/deliveries/{{delivery_id}}/replay": {"POST": ADMINISTER},
    "/w/{slug}/settings/profile": {"GET": VIEW, "POST": VIEW},
    "/w/{slug}/settings/providers": {"GET": VIEW},
    "/w/{slug}/settings/providers/new": {"GET": ADMINISTER, "POST": ADMINISTER},
    "/w/{slug}/settings/providers/{provider_id}": {"GET": ADMINISTER, "POST": ADMINISTER},
    "/w/{slug}/settings/providers/{provider_id}/test": {"POST": ADMINISTER},
    "/w/{slug}/settings/providers/{provider_id}/switch": {"POST": ADMINISTER},
    "/w/{slug}/settings/providers/{provider_id}/prices": {"POST": ADMINISTER},
    "/w/{slug}/settings/providers/{provider_id}/prices/{price_id}/delete": {"POST": ADMINISTER},
    "/gallery/pictures/{entry_id}/{name}": {"GET": SIGNED_IN},
}
RULES = {**SITE, **API, **PAGES}

HIDDEN = {
    "/w/{slug}/notifications/{notice_id}/open",
    "/api/workspaces/{workspace_slug}/tokens/{token_id}",
    "/w/{slug}/settings/tokens/{token_id}/revoke",
}
"""Things of one person: those who may not touch them are not told that they are there."""
LEADS_OUT = {"/admin/logout/"}
"""Pages of the admin site that anybody may be sent away by."""
ACCOUNTS = "/accounts/"
"""Signing in and a person's own account; the library's pages, open to all or to their person."""
ADMIN = "/admin/"
"""The admin site, for staff alone."""
OWN_KEY = "/metrics"
"""Knows no people: ``tests/test_metrics.py`` says whom it answers."""
UNKNOWN_CALLS = "/api/"
"""Answers every other path below it with 404."""
