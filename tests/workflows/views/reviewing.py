"""Reviews for the tests of their pages."""

from __future__ import annotations

from typing import Any

from django.test import Client

from tests.graphs import brief, copy, graph, node, text
from workflows.graph.model import Graph
from workflows.models import ReviewTask
from workspaces.models import User, Workspace


def variant(number: int, text: str, **fields: str) -> dict[str, Any]:
    """A copy item of the step ``copy``."""
    return {
        "id": f"copy-{number}",
        "kind": "copy",
        "node_key": "copy",
        "index": number - 1,
        "text": text,
        "fields": fields,
    }


def picture(number: int, image_id: int | None = None, alt_text: str = "A card") -> dict[str, Any]:
    """An image item of the step ``cards``."""
    image = {"id": image_id or number, "alt_text": alt_text, "width": 800, "height": 800}
    head = {"id": f"image-{number}", "kind": "image", "node_key": "cards", "index": number - 1}
    return {**head, "image": image}


def review(**config: Any) -> dict[str, Any]:
    """A review step that shows the copy and can send it back."""
    base = {"show": ["nodes.copy.variants"], "revise": "copy", "due_in_hours": 24}
    return node("review", "review", **{**base, **config})


def reviewed(*, quantity: int = 3, **config: Any) -> Graph:
    """A brief, variants of a copy, their review, and what follows it."""
    return graph(
        [
            brief("topic"),
            copy("copy", "On {{ brief.topic }}", quantity=quantity),
            review(**config),
            text("good", "{{ nodes.review.text }}"),
        ],
        "brief > copy > review.approved > good",
    )


def illustrated(**config: Any) -> Graph:
    """The same with two images beside the copy."""
    cards = node("cards", "generate_image", prompt="Layout: square", quantity=2, alt_text="A card")
    show = ["nodes.copy.variants", "nodes.cards.images"]
    return graph(
        [
            brief("topic"),
            copy("copy", "On {{ brief.topic }}", quantity=2),
            cards,
            review(show=show, **config),
        ],
        "brief > copy > review",
        "brief > cards > review",
    )


def waiting() -> ReviewTask:
    """The one review that waits."""
    return ReviewTask.objects.get(state="waiting")


def signed_in(user: User) -> Client:
    """The person's browser."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def inbox_url(workspace: Workspace) -> str:
    """The list."""
    return f"/w/{workspace.slug}/reviews"


def page_url(task: ReviewTask) -> str:
    """The page of one review."""
    return f"/w/{task.node_run.execution.workspace.slug}/reviews/{task.pk}"
