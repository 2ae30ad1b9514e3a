"""A workspace with one of everything, to try URLs on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from documents.images import gallery_key
from tests import factories as make
from tests.documents.conftest import png
from tests.graphs import brief, graph, node
from workflows.engine.states import NodeStatus
from workflows.models import ModelPrice
from workspaces.access import Access
from workspaces.invitations import invite, link_path
from workspaces.models import Role, User, Workspace
from workspaces.tokens import issue_token

RULES = {
    "pick_copy": "one",
    "pick_images": "none",
    "revise": "",
    "max_rounds": 3,
    "on_timeout": "wait",
    "show": [],
}


@dataclass(frozen=True, slots=True)
class World:
    """The ids of a workspace's things by the names that paths give them."""

    workspace: Workspace
    ids: dict[str, Any] = field(default_factory=dict)

    def fill(self, path: str, **other: Any) -> str:
        """The path with its parameters."""
        return path.format(**{**self.ids, **other})


def build(workspace: Workspace, owner: User) -> World:
    """One of everything in the workspace, and the gallery's template that all see."""
    flow = graph([brief("topic"), node("check", "review", show=["brief.topic"])], "brief > check")
    template = make.TemplateFactory(workspace=workspace, graph=flow)
    execution = make.ExecutionFactory(
        workspace=workspace, launched_by=owner, version=template.current_version
    )
    step = make.NodeRunFactory(
        execution=execution, key="check", type="review", status=NodeStatus.WAITING,
        wait_for="people",
    )  # fmt: skip
    task = make.ReviewTaskFactory(node_run=step, rules=RULES)
    document = make.DocumentFactory(workspace=workspace)
    image = make.AttachmentFactory(document=document).image
    default_storage.save(image.key, ContentFile(png()))
    token, _ = issue_token(
        user=owner, access=Access(workspace, Role.OWNER), name="Program", scopes=["read"]
    )
    name = f"{make.digest(f'cover {workspace.pk}')}.png"
    entry = make.GalleryEntryFactory(cover=name)
    default_storage.save(gallery_key(entry.pk, name), ContentFile(png()))
    invitation = invite(
        workspace=workspace, email=f"asked@{workspace.slug}.test", role=Role.EDITOR, by=owner
    )
    provider = make.ProviderFactory(workspace=workspace)
    price = ModelPrice.objects.create(provider=provider, model="m", per_image=1)
    delivery = make.DeliveryFactory(
        webhook=make.WebhookFactory(workspace=workspace, url="http://127.0.0.1:9/")
    )
    ids = {
        "slug": workspace.slug,
        "workspace_slug": workspace.slug,
        "token_id": token.public_id,
        "project_id": make.ProjectFactory(workspace=workspace).pk,
        "document_id": document.pk,
        "image_id": image.pk,
        "template": entry.template.slug,
        "entry_id": entry.pk,
        "name": name,
        "template_id": template.pk,
        "workflow_id": template.pk,
        "number": 1,
        "execution_id": execution.pk,
        "review_id": task.pk,
        "key": step.key,
        "provider_id": provider.pk,
        "price_id": price.pk,
        "webhook_id": delivery.webhook_id,
        "delivery_id": delivery.pk,
        "notice_id": make.NoticeFactory(workspace=workspace, user=owner).pk,
        "member_id": make.MembershipFactory(workspace=workspace).pk,
        "invitation_id": invitation.pk,
        "token": link_path(invitation).rsplit("/", 1)[1],
    }
    return World(workspace, ids)
