"""From the JSON form of a graph to ``Graph`` and back.

A graph that parses may still be wrong in many ways (see ``validate``); one that does not
parse is refused as a whole, with every bad field named.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from workflows.graph.model import KEY, Edge, Graph, Issue, Limits, Node

Key = Annotated[str, StringConstraints(pattern=KEY.pattern)]
Coordinate = Annotated[float, Field(ge=-1e7, le=1e7, allow_inf_nan=False)]

MAX_INTEGER = 2**63 - 1
"""What JSON readers and the database hold without loss of type."""


class GraphParseError(ValueError):
    """A body that is no graph; ``errors`` names every bad field by its dotted path."""

    def __init__(self, errors: list[Issue]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Position(_Strict):
    x: Coordinate
    y: Coordinate


class _NodeBody(_Strict):
    key: Key
    type: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    label: Annotated[str, StringConstraints(max_length=120)] = ""
    config: dict[str, Any] = Field(default_factory=dict)
    position: _Position = Field(default_factory=lambda: _Position(x=0.0, y=0.0))
    parent: Key | None = None


class _EdgeBody(_Strict):
    source: Key
    target: Key
    source_handle: Annotated[str, StringConstraints(min_length=1, max_length=40)] = "out"


class _GraphBody(_Strict):
    nodes: list[_NodeBody] = Field(default_factory=list)
    edges: list[_EdgeBody] = Field(default_factory=list)


def parse(data: Mapping[str, Any], *, limits: Limits | None = None) -> Graph:
    """The graph of ``{"nodes": [...], "edges": [...]}``.

    Raises ``GraphParseError`` with every error found: wrong shape, a bad key, too many nodes
    or edges, a config that is too deep or too large.
    """
    bounds = limits or Limits()
    if not isinstance(data, Mapping):
        raise GraphParseError([Issue("bad_type", "The graph must be an object.")])
    if errors := list(_over_limit(data, bounds)):
        raise GraphParseError(errors)
    errors = list(_config_errors(data, bounds))
    try:
        body = _GraphBody.model_validate(dict(data))
    except (ValidationError, RecursionError) as error:
        shape = _shape_errors(error) if isinstance(error, ValidationError) else []
        raise GraphParseError([*shape, *errors]) from None
    errors += _text_errors(body)
    if errors:
        raise GraphParseError(errors)
    return Graph(
        nodes=tuple(_node(node) for node in body.nodes),
        edges=tuple(Edge(edge.source, edge.target, edge.source_handle) for edge in body.edges),
    )


def refuse_twins(graph: Graph) -> Graph:
    """The graph, if it can be saved: a version keeps one step a key.

    Raises ``GraphParseError`` naming every step whose key an earlier one has.
    """
    seen: set[str] = set()
    errors = []
    for place, node in enumerate(graph.nodes):
        if node.key in seen:
            text = f"Another step is called “{node.key}” already; give this one a name of its own."
            errors.append(Issue("duplicate_key", text, node=node.key, field=f"nodes.{place}.key"))
        seen.add(node.key)
    if errors:
        raise GraphParseError(errors)
    return graph


def to_json(graph: Graph) -> dict[str, Any]:
    """The JSON form of a graph; ``parse`` gives the same graph back."""
    return {
        "nodes": [
            {
                "key": node.key,
                "type": node.type,
                "label": node.label,
                "config": dict(node.config),
                "position": {"x": node.position[0], "y": node.position[1]},
                "parent": node.parent,
            }
            for node in graph.nodes
        ],
        "edges": [
            {"source": edge.source, "source_handle": edge.source_handle, "target": edge.target}
            for edge in graph.edges
        ],
    }


def content_hash(graph: Graph) -> str:
    """The SHA-256 of the graph's canonical JSON, in hex.

    Positions and the order of steps count, the order of keys in objects does not.
    """
    text = json.dumps(to_json(graph), sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _node(body: _NodeBody) -> Node:
    return Node(
        key=body.key,
        type=body.type,
        label=body.label,
        config=body.config,
        position=(body.position.x, body.position.y),
        parent=body.parent,
    )


def _over_limit(data: Mapping[str, Any], limits: Limits) -> Iterator[Issue]:
    """Counts are checked first, so that a huge body is not looked at any further."""
    for name, noun, most in (
        ("nodes", "steps", limits.max_nodes),
        ("edges", "connections", limits.max_edges),
    ):
        found = data.get(name)
        if isinstance(found, list) and len(found) > most:
            yield Issue(
                f"too_many_{name}",
                f"{name}: there are {len(found)} {noun}; a workflow may have at most {most}.",
                field=name,
            )


def _config_errors(data: Mapping[str, Any], limits: Limits) -> Iterator[Issue]:
    nodes = data.get("nodes")
    for index, node in enumerate(nodes if isinstance(nodes, list) else []):
        config = node.get("config") if isinstance(node, Mapping) else None
        if isinstance(config, dict) and (wrong := _wrong_config(config, limits)):
            code, what = wrong
            path = f"nodes.{index}.config"
            yield Issue(code, f"{path} {what}", field=path)


def _wrong_config(config: dict[str, Any], limits: Limits) -> tuple[str, str] | None:
    """Code and words of the first thing wrong with a config, walked without recursion."""
    level: list[Any] = [config]
    for _ in range(limits.max_config_depth):
        for value in level:
            if what := _wrong_value(value):
                return "bad_value", what
        level = [inner for value in level for inner in _inside(value)]
        if len(level) > limits.max_config_bytes:
            break
    else:
        if any(isinstance(value, dict | list) for value in level):
            most = limits.max_config_depth
            return "config_too_deep", f"goes deeper than {most} levels; make it flatter."
        for value in level:
            if what := _wrong_value(value):
                return "bad_value", what
    if len(level) <= limits.max_config_bytes and _bytes(config) <= limits.max_config_bytes:
        return None
    return "config_too_large", f"is over {limits.max_config_bytes // 1000} kB; shorten its texts."


def _bytes(config: dict[str, Any]) -> int:
    return len(json.dumps(config, ensure_ascii=False).encode())


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _wrong_value(value: Any) -> str | None:
    if isinstance(value, dict):
        return next((what for key in value if (what := _wrong_text(key))), None)
    if isinstance(value, str):
        return _wrong_text(value)
    if isinstance(value, bool | list) or value is None:
        return None
    if isinstance(value, int):
        return None if abs(value) <= MAX_INTEGER else "holds a whole number that is too large."
    if isinstance(value, float):
        return None if math.isfinite(value) else "holds a number that is not finite."
    return f"holds a {type(value).__name__}, which JSON does not have."


def _wrong_text(text: object) -> str | None:
    """PostgreSQL stores neither a NUL nor half of a surrogate pair."""
    if not isinstance(text, str):
        return "has a name that is not text."
    if "\x00" in text:
        return "holds a NUL character; remove it."
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        return "holds half of a character (a lone surrogate); remove it."
    return None


def _text_errors(body: _GraphBody) -> Iterator[Issue]:
    texts = [
        *((f"nodes.{i}.label", node.label) for i, node in enumerate(body.nodes)),
        *((f"nodes.{i}.type", node.type) for i, node in enumerate(body.nodes)),
        *((f"edges.{i}.source_handle", e.source_handle) for i, e in enumerate(body.edges)),
    ]
    for path, text in texts:
        if what := _wrong_text(text):
            yield Issue("bad_value", f"{path} {what}", field=path)


_KEY_RULE = (
    "must start with a small letter and hold only small letters, digits and underscores, "
    "at most 40 in all."
)
_WORDS: dict[str, tuple[str, str]] = {
    "missing": ("missing", "is missing."),
    "extra_forbidden": ("unknown_field", "is not a known field; remove it."),
    "string_pattern_mismatch": ("bad_key", _KEY_RULE),
    "string_type": ("bad_type", "must be text."),
    "list_type": ("bad_type", "must be a list."),
    "dict_type": ("bad_type", "must be an object."),
    "model_type": ("bad_type", "must be an object."),
    "float_type": ("bad_type", "must be a number."),
    "finite_number": ("bad_value", "must be a finite number."),
    "greater_than_equal": ("bad_value", "is too far out on the canvas."),
    "less_than_equal": ("bad_value", "is too far out on the canvas."),
    "string_too_long": ("too_long", "is too long."),
    "string_too_short": ("missing", "must not be empty."),
}
"""Code and words for each kind of error that the bodies above can give."""


def _shape_errors(error: ValidationError) -> list[Issue]:
    found = []
    for detail in error.errors(include_url=False, include_input=False):
        path = ".".join(str(part) for part in detail["loc"] if part != "[key]")
        code, what = _WORDS.get(detail["type"], ("bad_value", "is not valid."))
        if most := detail.get("ctx", {}).get("max_length"):
            what = f"must have at most {most} characters."
        found.append(Issue(code, f"{path} {what}", field=path))
    return found
