"""What a failed call means: status codes, bodies and exceptions as ``ProviderError``.

Messages quote the service's own reason only where it helps, cleaned of keys and addresses.
"""

from __future__ import annotations

import email.utils
import json
import re
import time
from collections.abc import Iterator, Mapping

import httpx2
import openai

from workflows.providers.base import ErrorCode, ProviderError
from workspaces.outbound import AnswerTooLarge, OutboundError, OutboundFailed, OutboundRefused

REASON_LENGTH = 240
_QUOTA = ("insufficient_quota", "billing", "credit balance", "quota exceeded", "out of credits")
_POLICY = (
    "content_policy",
    "content policy",
    "content_filter",
    "content management policy",
    "responsibleai",
    "moderation",
    "safety system",
)
_TOO_LONG = ("context_length", "context length", "context window", "exceed_context_size")
_SECRETS = re.compile(
    r"(?i)\b(?:https?|wss?)://\S+|bearer\s+\S+|\b(?:sk|pk|key|token)[-_][\w*.-]{6,}"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b|\b[A-Za-z0-9_+/-]{40,}"
)
_HINTS = {
    ErrorCode.RATE_LIMIT: "Wait a little, then retry the step, or run fewer agents at once.",
    ErrorCode.QUOTA: "Add credit or raise the limit in the service's billing page, then retry.",
    ErrorCode.AUTH: "Check the provider's key and what it may use, then retry the step.",
    ErrorCode.CONTENT_POLICY: "Change the brief or the prompt, then retry the step.",
    ErrorCode.TIMEOUT: "Retry the step, or ask for fewer or shorter variants.",
    ErrorCode.BAD_ANSWER: "Retry the step, or choose another model.",
    ErrorCode.BAD_REQUEST: "Check the step's model and settings, then retry.",
    ErrorCode.UNAVAILABLE: "Check that the service is up and reachable, then retry the step.",
}
_TEXTS = {
    ErrorCode.RATE_LIMIT: "The model service asks to slow down (rate limit).",
    ErrorCode.QUOTA: "The account at the model service has no credit or quota left.",
    ErrorCode.CONTENT_POLICY: "The model service refused the text for its content rules.",
    ErrorCode.TIMEOUT: "The model service did not answer in time.",
}

_ADDRESS_HINT = (
    "An administrator can correct the provider's address, or list its host in "
    "PROVIDER_PRIVATE_HOSTS or PROVIDER_HOSTS."
)
_MEANINGS: tuple[tuple[tuple[type[BaseException], ...], ErrorCode, str], ...] = (
    (
        (openai.APITimeoutError, httpx2.TimeoutException, TimeoutError),
        ErrorCode.TIMEOUT,
        _TEXTS[ErrorCode.TIMEOUT],
    ),
    (
        (httpx2.DecodingError,),
        ErrorCode.BAD_ANSWER,
        "The model service sent a damaged answer.",
    ),
    (
        (UnicodeEncodeError, httpx2.LocalProtocolError),
        ErrorCode.AUTH,
        "The provider's key holds characters that no key has.",
    ),
    (
        (httpx2.InvalidURL, httpx2.UnsupportedProtocol),
        ErrorCode.BAD_REQUEST,
        "The provider's address is not a valid URL.",
    ),
    (
        (httpx2.RemoteProtocolError, httpx2.ReadError),
        ErrorCode.UNAVAILABLE,
        "The model service broke off its answer.",
    ),
)


class StatusError(ProviderError):
    """A refusal with its status and everything that its body says, in lower case."""

    def __init__(self, known: ProviderError, status: int, said: str) -> None:
        super().__init__(known.code, known.message, hint=known.hint, retry_after=known.retry_after)
        self.status = status
        self.said = said


def error(
    code: ErrorCode, message: str, *, hint: str = "", retry_after: float | None = None
) -> ProviderError:
    """A ``ProviderError`` with the hint that fits its code unless another is given."""
    return ProviderError(code, message, hint=hint or _HINTS[code], retry_after=retry_after)


def from_exception(caught: Exception) -> ProviderError:
    """What an exception of the SDK or of the guarded client means."""
    if isinstance(caught, openai.APIStatusError):
        known = from_status(caught.status_code, caught.response.headers, caught.body)
        return StatusError(known, caught.status_code, _searchable(caught.body))
    chain = list(_causes(caught))
    for cause in chain:
        if isinstance(cause, AnswerTooLarge):
            return error(ErrorCode.BAD_ANSWER, f"The model service's answer is unusable. {cause}")
        if isinstance(cause, OutboundRefused):
            return error(
                ErrorCode.BAD_REQUEST,
                f"The model service must not be called. {cause}",
                hint=_ADDRESS_HINT,
            )
    for kinds, code, message in _MEANINGS:
        if any(isinstance(cause, kinds) for cause in chain):
            return error(code, message)
    return error(ErrorCode.UNAVAILABLE, "The model service could not be reached.")


def from_download(caught: OutboundError) -> ProviderError:
    """What a failed download of a picture means."""
    if isinstance(caught, OutboundFailed):
        code = ErrorCode.TIMEOUT if caught.timed_out else ErrorCode.UNAVAILABLE
        return error(code, f"The picture could not be fetched. {caught}")
    return error(
        ErrorCode.BAD_ANSWER,
        f"The picture is at an address that must not be fetched. {caught}"
        if not isinstance(caught, AnswerTooLarge)
        else f"The picture is too large. {caught}",
        hint="An administrator can make the service send pictures inside its answers.",
    )


def from_status(status: int, headers: Mapping[str, str], body: object) -> ProviderError:
    """What a status and a body mean; also for errors that come with status 200."""
    reason, lowered = reason_of(body), _searchable(body)
    code = _code_of(status, lowered)
    if code is ErrorCode.RATE_LIMIT:
        return error(code, _TEXTS[code], retry_after=retry_after(headers))
    if code in _TEXTS:
        return error(code, _TEXTS[code])
    if code is ErrorCode.AUTH:
        what = "does not accept the key" if status == 401 else "does not allow this with the key"
        return error(code, f"The model service {what} (status {status}).")
    if code is ErrorCode.UNAVAILABLE:
        return error(
            code,
            f"The model service is not available (status {status}).",
            retry_after=retry_after(headers),
        )
    return _bad_request(status, reason, lowered)


def reason_of(body: object) -> str:
    """The service's own words on one line, without keys, addresses or markup; may be empty."""
    content = body
    if isinstance(content, Mapping):
        content = content.get("error", content)
    if isinstance(content, Mapping):
        content = content.get("message") or content.get("detail") or content.get("error") or ""
    if not isinstance(content, str) or "<" in content[:40]:
        return ""
    line = _SECRETS.sub("…", " ".join(content.split()))
    return line if len(line) <= REASON_LENGTH else line[: REASON_LENGTH - 1].rstrip() + "…"


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the service asks to wait: ``retry-after-ms``, else ``Retry-After``.

    The latter is a number of seconds or an HTTP date (RFC 9110, 10.2.3).
    """
    fields = {name.lower(): value for name, value in headers.items()}
    try:
        if "retry-after-ms" in fields:
            return max(0.0, float(fields["retry-after-ms"]) / 1000)
        return max(0.0, float(fields["retry-after"]))
    except KeyError:
        return None
    except ValueError:
        pass
    try:
        moment = email.utils.parsedate_to_datetime(fields["retry-after"])
    except (KeyError, ValueError):
        return None
    return max(0.0, moment.timestamp() - time.time())


def _code_of(status: int, lowered: str) -> ErrorCode:  # noqa: PLR0911 - one line a code
    if status not in (401, 404) and any(word in lowered for word in _POLICY):
        return ErrorCode.CONTENT_POLICY
    if status == 402 or (status in (400, 403, 429) and any(word in lowered for word in _QUOTA)):
        return ErrorCode.QUOTA
    if status == 429:
        return ErrorCode.RATE_LIMIT
    if status in (401, 403):
        return ErrorCode.AUTH
    if status in (408, 504):
        return ErrorCode.TIMEOUT
    if status in (409, 425) or status >= 500:
        return ErrorCode.UNAVAILABLE
    return ErrorCode.BAD_REQUEST


def _bad_request(status: int, reason: str, lowered: str) -> ProviderError:
    tail = f" It says: {reason}" if reason else ""
    if 300 <= status < 400:
        return error(
            ErrorCode.BAD_REQUEST,
            "The model service sends calls on to another address, where the key must not go.",
            hint="Set the provider's address to the one that it sends calls on to.",
        )
    if any(word in lowered for word in _TOO_LONG):
        return error(
            ErrorCode.BAD_REQUEST,
            f"The prompt is too long for the model.{tail}",
            hint="Shorten the prompt or what it includes, or choose a model with more room.",
        )
    if status == 404:
        return error(
            ErrorCode.BAD_REQUEST,
            f"The model service does not know the model or the address.{tail}",
            hint="Check the step's model and the provider's address, then retry.",
        )
    return error(
        ErrorCode.BAD_REQUEST, f"The model service refused the call (status {status}).{tail}"
    )


def _searchable(body: object) -> str:
    try:
        return (body if isinstance(body, str) else json.dumps(body, default=str)).lower()[:20_000]
    except (TypeError, ValueError):
        return ""


def _causes(caught: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = caught
    while current is not None:
        yield current
        current = current.__cause__
