"""The shape of errors in OpenAPI, and which call may answer with which."""

from __future__ import annotations

from typing import Any

_ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["code", "detail", "attr"],
    "properties": {
        "code": {"type": "string", "description": "For programs."},
        "detail": {"type": "string", "description": "For people."},
        "attr": {
            "type": ["string", "null"],
            "description": "The path of the field or header; null for the whole call.",
        },
    },
}
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "An error (RFC 9457).",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/ProblemError"}},
        "current": {
            "type": "object",
            "additionalProperties": True,
            "description": "How things stand, where that is why a call is refused (409).",
        },
        "issues": {
            "type": "array",
            "items": {"type": "object", "additionalProperties": True},
            "description": "What is wrong with a graph (422).",
        },
    },
}
RESPONSES = {
    "401": ("NotSignedIn", "No token, or none that is good."),
    "403": ("NotAllowed", "The role, or the token's scopes, do not allow this."),
    "404": ("NotFound", "There is no such thing in the workspace."),
    "406": ("NotAcceptable", "The answer comes in no format that `Accept` names."),
    "409": ("Conflict", "Not as things stand; `current` says how they stand."),
    "412": ("PreconditionFailed", "Changed by somebody else since it was read."),
    "413": ("TooLarge", "The body is larger than a call may be."),
    "415": ("UnsupportedMediaType", "The body comes in a format that is not read here."),
    "422": ("Unprocessable", "Something is wrong with what was sent; every error at once."),
    "429": ("TooManyCalls", "More calls than a person may make; `Retry-After` says when."),
}
OF_ALL = ("401", "403", "404", "406", "422", "429")
OF_UNSAFE = tuple(RESPONSES)


def components() -> dict[str, Any]:
    """What every description of an error refers to."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    responses = {
        name: {"description": description, "content": content}
        for name, description in RESPONSES.values()
    }
    return {"schemas": {"Problem": _PROBLEM, "ProblemError": _ERROR}, "responses": responses}
