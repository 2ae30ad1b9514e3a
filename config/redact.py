"""Keeps out of the logs links that let in whoever has them."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

_LINK = re.compile(r"(/invitations/|/accounts/password/reset/key/)[^\s'\"?]+")


def hide_links(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> Any:
    """A processor of structlog: such links lose their secret part, whichever line names them."""
    for key in ("event", "request"):
        value = event.get(key)
        if isinstance(value, str) and "/" in value:
            event[key] = _LINK.sub(r"\1…", value)
    return event
