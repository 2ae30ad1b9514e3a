"""Files out of a multipart body."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from documents.uploads import UploadsRejected
from workspaces.api.errors import Unprocessable, refused

FIELD = "files"
BODY: dict[str, Any] = {
    "multipart/form-data": {
        "type": "object",
        "required": [FIELD],
        "properties": {
            FIELD: {"type": "array", "minItems": 1, "items": {"type": "string", "format": "binary"}}
        },
    }
}


def uploaded(request: Request) -> list[Any]:
    """The files of the field ``files``. Raises 422 without one, or with another field."""
    others = {*request.data, *request.FILES} - {FIELD, "csrfmiddlewaretoken"}
    if others:
        name = sorted(others)[0]
        raise refused(name[:100], f"Send files in the field {FIELD} alone.", "unknown_field")
    files = request.FILES.getlist(FIELD)
    if not files:
        raise refused(FIELD, f"Send one file or more in the field {FIELD}.", "required")
    return list(files)


def rejected(error: UploadsRejected) -> Unprocessable:
    """The 422 that names every file that may not come in."""
    return Unprocessable(
        [
            {"code": fault.code, "detail": fault.message, "attr": f"{FIELD}.{place}"}
            for place, fault in error.faults.items()
        ]
    )
