"""The catalogue of node types, as the builder and the API show it."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any

from workflows.nodes import registry
from workflows.nodes.base import NodeType


def describe_types() -> list[dict[str, Any]]:
    """Every node type with its JSON Schema and what a new step of it starts with."""
    return [_describe(kind) for kind in registry.all_types()]


@lru_cache(maxsize=1)
def catalogue_hash() -> str:
    """What differs when any type does; the types are fixed while a process lives."""
    text = json.dumps(describe_types(), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _describe(kind: NodeType[Any]) -> dict[str, Any]:
    bare = kind.config_model.model_construct().model_dump(mode="json")
    return {
        "type": kind.type,
        "label": kind.label,
        "category": kind.category,
        "color": kind.color,
        "icon": kind.icon,
        "handles": list(kind.handles_out(bare)),
        "handles_from": kind.handles_from,
        "outputs": sorted(kind.output_names(bare) or ()),
        "outputs_from": kind.outputs_from,
        "is_root": kind.is_root,
        "is_container": kind.is_container,
        "schema": kind.config_model.model_json_schema(),
        "defaults": kind.new_config(),
        "help": kind.help,
    }
