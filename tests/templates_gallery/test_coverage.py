"""Between them the gallery's templates use all that a workflow can do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.templates_gallery.runs import templates
from workflows.nodes import registry
from workflows.nodes.base import NodeType

TEMPLATES = templates()
PLACE = "it belongs to one place, and a file that travels names none"
EXCEPTIONS = {
    "generate_copy.provider": PLACE,
    "generate_copy.model": PLACE,
    "generate_image.provider": PLACE,
    "generate_image.model": PLACE,
    "review.assignees": PLACE,
    "conditional.branches.rules.right = boolean": "no answer of a brief is a yes or no",
    "conditional.branches.rules.right = null": "the same as leaving it out",
    "parallel.items = null": "the same as leaving it out",
    "review.due_in_hours = null": "the same as leaving it out",
    "generate_copy.fields.max_length = null": "the same as leaving it out",
    "generate_copy.max_tokens = null": "the same as leaving it out",
    "generate_copy.temperature = null": "the same as leaving it out",
}
"""Options that no template may or needs to use, with the reason."""
_TYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}


def nodes(type: str = "") -> list[dict[str, Any]]:
    """The steps of all templates."""
    return [
        one for each in TEMPLATES for one in each["nodes"] if one["type"] == (type or one["type"])
    ]


def options(kind: NodeType[Any]) -> set[str]:
    """Everything that a type's settings offer: every field, value and kind of value."""
    schema = kind.config_model.model_json_schema()
    return set(_options(schema, schema.get("$defs", {}), kind.type))


def _options(schema: Mapping[str, Any], defs: Mapping[str, Any], path: str) -> Iterator[str]:
    schema = _resolved(schema, defs)
    for name, field in schema.get("properties", {}).items():
        yield f"{path}.{name}"
        yield from _options(field, defs, f"{path}.{name}")
    if isinstance(schema.get("items"), Mapping):
        yield from _options(schema["items"], defs, path)
    for value in _values(schema):
        yield f"{path} = {value}"
    for one in schema.get("anyOf", []):
        inner = _resolved(one, defs)
        if not _values(inner):
            yield f"{path} = {inner['type']}"
        yield from _options(one, defs, path)


def _resolved(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Mapping[str, Any]:
    for one in [schema, *schema.get("allOf", [])]:
        if "$ref" in one:
            return {**defs[one["$ref"].rsplit("/", 1)[-1]], **schema}
    return schema


def _values(schema: Mapping[str, Any]) -> list[Any]:
    return [*schema.get("enum", []), *([schema["const"]] if "const" in schema else [])]


def used(kind: NodeType[Any]) -> set[str]:
    """What the templates set of a type's settings; a field left out has its default."""
    return {
        found
        for node in nodes(kind.type)
        for found in _used({**_defaults(kind), **node["config"]}, node["config"], kind.type)
    }


def _defaults(kind: NodeType[Any]) -> dict[str, Any]:
    fields = kind.config_model.model_fields
    return {
        name: field.default
        for name, field in fields.items()
        if isinstance(field.default, str) and field.default
    }


def _used(value: Any, given: Any, path: str) -> Iterator[str]:
    """A default counts as a value that is used, not as a field that is set."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if isinstance(given, Mapping) and name in given:
                yield f"{path}.{name}"
            yield from _used(inner, inner, f"{path}.{name}")
        return
    kind = next(name for name, known in _TYPES.items() if type(value) is known)
    yield f"{path} = {kind}"
    if isinstance(value, list):
        for inner in value:
            yield from _used(inner, inner, path)
    else:
        yield f"{path} = {value}"
        if kind == "integer":
            yield f"{path} = number"


def test_every_type_of_step_is_used() -> None:
    assert {one["type"] for one in nodes()} == {kind.type for kind in registry.all_types()}


def test_every_option_of_every_step_is_used_or_excepted_with_a_reason() -> None:
    offered = {option for kind in registry.all_types() for option in options(kind)}
    taken = {option for kind in registry.all_types() for option in used(kind)}
    assert offered - taken - EXCEPTIONS.keys() == set()
    assert EXCEPTIONS.keys() - offered == set(), "an exception for what is not there any more"
    assert EXCEPTIONS.keys() & taken == set(), "an exception for what is used"


def test_every_way_out_leads_on_somewhere() -> None:
    led = {
        (source["type"], edge["source_handle"] if source["type"] != "conditional" else "branch")
        for each in TEMPLATES
        for edge in each["edges"]
        for source in each["nodes"]
        if source["key"] == edge["source"]
    }
    fixed = {
        (kind.type, handle)
        for kind in registry.all_types()
        if kind.type != "conditional"
        for handle in kind.handles
    }
    assert fixed <= led
    elses = [
        edge for each in TEMPLATES for edge in each["edges"] if edge["source_handle"] == "else"
    ]
    assert elses
    assert max(len(one["config"]["branches"]) for one in nodes("conditional")) >= 3


def test_every_form_of_items_is_used() -> None:
    forms = {_form(one["config"].get("items")) for one in nodes("parallel")}
    assert forms == {"none", "variable", "template", "lines", "list", "number"}


def _form(items: Any) -> str:
    if items is None:
        return "none"
    if isinstance(items, int):
        return "number"
    if isinstance(items, list):
        return "list"
    if "{%" in items or "{{" in items:
        return "template"
    return "lines" if "\n" in items else "variable"


def test_every_choice_of_a_primary_image_is_used() -> None:
    forms = {one["config"].get("primary", "first") for one in nodes("attach_to_document")}
    assert {"first", "none"} < forms
    assert any(one.startswith("nodes.") for one in forms)


def test_every_variable_that_is_not_an_output_is_read() -> None:
    text = str([one["config"] for one in nodes()])
    for name in ("item", "index", "variant", "feedback", "today", "workspace.name", "project.name"):
        assert re.search(rf"\{{[{{%][^}}]*(?<![\w.]){re.escape(name)}\b", text), name
