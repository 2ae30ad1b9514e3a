"""Which pictures a step attaches, and which of them is first."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.nodes.contexts import context
from workflows.nodes.attach_to_document import AttachToDocument, Config, pictures
from workflows.nodes.base import NodeError
from workflows.nodes.effects import SaveDocument


def image(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "url": f"/i/{number}", "alt_text": f"alt {number}", **more}


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (None, []),
        ([], []),
        (image(1), [1]),
        ([image(1), image(2)], [1, 2]),
        ([[image(1)], None, [image(2), image(3)]], [1, 2, 3]),
        ({"images": [image(1)], "image": image(1), "count": 1}, [1]),
        ({"images": None, "image": None, "count": None}, []),
        ([{"images": [image(1)]}, {"images": [image(2)]}], [1, 2]),
    ],
)
def test_pictures_are_found_in_one_a_list_lanes_and_whole_steps(
    value: Any, wanted: list[int]
) -> None:
    assert [one["id"] for one in pictures(value, "nodes.art")] == wanted


@pytest.mark.parametrize(
    "value", ["text", 7, True, {"id": "7"}, {"text": "x"}, ["x"], [image(1), 5], {"id": None}, ""]
)
def test_something_else_is_named_with_its_variable(value: Any) -> None:
    with pytest.raises(NodeError) as failed:
        pictures(value, "nodes.copy.text")
    assert failed.value.code == "not_an_image"
    assert "nodes.copy.text" in failed.value.message


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["id", "images", "x"]), inner, max_size=3)
        ),
    )
)
@settings(max_examples=200, deadline=None)
def test_any_value_gives_pictures_or_a_named_error(value: Any) -> None:
    try:
        assert all(type(one["id"]) is int for one in pictures(value, "nodes.x"))
    except NodeError as error:
        assert error.code == "not_an_image"


def attached(scope: dict[str, Any], **config: Any) -> SaveDocument:
    checked = Config(title="T", **config)
    effect = AttachToDocument().run(checked, context(**scope)).effect
    assert isinstance(effect, SaveDocument)
    return effect


def test_a_picture_named_twice_is_attached_once_where_it_came_first() -> None:
    scope = {"nodes": {"a": [image(1), image(2)], "b": [image(2), image(3)]}}
    effect = attached(scope, images=["nodes.a", "nodes.b"])
    assert effect.images == ((1, "alt 1"), (2, "alt 2"), (3, "alt 3"))


def test_the_primary_is_first_none_a_variable_or_the_reviewers_choice() -> None:
    chosen = {"nodes": {"a": [image(1), image(2, primary=True)], "b": image(1), "c": None}}
    assert attached(chosen, images=["nodes.a"]).primary == 2
    assert attached(chosen, images=["nodes.a"], primary="none").primary == "none"
    assert attached(chosen, images=["nodes.a"], primary="nodes.b").primary == 1
    assert attached(chosen, images=["nodes.a"], primary="nodes.c").primary == "first"
    assert attached({"nodes": {"a": [image(1)]}}, images=["nodes.a"]).primary == "first"


def test_pictures_of_a_skipped_step_are_simply_not_there() -> None:
    assert attached({"nodes": {}}, images=["nodes.gone.images"]).images == ()


@pytest.mark.parametrize("given_id", ["", "x", "-1", "1.5", "²", "9" * 19, "1 2"])
def test_an_id_that_is_no_number_is_refused(given_id: str) -> None:
    config = Config(target="existing", document_id=given_id)
    with pytest.raises(NodeError) as failed:
        AttachToDocument().run(config, context())
    assert failed.value.code == "bad_document_id"


def test_a_title_that_renders_to_nothing_is_refused_for_a_new_document_alone() -> None:
    with pytest.raises(NodeError) as failed:
        AttachToDocument().run(Config(title=" \n "), context())
    assert failed.value.code == "empty_title"
    config = Config(target="existing", document_id=" 12 ")
    effect = AttachToDocument().run(config, context()).effect
    assert isinstance(effect, SaveDocument)
    assert (effect.document_id, effect.title) == (12, "")


def test_a_title_is_one_line_of_at_most_200_characters() -> None:
    effect = AttachToDocument().run(Config(title="a \n b" + "c" * 300), context()).effect
    assert isinstance(effect, SaveDocument)
    assert effect.title.startswith("a bc")
    assert len(effect.title) == 200
