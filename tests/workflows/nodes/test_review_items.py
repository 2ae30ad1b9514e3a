"""What a review shows: copy and images out of every shape that steps hand on."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.nodes.contexts import context
from workflows.nodes.base import NodeError
from workflows.nodes.review import Config, Review, collect


def image(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "url": f"/i/{number}", "alt_text": "", "width": 10, "height": 10, **more}


def variant(text: str, **fields: str) -> dict[str, Any]:
    return {"text": text, "fields": fields}


def shown(value: Any, path: str = "nodes.step") -> list[dict[str, Any]]:
    return collect(Config(show=[path]), context(nodes={"step": value}, brief={"topic": value}))


def texts(value: Any) -> list[str]:
    found = shown(value)
    assert all(item["kind"] == "copy" for item in found)
    return [item["text"] for item in found]


COPY = {"text": "one", "variants": [variant("one"), variant("two")], "count": 2}
IMAGES = {"images": [image(1), image(2)], "image": image(1), "count": 2}


def test_variants_are_one_item_each_with_their_fields() -> None:
    found = shown([variant("A\nB", title="A", body="B"), variant("C")])
    assert found == [
        {
            "id": "copy-1",
            "kind": "copy",
            "node_key": "step",
            "index": 0,
            "text": "A\nB",
            "fields": {"title": "A", "body": "B"},
        },
        {
            "id": "copy-2",
            "kind": "copy",
            "node_key": "step",
            "index": 1,
            "text": "C",
            "fields": {},
        },
    ]


def test_a_variant_without_a_text_of_its_own_shows_its_fields() -> None:
    assert texts([variant("", title="A", body="B")]) == ["A\nB"]


def test_plain_text_is_one_item_and_blank_text_none() -> None:
    assert texts("Hello") == ["Hello"]
    assert texts(" \n") == texts("") == texts(None) == texts([]) == []


def test_an_image_and_a_list_of_images_are_shown_as_they_are() -> None:
    assert [item["image"]["id"] for item in shown(image(7))] == [7]
    found = shown([image(1), image(2)])
    assert [(item["id"], item["kind"], item["index"]) for item in found] == [
        ("image-1", "image", 0),
        ("image-2", "image", 1),
    ]


def test_a_whole_copy_step_shows_its_variants_and_not_its_text_twice() -> None:
    assert texts(COPY) == ["one", "two"]


def test_a_whole_image_step_shows_each_image_once() -> None:
    assert [item["image"]["id"] for item in shown(IMAGES)] == [1, 2]


def test_a_whole_text_step_shows_its_text() -> None:
    assert texts({"text": "Hello"}) == ["Hello"]


def test_a_whole_review_shows_what_was_approved() -> None:
    approved = {
        "decision": "approved",
        "comment": "Good",
        "text": "one",
        "variants": [variant("one")],
        "images": [image(3)],
        "reviewer": "R",
    }
    assert [item["id"] for item in shown(approved)] == ["copy-1", "image-1"]


def test_lists_of_lanes_are_shown_in_item_order() -> None:
    assert texts([[variant("a"), variant("b")], None, [variant("c")]]) == ["a", "b", "c"]
    assert texts(["a", None, "b"]) == ["a", "b"]
    assert [item["image"]["id"] for item in shown([[image(1)], [image(2)]])] == [1, 2]


def test_whole_steps_of_lanes_are_shown_in_item_order() -> None:
    joined = {"text": ["a", None, "c"], "variants": [[variant("a")], None, [variant("c")]]}
    assert texts({**joined, "count": [1, None, 1]}) == ["a", "c"]
    assert texts({"text": ["a", None, "c"]}) == ["a", "c"]
    pictures = {"images": [[image(1)], None], "image": [image(1), None], "count": [1, None]}
    assert [item["image"]["id"] for item in shown(pictures)] == [1]


@pytest.mark.parametrize(
    "nothing",
    [
        {"text": None},
        {"text": None, "variants": None, "count": None},
        {"images": None, "image": None, "count": None},
        {"text": ""},
        {"text": "", "fields": None},
        {"text": None, "fields": {}},
    ],
)
def test_a_skipped_step_shows_nothing(nothing: dict[str, Any]) -> None:
    assert shown(nothing) == []


def test_ids_count_per_kind_over_everything_shown() -> None:
    scope = context(nodes={"copy": COPY, "art": IMAGES, "note": {"text": "n"}})
    config = Config(show=["nodes.copy.variants", "nodes.art", "nodes.note.text"])
    found = [(item["id"], item["node_key"], item["index"]) for item in collect(config, scope)]
    assert found == [
        ("copy-1", "copy", 0),
        ("copy-2", "copy", 1),
        ("image-1", "art", 0),
        ("image-2", "art", 1),
        ("copy-3", "note", 0),
    ]


def test_what_comes_from_the_brief_names_no_step() -> None:
    (item,) = shown("Tea", path="brief.topic")
    assert item["node_key"] == ""


def test_a_review_of_nothing_fails_and_says_so() -> None:
    with pytest.raises(NodeError) as failed:
        Review().run(Config(show=["nodes.gone.text"]), context(nodes={}))
    assert failed.value.code == "nothing_to_review"
    assert failed.value.hint


KEYS = st.sampled_from(["text", "fields", "variants", "images", "image", "id", "width", "x"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
@settings(max_examples=150, deadline=None)
def test_any_value_makes_items_that_can_be_shown(value: Any) -> None:
    for item in shown(value):
        assert item["kind"] in ("copy", "image")
        if item["kind"] == "copy":
            assert item["text"].strip()
            assert isinstance(item["fields"], dict)
        else:
            assert isinstance(item["image"]["id"], int)
