"""Puts one picture in the place of another, wherever it stands in a JSON value. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Picture = Mapping[str, Any]


def is_image(value: Any, image_id: int) -> bool:
    """Whether a value is this picture, as steps put pictures out."""
    return isinstance(value, dict) and value.get("id") == image_id and "width" in value


def holds_image(value: Any, image_id: int) -> bool:
    """Whether the picture stands anywhere in the value."""
    if is_image(value, image_id):
        return True
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(holds_image(one, image_id) for one in inner)


def swapped(value: Any, image_id: int, fresh: Picture) -> Any:
    """A copy of the value with the fresh picture; what else the place said of it stays."""
    if is_image(value, image_id):
        return {**value, **fresh}
    if isinstance(value, dict):
        return {key: swapped(one, image_id, fresh) for key, one in value.items()}
    if isinstance(value, list):
        return [swapped(one, image_id, fresh) for one in value]
    return value
