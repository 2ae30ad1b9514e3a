"""The workflows of the chaos runs; ``brief.tag`` names the run in each prompt."""

from __future__ import annotations

from typing import Any

from tests.graphs import brief, copy, graph, node, text
from workflows.graph.model import Graph

FAN = [f"side{number}" for number in range(4)]
TAGGED = "{{ brief.tag }} says {{ variant }}"


def _retried(**config: Any) -> dict[str, Any]:
    return {"retry": {"max_attempts": 3, "backoff_seconds": 0.1}, **config}


MIXED: Graph = graph(
    [
        brief("tag"),
        copy("copy", TAGGED, quantity=3),
        node(
            "check",
            "conditional",
            branches=[
                {
                    "name": "yes",
                    "rules": [{"left": "nodes.copy.text", "operator": "is_not_empty", "right": ""}],
                }
            ],
        ),
        *(text(key, "{{ brief.tag }}") for key in FAN),
        text("join", "{{ nodes.side0.text }}"),
        node("lanes", "parallel", items="one\ntwo\nthree"),
        copy("each", "{{ brief.tag }} on {{ item }}", parent="lanes"),
        text("after", "{{ item }}", parent="lanes"),
        node(
            "art",
            "generate_image",
            **_retried(prompt="{{ brief.tag }}", provider="scripted", size="64x64", quantity=2),
        ),
        node(
            "doc",
            "attach_to_document",
            title="{{ brief.tag }}",
            body="{{ nodes.copy.text }}",
            images=["nodes.art.images"],
        ),
    ],
    "brief > copy > check.yes > lanes > doc",
    "brief > art > doc",
    "each > after",
    *(f"check.yes > {key} > join" for key in FAN),
    "join > doc",
)
ONE: Graph = graph([brief("tag"), copy("copy", TAGGED), text("end")], "brief > copy > end")
TWENTY: Graph = graph(
    [brief("tag"), copy("copy", TAGGED, quantity=20), text("end")], "brief > copy > end"
)
THREE_OF_TEN: Graph = graph(
    [brief("tag"), *(copy(key, TAGGED, quantity=10) for key in "abc"), text("end")],
    *(f"brief > {key} > end" for key in "abc"),
)
TWENTY_LANES: Graph = graph(
    [
        brief("tag"),
        node("lanes", "parallel", items="20"),
        copy("each", "{{ brief.tag }} on {{ item }}", parent="lanes", quantity=2),
        text("end"),
    ],
    "brief > lanes > end",
)
ATTACHING: Graph = graph(
    [
        brief("tag"),
        copy("copy", TAGGED, quantity=2),
        node("doc", "attach_to_document", title="{{ brief.tag }}", body="{{ nodes.copy.text }}"),
    ],
    "brief > copy > doc",
)
