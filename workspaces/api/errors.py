"""Why a call is refused, beyond what REST framework knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from rest_framework import status
from rest_framework.exceptions import APIException


class ErrorItem(TypedDict):
    """One thing that is wrong: ``attr`` is the path of the field or header, None for the whole."""

    code: str
    detail: str
    attr: str | None


class Unprocessable(APIException):
    """422: the call is understood and refused; every error at once.

    ``issues`` are those of a graph, as validation lists them.
    """

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "invalid"

    def __init__(
        self, errors: Sequence[ErrorItem], *, issues: Sequence[Mapping[str, Any]] | None = None
    ) -> None:
        super().__init__("; ".join(error["detail"] for error in errors))
        self.errors = list(errors)
        self.issues = issues


def refused(attr: str | None, detail: str, code: str = "invalid") -> Unprocessable:
    """A 422 with one error."""
    return Unprocessable([{"code": code, "detail": detail, "attr": attr}])


class Conflict(APIException):
    """409: not as things stand; ``current`` tells the client how they stand."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"

    def __init__(
        self, detail: str, current: Mapping[str, Any] | None = None, code: str | None = None
    ) -> None:
        super().__init__(detail, code)
        self.current = current


class PreconditionFailed(APIException):
    """412: somebody else has changed what ``If-Match`` names."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "precondition_failed"
    default_detail = "This has changed since you read it. Load it again and repeat your change."


class TooLarge(APIException):
    """413: more than one call may carry."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
