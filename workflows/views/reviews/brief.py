"""The brief of a run, answer by answer, as people read it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from documents.images import file_url
from workflows.graph.model import Graph


@dataclass(frozen=True, slots=True)
class Answered:
    """One question of the brief with its answer."""

    label: str
    text: str
    image_url: str = ""


def answers(inputs: Mapping[str, Any], graph: Graph) -> list[Answered]:
    """The questions that were answered, in the brief's order."""
    node = next((node for node in graph.nodes if node.type == "brief"), None)
    fields = node.config.get("fields", ()) if node else ()
    found = []
    for field in fields:
        value = inputs.get(field["key"])
        if value in (None, "", []):
            continue
        label = field.get("label") or field["key"].replace("_", " ").capitalize()
        if isinstance(value, Mapping):
            found.append(Answered(label, str(value.get("alt_text") or ""), file_url(value["id"])))
        else:
            text = "\n".join(map(str, value)) if isinstance(value, list) else str(value)
            found.append(Answered(label, text))
    return found
