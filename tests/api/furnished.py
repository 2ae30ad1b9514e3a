"""A workspace with one of everything, so that calls by id go deep."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from documents.attach import AttachItem, attach_images
from tests import factories as make
from tests.api.conftest import key_of, put_picture
from tests.engine import Drive
from tests.graphs import brief, copy, graph, node
from workflows.models import ReviewTask
from workspaces.models import ApiToken, User, Workspace

_GRAPH = graph(
    [
        brief("topic"),
        copy("captions", "On {{ brief.topic }}", quantity=2),
        node("review", "review", show=["nodes.captions.variants"], revise="captions"),
    ],
    "brief > captions > review",
)


def furnish(workspace: Workspace, owner: User, drive: Drive) -> dict[str, Any]:
    """Rows of every kind, and the part of an address or body that names each."""
    key_of(owner, workspace)
    project = make.ProjectFactory(workspace=workspace)
    image, other = put_picture(workspace, "red"), put_picture(workspace, "blue")
    document = make.DocumentFactory(workspace=workspace, project=project)
    attach_images(document=document, images=[AttachItem(image.pk), AttachItem(other.pk)])
    make.ReferenceFileFactory(workspace=workspace)
    execution = drive.run(_GRAPH, topic="Shoes")
    review = ReviewTask.objects.get(node_run__execution=execution)
    member = make.MembershipFactory(workspace=workspace)
    webhook = make.WebhookFactory(workspace=workspace, url="http://127.0.0.1:9/")
    delivery = make.DeliveryFactory(webhook=webhook, given_up_at=timezone.now())
    return {
        "member_id": member.pk,
        "invitation_id": make.InvitationFactory(workspace=workspace).pk,
        "webhook_id": webhook.pk,
        "delivery_id": delivery.pk,
        "url": "https://hooks.example.com/x",
        "workspace_slug": workspace.slug,
        "token_id": ApiToken.objects.filter(user=owner).latest("created").public_id,
        "project_id": project.pk,
        "document_id": document.pk,
        "image_id": image.pk,
        "image_ids": [image.pk, other.pk],
        "template_id": execution.version.template_id,
        "number": 1,
        "execution_id": execution.pk,
        "review_id": review.pk,
        "key": "review",
        "type": "compose_text",
        "config": {"template": "On {{ brief.topic }}"},
        "context": {"brief": {"topic": "Shoes"}},
    }
