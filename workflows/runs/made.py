"""What a step gave, in full and in order. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from workflows.graph.model import Node
from workflows.models import AgentJob
from workflows.runs.outputs import named_fields


@dataclass(frozen=True, slots=True)
class Made:
    """One result in full."""

    name: str
    text: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    image: Mapping[str, Any] | None = None


def made_of(node: Node, output: Mapping[str, Any]) -> list[Made]:
    """Variants, images and text of a finished output."""
    found = [_one(node, entry, number) for number, entry in enumerate(output.get("variants") or [])]
    found += [_one(node, entry, number) for number, entry in enumerate(output.get("images") or [])]
    if not found and isinstance(output.get("text"), str) and output["text"]:
        found = [Made(node.label or node.key, text=output["text"])]
    return found


def made_by(node: Node, jobs: Iterable[AgentJob]) -> list[Made]:
    """What agents of the present round have finished, while the step has no output of its own."""
    return [_one(node, job.output, job.index) for job in jobs if job.output]


def _one(node: Node, entry: Any, number: int) -> Made:
    if not isinstance(entry, Mapping):
        return Made(f"Variant {number + 1}", text=str(entry))
    if "url" in entry:
        return Made(f"Image {number + 1}", image=entry)
    return Made(
        f"Variant {number + 1}",
        text=str(entry.get("text") or ""),
        fields=named_fields(node, entry.get("fields")),
    )


def values_of(found: Mapping[str, Any], hidden: frozenset[str]) -> list[tuple[str, str]]:
    """Short values as (name, text); what is empty is left out."""
    return [
        (name.replace("_", " ").capitalize(), _text(value))
        for name, value in found.items()
        if name not in hidden and value not in (None, "", [], {})
    ]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list) and all(isinstance(one, (str, int, float)) for one in value):
        return "\n".join(map(str, value))
    if isinstance(value, list) and all(isinstance(one, dict) for one in value):
        return "\n".join(_line(one) for one in value)
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, indent=2)
    return str(value)


def _line(entry: Mapping[str, Any]) -> str:
    """The values of one entry side by side: ``title, Title, 90``."""
    shown = (value for value in entry.values() if value not in (None, "", [], {}))
    return ", ".join(
        json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else str(value)
        for value in shown
    )
