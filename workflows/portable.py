"""What may not travel with a workflow: ids, people, unknown settings. Pure.

Exporting leaves it out, importing refuses it and names the field.
"""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from workflows.graph.model import Graph, Issue, Node
from workflows.nodes import registry

MAX_DEPTH = 40
MAX_VALUES = 200_000
_UPLOADS = ("image", "file")
_ONE_VARIABLE = re.compile(r"\s*\{\{-?\s*(brief|nodes)\.[A-Za-z0-9_.\[\]-]+\s*-?\}\}\s*")
"""The only form of a document's id that holds no id itself."""


def cleared(graph: Graph) -> Graph:
    """The graph with everything blanked that belongs to the place it stands in."""
    return Graph(tuple(_cleared_node(node) for node in graph.nodes), graph.edges)


def _cleared_node(node: Node) -> Node:
    config: Any = copy.deepcopy(dict(node.config))
    for path in _unknown_settings(node):
        _remove(config, path)
    for path, _ in _bound(replace(node, config=config)):
        *way, last = path
        holder = config
        for part in way:
            holder = holder[part]
        holder[last] = {"assignees": [], "document_id": ""}.get(str(last))
    return replace(node, config=config)


def _remove(config: Any, path: tuple[Any, ...]) -> None:
    for part in path[:-1]:
        config = config[part]
    del config[path[-1]]


def foreign(graph: Graph) -> list[Issue]:
    """Everything in the configs that an import refuses; ``field`` is the path in the file."""
    found = []
    for number, node in enumerate(graph.nodes):
        named = [(path, "is not a known setting; remove it.") for path in _unknown_settings(node)]
        for path, what in [*named, *_bound(node)]:
            field = ".".join(str(part) for part in ("nodes", number, "config", *path))
            found.append(Issue("foreign_value", f"{field} {what}", node=node.key, field=field))
    return found


def _unknown_settings(node: Node) -> list[tuple[Any, ...]]:
    """Paths of settings that the step's type does not have: where a key could hide."""
    kind = registry.catalog.get(node.type)
    if kind is None:
        return []
    try:
        kind.config_model.model_validate(node.config)
    except ValidationError as error:
        return [one["loc"] for one in error.errors() if one["type"] == "extra_forbidden"]
    return []


def _bound(node: Node) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Settings that point at a row or a person of one place, and what to do about each."""
    config = node.config
    if node.type == "attach_to_document":
        text = config.get("document_id")
        if text not in (None, "") and not (isinstance(text, str) and _ONE_VARIABLE.fullmatch(text)):
            yield (
                ("document_id",),
                "names a document by id; leave it empty, or use one variable of the brief.",
            )
    if node.type == "review" and config.get("assignees"):
        yield ("assignees",), "names people; leave it empty and choose reviewers afterwards."
    if node.type == "brief":
        for number, field in _uploads(node):
            if field.get("default") is not None:
                yield (
                    ("fields", number, "default"),
                    "names an uploaded file; leave it empty.",
                )


def _uploads(node: Node) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The brief's questions that are answered by an upload, with their places."""
    fields = node.config.get("fields")
    for number, field in enumerate(fields if isinstance(fields, list) else []):
        if isinstance(field, dict) and field.get("kind") in _UPLOADS:
            yield number, field


def _upload_keys(graph: Graph) -> set[str]:
    briefs = (node for node in graph.nodes if node.type == "brief")
    return {str(field.get("key")) for node in briefs for _, field in _uploads(node)}


def inputs(graph: Graph, values: Mapping[str, Any]) -> dict[str, Any]:
    """Sample inputs without the ids of uploads."""
    uploads = _upload_keys(graph)
    return {key: value for key, value in values.items() if key not in uploads}


def foreign_inputs(graph: Graph, values: Mapping[str, Any]) -> list[Issue]:
    """Sample inputs that name an upload."""
    return [
        Issue("foreign_value", f"{field} names an uploaded file; leave it out.", field=field)
        for key in sorted(_upload_keys(graph) & values.keys())
        for field in [f"gallery.sample_inputs.{key}"]
    ]


def unstorable(data: Any) -> Issue | None:
    """The first value that PostgreSQL or JSON cannot hold, walked without recursion."""
    level: list[tuple[str, Any]] = [("", data)]
    seen = 0
    for _ in range(MAX_DEPTH):
        for path, value in level:
            if what := _wrong(value):
                return Issue("bad_value", f"{path or 'The file'} {what}", field=path or None)
        level = [inner for path, value in level for inner in _inside(path, value)]
        seen += len(level)
        if seen > MAX_VALUES:
            return Issue("too_large", f"The file holds more than {MAX_VALUES:,} values.")
        if not level:
            return None
    path = level[0][0]
    return Issue("too_deep", f"{path} goes deeper than {MAX_DEPTH} levels.", field=path)


def _inside(path: str, value: Any) -> list[tuple[str, Any]]:
    prefix = f"{path}." if path else ""
    if isinstance(value, Mapping):
        return [(f"{prefix}{key}", inner) for key, inner in value.items()]
    if isinstance(value, list):
        return [(f"{prefix}{index}", inner) for index, inner in enumerate(value)]
    return []


def _wrong(value: Any) -> str | None:
    texts = [*value] if isinstance(value, Mapping) else [value]
    for text in texts:
        if isinstance(text, str) and "\x00" in text:
            return "holds a NUL character; remove it."
        if isinstance(text, str) and any("\ud800" <= letter <= "\udfff" for letter in text):
            return "holds half of a character (a lone surrogate); remove it."
    if isinstance(value, Mapping) and not all(isinstance(key, str) for key in value):
        return "has a name that is not text."
    if isinstance(value, float) and not math.isfinite(value):
        return "is not a finite number."
    if value is None or isinstance(value, str | bool | int | float | list | Mapping):
        return None
    return f"is a {type(value).__name__}, which JSON does not have."
