"""The walk over a config that finds every field with variables in it."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from workflows.nodes.fields import (
    Hint,
    Line,
    Quantity,
    StepKey,
    Template,
    Variable,
    is_templated,
    map_config,
)


class Rule(BaseModel):
    left: Annotated[Variable, Field(min_length=1)]
    right: Line | int | list[str | int] | None = ""
    plain: str = ""


class Inner(BaseModel):
    rules: list[Rule] = []
    step: StepKey = ""


class Config(BaseModel):
    text: Annotated[Template, Field(title="Text")] = ""
    maybe: Template | None = None
    hinted: Annotated[str | None, Hint("template", "template")] = None
    count: Quantity = 1
    images: Annotated[list[Variable], Field(max_length=3)] = []
    inner: Inner = Inner()
    either: Inner | Template | None = None
    many: list[Inner] | None = None
    free: Any = None
    plain: str = ""


def visited(config: dict[str, Any]) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []

    def note(path: str, kind: str, text: str, hint: Hint) -> str:
        found.append((path, kind, text))
        return text

    assert map_config(Config, config, note) == config
    return found


def shouted(config: dict[str, Any]) -> dict[str, Any]:
    return map_config(Config, config, lambda path, kind, text, hint: text.upper())


@pytest.mark.parametrize(
    ("config", "wanted"),
    [
        ({"text": "a"}, [("text", "template", "a")]),
        ({"maybe": "a"}, [("maybe", "template", "a")]),
        ({"hinted": "a"}, [("hinted", "template", "a")]),
        ({"count": "{{ brief.n }}"}, [("count", "template", "{{ brief.n }}")]),
        ({"count": 3}, []),
        ({"images": ["a", "b"]}, [("images.0", "variable", "a"), ("images.1", "variable", "b")]),
        ({"inner": {"step": "copy"}}, [("inner.step", "node", "copy")]),
        (
            {"inner": {"rules": [{"left": "a"}, {"left": "b", "right": "c", "plain": "d"}]}},
            [
                ("inner.rules.0.left", "variable", "a"),
                ("inner.rules.1.left", "variable", "b"),
                ("inner.rules.1.right", "template", "c"),
            ],
        ),
        (
            {"inner": {"rules": [{"left": "a", "right": ["b", 1]}]}},
            [("inner.rules.0.left", "variable", "a")],
        ),
        ({"either": {"step": "copy"}}, [("either.step", "node", "copy")]),
        ({"either": "a"}, [("either", "template", "a")]),
        ({"many": [{"step": "a"}]}, [("many.0.step", "node", "a")]),
        ({"plain": "a", "free": "{{ b }}", "unknown": "{{ c }}"}, []),
        ({}, []),
    ],
)
def test_each_field_with_variables_is_visited_once_by_its_path(
    config: dict[str, Any], wanted: list[tuple[str, str, str]]
) -> None:
    assert visited(config) == wanted


def test_what_the_visit_gives_takes_the_fields_place_and_nothing_else_changes() -> None:
    config = {
        "text": "a",
        "either": "b",
        "images": ["c", 5],
        "inner": {"rules": [{"left": "d", "right": 7, "plain": "e"}], "step": "f"},
        "plain": "g",
        "unknown": "h",
    }
    assert shouted(config) == {
        "text": "A",
        "either": "B",
        "images": ["C", 5],
        "inner": {"rules": [{"left": "D", "right": 7, "plain": "e"}], "step": "F"},
        "plain": "g",
        "unknown": "h",
    }
    assert config["inner"]["rules"][0]["left"] == "d"


@pytest.mark.parametrize(
    "config",
    [
        {"text": 5},
        {"text": None},
        {"text": ["a"]},
        {"images": "a"},
        {"images": {"0": "a"}},
        {"images": [["a"]]},
        {"inner": "a"},
        {"inner": ["a"]},
        {"inner": {"rules": {"left": "a"}}},
        {"inner": {"rules": ["a", None, 5]}},
        {"many": {"step": "a"}},
    ],
)
def test_a_value_of_the_wrong_shape_is_left_to_validation(config: dict[str, Any]) -> None:
    assert shouted(config) == config


NAMES = st.sampled_from([*Config.model_fields, "rules", "left", "right", "step", "other"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(NAMES, JSON, max_size=6))
@settings(max_examples=150, deadline=None)
def test_the_walk_never_raises_and_never_changes_the_config(config: dict[str, Any]) -> None:
    found = visited(config)
    assert len({path for path, _, _ in found}) == len(found)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [("{{ a }}", True), ("x {% if a %}", True), ("{ a }", False), (5, False), (["{{ a }}"], False)],
)
def test_text_with_liquid_in_it_is_templated(value: Any, wanted: bool) -> None:
    assert is_templated(value) is wanted


def test_the_widget_travels_into_the_schema() -> None:
    fields = Config.model_json_schema()["properties"]
    assert fields["text"]["x-widget"] == "template"
    assert fields["count"]["x-widget"] == "quantity"
    assert fields["images"]["items"]["x-widget"] == "variable"
