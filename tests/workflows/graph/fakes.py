"""A few node types with real rules, and graphs drawn in ASCII."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from workflows.graph.model import Edge, Graph, Issue, Node, NodeSpec, Reference


def _names(config: Mapping[str, Any], field: str) -> list[str]:
    found = config.get(field)
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []


@dataclass(frozen=True)
class FakeSpec:
    type: str
    outputs: frozenset[str] | None = frozenset({"text", "variants"})
    is_container: bool = False
    is_root: bool = False
    is_sink: bool = False

    def handles_out(self, config: Mapping[str, Any]) -> tuple[str, ...]:
        if self.type == "route":
            return (*_names(config, "branches"), "else")
        return ("approved", "rejected") if self.type == "review" else ("out",)

    def check_config(self, config: Mapping[str, Any]) -> Iterable[Issue]:
        quantity = config.get("quantity", 1)
        if not isinstance(quantity, int) or not 1 <= quantity <= 20:
            yield Issue("bad_config", "quantity must be from 1 to 20.", field="quantity")

    def references(self, config: Mapping[str, Any]) -> Iterable[Reference]:
        for field, kind in (("prompt", "template"), ("left", "variable"), ("revise", "node")):
            if isinstance(config.get(field), str):
                extra = frozenset({"n"}) if field == "left" else frozenset()
                yield Reference(field, kind, config[field], extra)

    def output_names(self, config: Mapping[str, Any]) -> frozenset[str] | None:
        return frozenset(_names(config, "fields")) if self.is_root else self.outputs

    def child_roots(self, config: Mapping[str, Any]) -> frozenset[str]:
        if not self.is_container or not config.get("items"):
            return frozenset()
        return frozenset({"item", "index", str(config.get("item_name", "item"))})


class FakeCatalog:
    specs = {
        spec.type: spec
        for spec in (
            FakeSpec("brief", is_root=True),
            FakeSpec("copy"),
            FakeSpec("route", outputs=frozenset({"branch"})),
            FakeSpec("review", is_sink=True),
            FakeSpec("attach", outputs=None, is_sink=True),
            FakeSpec("par", outputs=frozenset({"items"}), is_container=True),
        )
    }

    def get(self, type: str) -> NodeSpec | None:
        return self.specs.get(type)


CATALOG = FakeCatalog()
BRIEF = {"fields": ["topic", "tone"]}


def draw(picture: str, **configs: dict[str, Any]) -> Graph:
    """The graph of lines such as ``brief -> route:yes -> copy_2`` and ``par[copy_3 copy_4]``.

    A step's type is its key without digits; a colon names the handle that the edge leaves by.
    """
    parents = {
        child: container
        for container, inner in re.findall(r"(\w+)\[([^\]]*)\]", picture)
        for child in inner.split()
    }
    lines = [
        [word.strip() for word in line.split("->")]
        for line in re.sub(r"\[([^\]]*)\]", r"", picture).splitlines()
        if line.strip()
    ]
    words = [word for line in lines for word in line]
    keys = dict.fromkeys([*(word.split(":")[0] for word in words), *parents])
    configs.setdefault("brief", BRIEF)
    return Graph(
        nodes=tuple(
            Node(
                key=key,
                type=re.sub(r"_?\d+$", "", key),
                config=configs.get(key, {}),
                parent=parents.get(key),
            )
            for key in keys
        ),
        edges=tuple(_edge(source, target) for line in lines for source, target in pairwise(line)),
    )


def _edge(source: str, target: str) -> Edge:
    key, _, handle = source.partition(":")
    return Edge(key, target.split(":")[0], handle or "out")
