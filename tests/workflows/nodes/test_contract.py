"""What every node type promises, whichever file it lives in (``graph.model.NodeSpec``)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from workflows.graph.model import Issue, Reference
from workflows.nodes import registry
from workflows.nodes.base import Estimate, NodeType
from workflows.nodes.fields import is_templated

registry.discover()
TYPES = registry.all_types()
WIDGETS = frozenset(
    [
        "template", "template-line", "prompt", "variable", "node", "quantity", "primary", "items",
        "provider", "model", "people",
    ]
)  # fmt: skip
"""Every hint that the builder's form draws; a new one needs its widget there."""
JSON_TYPES = frozenset(["string", "integer", "number", "boolean", "array", "object", "null"])
each_type = pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.type)


def parts(schema: Any) -> Iterator[dict[str, Any]]:
    """Every object inside a schema."""
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from parts(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from parts(value)


def test_the_types_of_the_product_are_all_there() -> None:
    assert {kind.type for kind in TYPES} == {
        "brief",
        "generate_copy",
        "generate_image",
        "attach_to_document",
        "review",
        "conditional",
        "parallel",
        "compose_text",
    }
    assert registry.problems() == []


@each_type
def test_a_type_lives_in_the_file_of_its_name(kind: NodeType[Any]) -> None:
    assert type(kind).__module__ == f"workflows.nodes.{kind.type}"
    assert registry.get(kind.type) is kind


@each_type
def test_a_type_says_what_it_is(kind: NodeType[Any]) -> None:
    assert kind.label and kind.label == kind.label.strip()
    assert len(kind.help) > 20 and kind.help.endswith(".")
    assert kind.category in ("Start", "Create", "People", "Flow", "Deliver")
    assert re.fullmatch(r"#[0-9A-F]{6}", kind.color)


@each_type
def test_the_icon_is_an_svg_that_loads_and_runs_nothing(kind: NodeType[Any]) -> None:
    root = ElementTree.fromstring(kind.icon)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    tags = {one.tag.partition("}")[2] for one in root.iter()}
    assert tags <= {"svg", "path", "rect", "circle", "line", "polyline", "polygon"}
    assert not [name for one in root.iter() for name in one.attrib if name.startswith("on")]


@each_type
def test_the_schema_is_json_and_hangs_together(kind: NodeType[Any]) -> None:
    schema = kind.config_model.model_json_schema()
    assert json.loads(json.dumps(schema, allow_nan=False)) == schema
    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False
    for part in parts(schema):
        if isinstance(part.get("type"), str):
            assert part["type"] in JSON_TYPES
        if isinstance(reference := part.get("$ref"), str):
            assert reference.removeprefix("#/$defs/") in schema["$defs"]
        if isinstance(required := part.get("required"), list):
            assert set(required) <= part["properties"].keys()


@each_type
def test_every_field_has_a_title_and_every_hint_a_widget(kind: NodeType[Any]) -> None:
    schema = kind.config_model.model_json_schema()
    models = [schema, *schema.get("$defs", {}).values()]
    fields = [field for model in models for field in model.get("properties", {}).values()]
    assert all(field.get("title") for field in fields)
    assert {part["x-widget"] for part in parts(schema) if "x-widget" in part} <= WIDGETS
    assert {part["x-level"] for part in parts(schema) if "x-level" in part} <= {"advanced"}


@each_type
def test_the_defaults_fit_their_own_rules(kind: NodeType[Any]) -> None:
    fields = kind.config_model.model_fields
    defaults = {
        name: field.get_default(call_default_factory=True)
        for name, field in fields.items()
        if not field.is_required()
    }
    plain = {
        name: value.model_dump() if isinstance(value, BaseModel) else value
        for name, value in defaults.items()
    }
    required = {name for name, field in fields.items() if field.is_required()}
    try:
        kind.config_model.model_validate(plain)
    except ValidationError as error:
        assert {detail["loc"] for detail in error.errors()} == {(name,) for name in required}
    else:
        assert not required


@each_type
def test_an_unknown_field_is_named(kind: NodeType[Any]) -> None:
    issues = list(kind.check_config({"surprise": 1}))
    assert [issue for issue in issues if issue.field == "surprise" and "surprise" in issue.message]


@each_type
def test_a_step_knows_its_handles_and_outputs_before_it_is_set_up(kind: NodeType[Any]) -> None:
    assert kind.handles_out({})
    names = kind.output_names({})
    assert names is None or isinstance(names, frozenset)


def names_of(model: type[BaseModel]) -> set[str]:
    """Field names at every depth."""
    schema = model.model_json_schema()
    return {name for part in parts(schema) for name in part.get("properties", {})}


TEXTS = st.one_of(
    st.text(max_size=20),
    st.text(st.characters(categories=["Cs", "Cc", "Lu"]), max_size=3),
    st.sampled_from(
        ["", " ", "{{ brief.topic }}", "{% if", "{{", "nodes.a.text", "nodes.", "[", "[1]", "else"]
    ),
    st.sampled_from(["number", "choice", "multi_choice", "list", "url", "image", "1x1", "9" * 500]),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**400, -(10**400), 2**63, 21, 0]),
    st.floats(),
    TEXTS,
)


def junk(kind: NodeType[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """JSON of any shape under the names that the type reads."""
    names = st.sampled_from(sorted(names_of(kind.config_model))) | st.text(max_size=5)
    values = st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=6),
        max_leaves=25,
    )
    return st.dictionaries(names, values, max_size=6)


def check_promises(kind: NodeType[Any], config: dict[str, Any]) -> None:
    """No method may raise, and each answers in its own shape."""
    issues = list(kind.check_config(config))
    assert all(isinstance(issue, Issue) and issue.message and issue.code for issue in issues)
    assert all(issue.node is None for issue in issues)
    references = list(kind.references(config))
    assert all(isinstance(one, Reference) and isinstance(one.text, str) for one in references)
    assert len({(one.field, one.kind) for one in references}) == len(references)
    assert all(isinstance(handle, str) for handle in kind.handles_out(config))
    assert all(isinstance(name, str) for name in kind.output_names(config) or ())
    assert all(isinstance(root, str) for root in kind.child_roots(config))
    if not [issue for issue in issues if issue.severity == "error"]:
        check_estimate(kind, config)


def check_estimate(kind: NodeType[Any], config: dict[str, Any]) -> None:
    try:
        checked = kind.config_model.model_validate(config)
    except ValidationError as error:
        assert all(is_templated(detail["input"]) for detail in error.errors())
    else:
        assert isinstance(kind.estimate(checked), Estimate)


@each_type
def test_no_method_raises_whatever_was_drafted(kind: NodeType[Any]) -> None:
    @settings(max_examples=60, deadline=None)
    @given(junk(kind))
    def holds(config: dict[str, Any]) -> None:
        check_promises(kind, config)

    holds()


def deep(levels: int) -> Any:
    value: Any = []
    for _ in range(levels):
        value = [value]
    return value


HOSTILE: list[Any] = [
    10**400,
    -(10**400),
    float("nan"),
    float("inf"),
    "\x00",
    "\ud800",
    "[" * 20_000,
    "[" * 100_000,
    '{"a":' * 50_000,
    "{{" * 50_000,
    "x" * 1_000_000,
    "9" * 5_000,
    "[" + "9" * 5_000 + "]",
    "[NaN]",
    "http://[",
    "https://[::1",
    deep(50),
    [[]] * 1_000,
    {"id": 10**400},
    {"id": {"id": 1}},
    {"key": {"key": "a"}},
]


@each_type
@pytest.mark.parametrize("place", range(len(HOSTILE)))
def test_no_method_raises_over_a_hostile_value(kind: NodeType[Any], place: int) -> None:
    value = HOSTILE[place]
    for name in kind.config_model.model_fields:
        for shape in (value, [value], {name: value}):
            check_promises(kind, {name: shape})


@pytest.mark.parametrize(
    "field_kind",
    ["text", "long_text", "number", "choice", "multi_choice", "list", "url", "image", "file"],
)
def test_no_default_of_a_question_makes_the_brief_raise(field_kind: str) -> None:
    for value in HOSTILE:
        field = {"key": "a", "kind": field_kind, "options": ["x"], "default": value}
        check_promises(registry.get("brief"), {"fields": [field]})


@given(
    st.lists(
        st.fixed_dictionaries({"name": SCALARS, "rules": SCALARS | st.lists(SCALARS)}), max_size=3
    )
)
@example([{"name": ["a"], "rules": []}])
@settings(max_examples=50, deadline=None)
def test_the_handles_of_a_conditional_end_in_else(branches: list[dict[str, Any]]) -> None:
    handles = registry.get("conditional").handles_out({"branches": branches})
    assert handles[-1] == "else"
    assert len(handles) == len(branches) + 1


@pytest.mark.parametrize("name", ["temperature", "due_in_hours", "backoff_seconds"])
def test_a_number_that_is_none_is_refused(name: str) -> None:
    configs = {
        "temperature": ("generate_copy", {"prompt": "x", "temperature": float("nan")}),
        "due_in_hours": ("review", {"show": ["brief.a"], "due_in_hours": float("nan")}),
        "backoff_seconds": (
            "generate_copy",
            {"prompt": "x", "retry": {"backoff_seconds": float("nan")}},
        ),
    }
    kind, config = configs[name]
    fields = {issue.field for issue in registry.get(kind).check_config(config)}
    assert [field for field in fields if field and field.endswith(name)]
