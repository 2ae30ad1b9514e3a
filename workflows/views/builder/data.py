"""What the builder is given with its page, so that the first drawing asks for nothing."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from workflows.api.providers import ProviderShape
from workflows.api.template_shapes import present, present_draft
from workflows.models import WorkflowTemplate
from workflows.node_types import describe_types
from workflows.selectors import usable_providers
from workflows.templates import tag_of
from workspaces.access import Access, Action
from workspaces.models import User, Workspace


def builder_data(workflow: WorkflowTemplate, access: Access, user: User) -> dict[str, Any]:
    """Workflow, draft, node types, services, people, rights and addresses."""
    workspace = access.workspace
    template = present(workflow, workspace, user)
    may_edit = access.can(Action.EDIT) and template["editable"]
    judged = template if template["draft"] is None else present_draft(workflow, workspace)
    return {
        "template": template,
        "issues": judged["issues"],
        "launchable": judged["launchable"],
        "etag": tag_of(workflow),
        "types": describe_types(),
        "providers": ProviderShape(usable_providers(workspace), many=True).data,
        "people": _people(workspace) if may_edit else [],
        "workspace": {"slug": workspace.slug, "name": workspace.name},
        "user": user.pk,
        "max_nodes": workspace.limits.max_nodes,
        "rights": {
            "edit": may_edit,
            "copy": access.can(Action.EDIT),
            "run": access.can(Action.RUN),
        },
        "urls": _urls(workflow, workspace),
    }


def _people(workspace: Workspace) -> list[dict[str, str]]:
    """Who may be named as a reviewer."""
    rows = workspace.memberships.select_related("user").order_by("user__name", "user__email")
    return [{"email": row.user.email, "name": str(row.user)} for row in rows]


def _urls(workflow: WorkflowTemplate, workspace: Workspace) -> dict[str, str]:
    """Pages that the builder leads to; ``/0`` stands for an id in those that end with it."""
    slug = workspace.slug
    own = workflow.workspace_id is not None
    here = reverse("workflows:builder", args=[slug, workflow.pk])
    return {
        "list": reverse("workflows:list", args=[slug]),
        "page": reverse("workflows:workflow", args=[slug, workflow.pk]) if own else "",
        "launch": reverse("workflows:launch", args=[slug, workflow.pk]) if own else "",
        "builder": reverse("workflows:builder", args=[slug, 0]),
        "run": reverse("workflows:run", args=[slug, 0]),
        "login": f"{reverse('account_login')}?{urlencode({'next': here})}",
    }
