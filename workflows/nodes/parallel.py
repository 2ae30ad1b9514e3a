"""A container: the steps inside run side by side, once, or once per item."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from workflows.graph.bindings import (
    MissingVariable,
    TemplateError,
    lookup,
    parse_path,
    references,
    render,
)
from workflows.graph.model import KEY, Issue, Reference
from workflows.graph.storable import storable
from workflows.nodes.base import NodeConfig, NodeContext, NodeError, NodeResult, NodeType
from workflows.nodes.effects import OpenLanes
from workflows.nodes.fields import is_templated
from workflows.nodes.icons import icon
from workflows.nodes.registry import register

MAX_ITEMS = 50
_ROOTS = ("brief", "nodes", "item", "index", "workspace", "project", "today", "feedback")

Items = str | int | list[Any] | None


class Config(NodeConfig):
    """What to run the inside for."""

    items: Annotated[
        Items,
        Field(
            title="Items",
            description="A variable, lines of text, a JSON list or a number. Empty: run once.",
            json_schema_extra={"x-widget": "items", "x-summary": "For each of {}"},
        ),
    ] = None
    item_name: Annotated[
        str,
        Field(
            pattern=KEY.pattern, title="Name of the item", json_schema_extra={"x-level": "advanced"}
        ),
    ] = "item"
    max_parallel: Annotated[
        int, Field(ge=1, le=20, title="Side by side", json_schema_extra={"x-level": "advanced"})
    ] = 20
    on_item_error: Annotated[
        Literal["fail", "continue"],
        Field(title="When an item fails", json_schema_extra={"x-level": "advanced"}),
    ] = "fail"


@register
class Parallel(NodeType[Config]):
    """Opens its lanes and waits for them without holding a worker."""

    type = "parallel"
    label = "Parallel"
    category = "Flow"
    color = "#EC4899"
    icon = icon(
        '<path d="M13 13.74a2 2 0 0 1-2 0L2.5 8.87a1 1 0 0 1 0-1.74L11 2.26a2 2 0 0 1 2 0l8.5 '
        '4.87a1 1 0 0 1 0 1.74z"/><path d="m20 14.285 1.5.845a1 1 0 0 1 0 1.74L13 21.74a2 2 0 0 1'
        '-2 0l-8.5-4.87a1 1 0 0 1 0-1.74l1.5-.845"/>'
    )
    help = "Run steps side by side. With items, the whole inside runs once per item."
    config_model = Config
    is_container = True
    outputs = frozenset({"items", "lanes", "completed", "failed"})

    def child_roots(self, config: Mapping[str, Any]) -> frozenset[str]:
        """The item, its index and its own name, where the container has items."""
        if config.get("items") in (None, "", []):
            return frozenset()
        name = config.get("item_name")
        return frozenset({"item", "index", name if isinstance(name, str) else "item"})

    def references(self, config: Mapping[str, Any]) -> Iterable[Reference]:
        """The items, where they are a bare path or hold Liquid."""
        items = config.get("items")
        if isinstance(items, str) and is_path(items):
            return [Reference("items", "variable", items.strip())]
        if is_templated(items):
            return [Reference("items", "template", str(items))]
        return []

    def check(self, config: Config) -> Iterable[Issue]:
        """Literal items must be a list of at most 50."""
        if config.item_name in set(_ROOTS) - {"item"}:
            text = f"{config.item_name} is already a variable; choose another name."
            yield Issue("bad_config", text, field="item_name")
        try:
            items = literal_items(config.items)
        except ValueError as error:
            yield Issue("bad_config", str(error), field="items")
            return
        if items is not None and len(items) > MAX_ITEMS:
            yield Issue("too_many_items", _too_many(len(items)), field="items")

    def launch_issues(self, config: Mapping[str, Any], scope: Mapping[str, Any]) -> Iterable[Issue]:
        """Too many items, where the brief alone tells their number; ``field`` is the input."""
        items = config.get("items")
        named = brief_fields(items) if isinstance(items, str) else []
        if not isinstance(items, str) or not named:
            return []
        try:
            known = render(items, scope) if is_templated(items) else lookup(items.strip(), scope)
            found = as_items(known)
        except (MissingVariable, TemplateError, ValueError):
            return []
        if len(found) <= MAX_ITEMS:
            return []
        return [Issue("too_many_items", _too_many(len(found)), field=f"inputs.{named[0]}")]

    def run(self, config: Config, ctx: NodeContext) -> NodeResult:
        """Opens one lane, or one per item."""
        items = self._items(config, ctx)
        if items is not None and len(items) > MAX_ITEMS:
            raise NodeError("too_many_items", _too_many(len(items)), hint="Give fewer items.")
        effect = OpenLanes(
            items=None if items is None else tuple(items),
            item_name=config.item_name,
            max_parallel=config.max_parallel,
            on_item_error=config.on_item_error,
        )
        return NodeResult(effect=effect)

    def _items(self, config: Config, ctx: NodeContext) -> list[Any] | None:
        items = config.items
        try:
            if isinstance(items, str) and is_path(items):
                return as_items(ctx.value(items.strip()))
            if isinstance(items, str) and is_templated(items):
                return as_items(ctx.render(items))
            return literal_items(items)
        except ValueError as error:
            raise NodeError("bad_items", f"{items}: {error}") from error


def brief_fields(items: str) -> list[str]:
    """Keys of the brief's fields that the items are made of; empty where they need more."""
    try:
        paths = references(items) if is_templated(items) else [parse_path(items)]
    except (TemplateError, ValueError):
        return []
    if any(path.segments[0] != "brief" or len(path.segments) < 2 for path in paths):
        return []
    return [str(path.segments[1]) for path in paths]


def is_path(text: str) -> bool:
    """Whether items are a variable: one line that reads as a path from a known root."""
    text = text.strip()
    if text.split(".")[0] not in _ROOTS or "." not in text or "\n" in text or " " in text:
        return False
    try:
        parse_path(text)
    except (TemplateError, MissingVariable, ValueError):
        return False
    return True


def literal_items(items: Items) -> list[Any] | None:
    """Items written into the config; None for none or for a variable. Raises ``ValueError``."""
    if items in (None, "", []) or (isinstance(items, str) and is_path(items)):
        return None
    if is_templated(items):
        return None
    return as_items(items)


def as_items(value: Any) -> list[Any]:
    """A list; a number counts from 1; text is a JSON list, a number, or one item a line.

    Nothing is no items. Raises ``ValueError`` for anything else.
    """
    if value is None:
        return []
    if isinstance(value, str):
        text = value.strip()
        if text.startswith("["):
            value = _json_list(text)
        elif text.isdecimal():
            value = int(text[:6])
        else:
            return [line.strip() for line in text.splitlines() if line.strip()]
    if isinstance(value, bool) or not isinstance(value, (list, int)):
        raise ValueError("The items must be a list, lines of text or a number.")
    if isinstance(value, int):
        if not 0 <= value <= 1_000_000:
            raise ValueError("The number of items must be between 0 and 50.")
        return list(range(1, min(value, MAX_ITEMS + 1) + 1))
    return value


def _json_list(text: str) -> Any:
    try:
        return storable(json.loads(text, parse_constant=_refuse, parse_float=_finite))
    except (ValueError, RecursionError) as error:
        raise ValueError("The items are not a well-formed JSON list.") from error


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _finite(number: str) -> float:
    if not math.isfinite(float(number)):
        _refuse(number)
    return float(number)


def _too_many(found: int) -> str:
    more = "more than 50" if found == MAX_ITEMS + 1 else str(found)
    return f"A Parallel step takes at most {MAX_ITEMS} items; this is {more}."
