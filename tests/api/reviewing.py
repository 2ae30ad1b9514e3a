"""What tests of reviews share: a run that waits for people, and how they decide."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
from PIL import Image

from documents.uploads import CleanImage
from tests.api.conftest import ApiClient
from tests.graphs import brief, copy, graph, node
from workflows.graph.model import Graph
from workflows.models import ReviewTask


def trust_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take pictures as they come: the sandbox has tests of its own and takes a second each."""

    def clean(data: bytes) -> CleanImage:
        width, height = Image.open(io.BytesIO(data)).size
        digest = hashlib.sha256(data).hexdigest()
        return CleanImage(data, "image/png", "png", width, height, digest)

    monkeypatch.setattr("workflows.executions.making.clean_image", clean)


def reviewed(**config: Any) -> Graph:
    """Three captions and two cards, judged together, then written down."""
    show = ["nodes.captions.variants", "nodes.cards.images"]
    review = node("review", "review", **{"show": show, "revise": "captions", **config})
    body = "{% for one in nodes.review.variants %}{{ one.text }}\n{% endfor %}"
    return graph(
        [
            brief("topic"),
            copy("captions", "On {{ brief.topic }}", quantity=3),
            node("cards", "generate_image", prompt="Headline: Hi", quantity=2, size="64x64"),
            review,
            node(
                "save",
                "attach_to_document",
                title="Kit",
                body=body,
                images=["nodes.review.images"],
            ),
        ],
        "brief > captions > review.approved > save",
        "brief > cards > review",
    )


def path(review: ReviewTask) -> str:
    return f"/reviews/{review.pk}"


def decide(client: ApiClient, review: ReviewTask, verdict: str = "approve", **body: Any) -> Any:
    headers = body.pop("headers", None)
    return client.make(f"{path(review)}/decide", {"verdict": verdict, **body}, headers=headers)


PICKS = {"selected": ["copy-1", "copy-3", "image-2"]}
