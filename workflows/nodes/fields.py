"""Field kinds that hold variables, and the walk that finds them in a config.

A templated field holds Liquid text, a variable field a bare path (``nodes.copy.variants``), a
node field the key of another step. The hint travels into the JSON Schema as ``x-widget``.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, Field, GetJsonSchemaHandler
from pydantic_core import CoreSchema

Kind = Literal["template", "variable", "node"]
Visit = Callable[[str, Kind, str, "Hint"], Any]
"""Gets (path, kind, text, hint) of a field and gives its replacement."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Marks a field as holding variables."""

    kind: Kind
    widget: str
    extra_roots: tuple[str, ...] = ()

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        found = {**handler(schema), "x-widget": self.widget}
        return {**found, "x-roots": list(self.extra_roots)} if self.extra_roots else found


Template = Annotated[str, Hint("template", "template")]
"""Liquid text."""
Line = Annotated[str, Hint("template", "template-line")]
"""Liquid text on one line."""
Variable = Annotated[str, Hint("variable", "variable")]
"""A bare path."""
StepKey = Annotated[str, Hint("node", "node")]
"""The key of another step."""


def is_templated(value: object) -> bool:
    """Whether a value is text with Liquid in it, so that its type shows only at run time."""
    return isinstance(value, str) and ("{{" in value or "{%" in value)


def map_config(model: type[BaseModel], config: Mapping[str, Any], visit: Visit) -> dict[str, Any]:
    """A copy of ``config`` with every marked field replaced by what ``visit`` gives.

    Values of the wrong shape are left as they are: validation names them.
    """
    return dict(_map_model(model, config, visit, ""))


def _map_model(
    model: type[BaseModel], config: Mapping[str, Any], visit: Visit, prefix: str
) -> dict[str, Any]:
    hints = _hints(model)
    return {
        name: _map(hints[name], value, visit, f"{prefix}{name}", None) if name in hints else value
        for name, value in config.items()
    }


_CACHE: dict[type[BaseModel], dict[str, Any]] = {}


def _hints(model: type[BaseModel]) -> dict[str, Any]:
    if model not in _CACHE:
        _CACHE[model] = {
            name: hint
            for name, hint in get_type_hints(model, include_extras=True).items()
            if name in model.model_fields
        }
    return _CACHE[model]


def _map(annotation: Any, value: Any, visit: Visit, path: str, hint: Hint | None) -> Any:
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *extras = get_args(annotation)
        found = next((extra for extra in extras if isinstance(extra, Hint)), hint)
        return _map(inner, value, visit, path, found)
    if hint is not None and isinstance(value, str):
        return visit(path, hint.kind, value, hint)
    if origin in (Union, types.UnionType):
        tries = (_map(option, value, visit, path, hint) for option in get_args(annotation))
        return next((mapped for mapped in tries if mapped is not value), value)
    if origin is list and isinstance(value, list):
        (inner,) = get_args(annotation)
        return [
            _map(inner, entry, visit, f"{path}.{number}", hint)
            for number, entry in enumerate(value)
        ]
    is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    if is_model and isinstance(value, dict):
        return _map_model(annotation, value, visit, f"{path}.")
    return value


Quantity = Annotated[
    int,
    Hint("template", "quantity"),
    Field(
        default=1,
        ge=1,
        le=20,
        title="How many",
        description="1 to 20 agents, side by side.",
        json_schema_extra={"x-summary": "\N{MULTIPLICATION SIGN} {}"},
    ),
]
"""How many agents; a number, or Liquid text that renders to one."""
