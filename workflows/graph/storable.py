"""What PostgreSQL cannot keep in text or JSON: a NUL, and half of a surrogate pair."""

from __future__ import annotations

import re
from typing import Any

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Whether a text can be stored as it is."""
    return _UNSTORABLE.search(text) is None


def storable(value: Any) -> Any:
    """A JSON value without what cannot be stored: a model's answer may hold anything."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, list):
        return [storable(one) for one in value]
    if isinstance(value, dict):
        return {storable(key): storable(one) for key, one in value.items()}
    return value
