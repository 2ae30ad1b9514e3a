"""What a node asks the engine to do when it ends. Plain values; ``executions/`` applies them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class SaveDocument:
    """Create or update a document and attach images to it."""

    document_id: int | None
    title: str
    body: str
    images: tuple[tuple[int, str], ...]
    """(image id, alt text) in order."""
    mode: Literal["append", "replace"]
    primary: int | Literal["first", "none"]


@dataclass(frozen=True, slots=True)
class AskReview:
    """Put items before people and wait."""

    instructions: str
    items: tuple[Mapping[str, Any], ...]
    """``{id, kind, node_key, index, text | image}`` each."""
    assignees: tuple[str, ...]
    role: str
    due_in_hours: float | None
    rules: Mapping[str, Any]
    """``{pick_copy, pick_images, on_timeout, max_rounds, revise}``."""


@dataclass(frozen=True, slots=True)
class OpenLanes:
    """Let the steps inside a container run: once, or once per item."""

    items: tuple[Any, ...] | None
    """None when the container has no items."""
    item_name: str
    max_parallel: int
    on_item_error: Literal["fail", "continue"]


Effect = SaveDocument | AskReview | OpenLanes
