"""Every error of the API as ``application/problem+json`` (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    BadRequest,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import HttpResponse
from django.http.multipartparser import MultiPartParserError
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.settings import api_settings

from config.errors import DATABASE_AWAY, RETRY_AFTER
from workspaces.api.errors import ErrorItem, TooLarge, Unprocessable

MEDIA_TYPE = "application/problem+json"
_TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
_WHOLE = api_settings.NON_FIELD_ERRORS_KEY


class Unavailable(APIException):
    """503: the database is away or has no room; the same call may succeed in a moment."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_code = "unavailable"
    default_detail = "The database does not answer just now. Try again in a moment."
    wait = RETRY_AFTER
    """Seconds, for ``Retry-After``."""


class ProblemHandler(ExceptionHandler):
    """Answers every exception of a view; what nobody foresaw is logged and becomes a bare 500."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        """Faults of a body that Django finds are the client's, not ours."""
        if isinstance(exc, DATABASE_AWAY):
            return Unavailable()
        if isinstance(exc, _TOO_LARGE):
            return TooLarge("The body is larger than the server takes, or has too many parts.")
        if isinstance(exc, MultiPartParserError | BadRequest | SuspiciousOperation):
            return ParseError("The body cannot be read.")
        if isinstance(exc, ParseError | ValidationError):
            exc.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return super().convert_known_exceptions(exc)

    def report_exception(self, exc: APIException, response: HttpResponse) -> None:
        """A model service's fault is told to the client; it is no fault of ours to look into."""
        if exc.status_code not in (HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT):
            super().report_exception(exc, response)  # type: ignore[arg-type]  # it takes any too

    def get_response(  # type: ignore[override]  # REST framework takes any response
        self, exc: APIException, data: dict[str, Any]
    ) -> HttpResponse:
        """The problem, whatever the view itself answers with."""
        return HttpResponse(
            JSONRenderer().render(data),
            status=exc.status_code,
            content_type=MEDIA_TYPE,
            headers=self.get_headers(exc),
        )


class ProblemFormatter(ExceptionFormatter):
    """``{type, title, status, detail, errors}``, with ``current`` and ``issues`` where given."""

    def run(self) -> dict[str, Any]:
        """The problem's members."""
        errors = self._errors()
        found = {
            "type": "about:blank",
            "title": HTTPStatus(self.exc.status_code).phrase,
            "status": int(self.exc.status_code),
            "detail": _summary(errors),
            "errors": errors,
        }
        for extra in ("current", "issues"):
            value = getattr(self.exc, extra, None)
            if value is not None:
                found[extra] = value
        return found

    def _errors(self) -> list[ErrorItem]:
        if isinstance(self.exc, Unprocessable):
            return self.exc.errors
        return [
            {"code": error.code, "detail": error.detail, "attr": _attr(error.attr)}
            for error in self.get_errors()
        ]


def _attr(path: str | None) -> str | None:
    """The path of the field; errors of a whole object are told by the object's own path."""
    if path is None or path == _WHOLE:
        return None
    return path.removesuffix(f".{_WHOLE}")


def _summary(errors: list[ErrorItem]) -> str:
    if len(errors) > 1:
        return f"{len(errors)} things are wrong; `errors` names each."
    error = errors[0]
    return f"{error['attr']}: {error['detail']}" if error["attr"] else error["detail"]
