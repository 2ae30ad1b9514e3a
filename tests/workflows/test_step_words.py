"""Steps in one line."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.graph.model import Node
from workflows.nodes import registry
from workflows.step_words import step_words


@pytest.mark.parametrize(
    ("type", "config", "words"),
    [
        ("brief", {"fields": [{"key": "a", "label": "Topic"}, {"key": "b"}]},
         "Asks for Topic and b"),
        ("brief", {}, "Asks for nothing"),
        ("generate_copy", {"quantity": 1}, "Writes 1 text"),
        ("generate_copy", {"quantity": "{{ brief.n }}"}, "Writes as many texts as asked for"),
        ("generate_copy", {"quantity": 3, "fields": [{"key": "t", "label": "Title"}]},
         "Writes 3 texts with title"),
        ("generate_image", {"quantity": 2, "size": "wide_hero"}, "Makes 2 images, wide hero"),
        (
            "generate_image",
            {"quantity": 1, "size": "{% if brief.a %}square{% endif %}"},
            "Makes 1 image",
        ),
        ("attach_to_document", {"target": "existing", "images": ["nodes.a.images"]},
         "Adds to a document with images"),
        ("review", {"pick_copy": "one", "pick_images": 2, "revise": "copy", "role": "editor"},
         "Editor or above picks one of the texts and picks 2 of the images, can send it back"),
        ("conditional", {"branches": [{"name": "long"}, {"name": "short"}]},
         "Goes on by long, short or else"),
        ("parallel", {"items": "brief.products", "item_name": "product"},
         "Runs the steps inside once per product"),
        ("parallel", {}, "Runs the steps inside side by side"),
        ("compose_text", {}, "Puts text together, no model is asked"),
        ("gone", {}, ""),
    ],
)  # fmt: skip
def test_a_step_is_told_in_one_line(type: str, config: dict[str, Any], words: str) -> None:
    assert step_words(Node("step", type, config=config)) == words


def test_many_questions_are_summed_up() -> None:
    fields = [{"key": f"q{number}", "label": f"Q{number}"} for number in range(1, 9)]
    assert step_words(Node("brief", "brief", config={"fields": fields})) == (
        "Asks for Q1, Q2, Q3 and 5 more"
    )


@pytest.mark.parametrize("broken", [None, 7, "text", [None], {"a": 1}])
def test_any_draft_is_told_without_an_error(broken: Any) -> None:
    names = ("fields", "images", "branches", "assignees", "quantity", "items", "pick_copy", "role")
    for kind in registry.all_types():
        node = Node("step", kind.type, config=dict.fromkeys(names, broken))
        assert isinstance(step_words(node), str)
