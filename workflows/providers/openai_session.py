"""One piece of work at an OpenAI-compatible service: its calls, each on the ledger.

The SDK builds and sends the requests over the guarded client; it never retries. What comes
back is read here, not by the SDK, which trusts any JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2
import openai

from workflows.providers import openai_errors
from workflows.providers.base import CallLog, Deadline, ErrorCode, ProviderError, Usage
from workspaces.outbound import CONNECT_SECONDS, READ_SECONDS, OutboundError, guarded_client

_T = TypeVar("_T")
Payload = Mapping[str, Any]
_HEADERS = frozenset(
    ("host", "accept", "accept-encoding", "connection", "content-type", "content-length")
)
_FAILURES = (openai.OpenAIError, OutboundError, httpx2.HTTPError, httpx2.InvalidURL, ValueError)


class Session:
    """Calls to one service until a deadline. Use as a context manager."""

    def __init__(self, *, base_url: str, api_key: str, deadline: Deadline, max_bytes: int) -> None:
        deadline.check()
        self._api_key = api_key
        self._deadline = deadline
        self.answered: list[Usage] = []
        """Tokens of each call that was answered, usable or not."""
        self._http = guarded_client(
            timeout_total=deadline.remaining(), max_bytes=max_bytes, cancelled=deadline.cancelled
        )
        self._http.event_hooks = {"request": [self._trim_headers]}
        self._sdk = openai.OpenAI(
            api_key=api_key or "none",
            base_url=base_url,
            max_retries=0,
            http_client=self._http,
            timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        caught: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def call(
        self,
        log: CallLog,
        mode: str,
        path: str,
        body: Mapping[str, Any],
        judge: Callable[[Payload], _T],
    ) -> _T:
        """Post ``body`` and return what ``judge`` makes of the answer.

        The call is on the ledger before it is sent, and closed with its tokens even when
        ``judge`` refuses the answer. Raises ``ProviderError``.
        """
        self._deadline.check()
        number, usage = log.open(mode), None
        try:
            payload = self.get_payload(
                lambda: self._sdk.post(path, cast_to=httpx2.Response, body=dict(body))
            )
            usage = usage_of(payload)
            self.answered.append(usage)
            result = judge(payload)
        except ProviderError as error:
            log.close(number, usage=usage, error=error.message)
            raise
        log.close(number, usage=usage)
        return result

    def models(self) -> Payload:
        """What the service says of its models. Raises ``ProviderError``."""
        return self.get_payload(lambda: self._sdk.get("/models", cast_to=httpx2.Response))

    def get_payload(self, send: Callable[[], httpx2.Response]) -> Payload:
        """The JSON object that a request brings. Raises ``ProviderError``."""
        response = self._sent(send)
        try:
            payload = json.loads(response.content)
        except (ValueError, RecursionError) as caught:
            raise _not_json(response) from caught
        if not isinstance(payload, dict):
            raise _not_json(response)
        _check_error(payload, response)
        return payload

    def _sent(self, send: Callable[[], httpx2.Response]) -> httpx2.Response:
        try:
            return send()
        except _FAILURES as caught:
            failure = self._reading(caught)
        # Raised outside the handler: a chained traceback would show the request and its key.
        raise failure

    def total(self) -> Usage:
        """Tokens of all answered calls; None where one of them did not say."""

        def add(counts: list[int | None]) -> int | None:
            known = [count for count in counts if count is not None]
            return sum(known) if known and len(known) == len(counts) else None

        return Usage(
            add([usage.prompt_tokens for usage in self.answered]),
            add([usage.completion_tokens for usage in self.answered]),
        )

    def _reading(self, caught: Exception) -> ProviderError:
        if self._deadline.cancelled.is_set():
            return ProviderError(ErrorCode.CANCELLED, "The call was cancelled.")
        return openai_errors.from_exception(caught)

    def _trim_headers(self, request: httpx2.Request) -> None:
        """Send only what a call needs: the SDK adds headers from variables of its own."""
        for name in list(request.headers):
            if name.lower() not in _HEADERS:
                del request.headers[name]
        request.headers["user-agent"] = "Copyloom"
        if self._api_key:
            request.headers["authorization"] = f"Bearer {self._api_key}"


def usage_of(payload: Payload) -> Usage:
    """The tokens that an answer names, by the chat's or the images' field names."""
    usage = payload.get("usage")
    if not isinstance(usage, dict):
        return Usage()

    def count(*names: str) -> int | None:
        found = (usage.get(name) for name in names)
        return next((n for n in found if isinstance(n, int) and 0 <= n < 2**31), None)

    return Usage(
        count("prompt_tokens", "input_tokens"), count("completion_tokens", "output_tokens")
    )


def _check_error(payload: Payload, response: httpx2.Response) -> None:
    """Some services send their errors with status 200."""
    wrong = payload.get("error")
    if not wrong:
        return
    code = wrong.get("code") if isinstance(wrong, dict) else None
    status = code if isinstance(code, int) and 400 <= code < 600 else 502
    raise openai_errors.from_status(status, response.headers, payload)


def _not_json(response: httpx2.Response) -> ProviderError:
    if not response.content.strip():
        what, hint = "an empty answer", ""
    elif response.content.lstrip()[:1] == b"<":
        what = "a web page instead of an answer"
        hint = "Check the provider's address: that of its API, which often ends in /v1."
    else:
        what, hint = "an answer that is not valid JSON", ""
    return openai_errors.error(ErrorCode.BAD_ANSWER, f"The model service sent {what}.", hint=hint)
