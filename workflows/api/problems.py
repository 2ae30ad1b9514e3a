"""What verbs refuse, as answers of the API."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rest_framework import status
from rest_framework.exceptions import APIException, NotFound, PermissionDenied

from workflows.executions.launch import LaunchRefused
from workflows.executions.moves import NoSuchStep, NotNow
from workflows.graph.model import Issue
from workflows.graph.parse import GraphParseError
from workflows.interchange import ImportRefused
from workflows.nodes.base import NodeError
from workflows.templates import NotEditable
from workspaces.api.errors import Conflict, ErrorItem, Unprocessable

_SERVICE = frozenset({"rate_limit", "quota", "auth", "bad_answer", "unavailable"})
_LATE = frozenset({"timeout", "cancelled"})


class ServiceFailed(APIException):
    """502: the model service gave no usable answer; 504: none in time."""

    def __init__(self, error: NodeError) -> None:
        super().__init__(_sentence(error), error.code)
        late = error.code in _LATE
        self.status_code = status.HTTP_504_GATEWAY_TIMEOUT if late else status.HTTP_502_BAD_GATEWAY


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what verbs raise into answers: 422 with every issue, or 403."""
    try:
        yield
    except GraphParseError as error:
        raise unprocessable(error.errors) from error
    except ImportRefused as error:
        raise unprocessable(error.errors) from error
    except LaunchRefused as error:
        raise unprocessable(error.issues) from error
    except NotEditable as error:
        raise PermissionDenied(str(error)) from error


@contextmanager
def illegal_moves() -> Iterator[None]:
    """Turn what the verbs that control a run refuse into 409 with ``current``, or 404."""
    try:
        yield
    except NotNow as error:
        current = {"status": error.status}
        if error.node_status is not None:
            current["node_status"] = error.node_status
        raise Conflict(str(error), current, "not_now") from error
    except NoSuchStep as error:
        raise NotFound(str(error) or None) from error


def unprocessable(issues: Sequence[Issue], *, prefix: str = "") -> Unprocessable:
    """A 422 that names every issue, in ``errors`` and as validation tells them in ``issues``."""
    errors: list[ErrorItem] = [
        {"code": one.code, "detail": one.message, "attr": _attr(one, prefix)} for one in issues
    ]
    return Unprocessable(errors, issues=[one.as_json() for one in issues])


def of_node(error: NodeError) -> APIException:
    """Why a step or its provider failed: 422 where the caller can change it, else 502 or 504."""
    if error.code in _SERVICE | _LATE:
        return ServiceFailed(error)
    attr = {"bad_config": "config", "undefined_variable": "context", "missing_variable": "context"}
    item: ErrorItem = {
        "code": error.code,
        "detail": _sentence(error),
        "attr": attr.get(error.code),
    }
    return Unprocessable([item])


def _sentence(error: NodeError) -> str:
    return f"{error.message} {error.hint}".strip()


def _attr(issue: Issue, prefix: str) -> str | None:
    """``inputs.<key>`` and paths of the body as they are; a step's field below its step."""
    parts = [prefix, f"nodes.{issue.node}" if issue.node and not _is_path(issue) else ""]
    parts.append(issue.field or "")
    return ".".join(part for part in parts if part) or None


def _is_path(issue: Issue) -> bool:
    return (issue.field or "").startswith(("nodes.", "edges.", "inputs."))
