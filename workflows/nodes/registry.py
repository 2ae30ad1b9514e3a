"""Finds the node types of this package; a new file is all that a new type takes."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from pydantic import ValidationError

from workflows.nodes.base import NodeType

_INFRASTRUCTURE = frozenset({"base", "registry", "effects", "fields", "agents", "icons"})
_types: dict[str, NodeType[Any]] = {}
_problems: list[str] = []


def discover() -> None:
    """Import every module of the package and register its node types; safe to call twice."""
    package = importlib.import_module("workflows.nodes")
    for module in pkgutil.iter_modules(package.__path__):
        if module.name not in _INFRASTRUCTURE:
            importlib.import_module(f"workflows.nodes.{module.name}")


def register(cls: type[NodeType[Any]]) -> type[NodeType[Any]]:
    """Class decorator: offer a node type under its name."""
    module = cls.__module__.rsplit(".", 1)[-1]
    if cls.type in _types:
        _problems.append(f"Two node types are called {cls.type!r}.")
    if cls.__module__.startswith("workflows.nodes.") and module != cls.type:
        _problems.append(f"Node type {cls.type!r} must live in workflows/nodes/{cls.type}.py.")
    _types[cls.type] = cls()
    return cls


def all_types() -> list[NodeType[Any]]:
    """Every node type, in the order in which the palette shows them."""
    order = {"Start": 0, "Create": 1, "Flow": 2, "People": 3, "Deliver": 4}
    return sorted(_types.values(), key=lambda node: (order.get(node.category, 9), node.label))


def problems() -> list[str]:
    """What is wrong with the registered types; reported by the system check."""
    return [*_problems, *(problem for node in _types.values() for problem in _inspect(node))]


def _inspect(node: NodeType[Any]) -> list[str]:
    found = [
        f"Node type {node.type!r} has no {name}."
        for name in ("label", "category", "color", "icon", "help")
        if not getattr(node, name, "")
    ]
    try:
        node.config_model.model_json_schema()
    except (ValidationError, ValueError) as error:
        found.append(f"Node type {node.type!r} has no JSON Schema: {error}")
    return found


class Catalog:
    """The registered types as the graph package looks them up."""

    def get(self, type: str) -> NodeType[Any] | None:
        """The node type, or None when there is none of that name."""
        return _types.get(type)


catalog = Catalog()


def get(type: str) -> NodeType[Any]:
    """The node type. Raises ``KeyError``."""
    return _types[type]
