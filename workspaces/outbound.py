"""The one guarded HTTP client: every call that the app makes to another host goes through it.

https only at public addresses; a name is resolved once and the checked address is the one
that is called; no redirects; no proxies or settings from the environment; an answer has a
largest size, packed and unpacked, and a last moment that no trickle of bytes moves.
"""

from __future__ import annotations

import functools
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager

import httpcore2
import httpx2
from django.conf import settings

from workspaces.outbound_rules import (
    AnswerTooLarge,
    OutboundError,
    OutboundRefused,
    check_url,
    normal_host,
)
from workspaces.outbound_sockets import GuardedBackend, Limit

__all__ = [
    "AnswerTooLarge",
    "OutboundError",
    "OutboundFailed",
    "OutboundRefused",
    "check_outbound_url",
    "check_url",
    "fetch_bytes",
    "guarded_client",
    "is_private_host",
    "post_bytes",
]

CONNECT_SECONDS = 10.0
READ_SECONDS = 120.0
MOST_OF_ANSWER = 1_000_000
ENOUGH_OF_ANSWER = 2_000
"""Bytes of an answer that nobody needs as a whole."""


class OutboundFailed(OutboundError):
    """The host was called and gave no answer; ``timed_out`` says whether it was too slow."""

    def __init__(self, message: str, *, timed_out: bool = False) -> None:
        super().__init__(message)
        self.timed_out = timed_out


def guarded_client(
    *,
    timeout_total: float,
    max_bytes: int,
    private_hosts: Collection[str] | None = None,
    allowed_hosts: Collection[str] | None = None,
    cancelled: threading.Event | None = None,
) -> httpx2.Client:
    """A client for one piece of work, also as the ``http_client`` of the ``openai`` SDK.

    ``timeout_total`` in seconds counts from now and bounds everything that the client does;
    setting ``cancelled`` ends a call within half a second. ``max_bytes`` bounds each answer.
    ``private_hosts`` defaults to ``PROVIDER_PRIVATE_HOSTS``, ``allowed_hosts`` to
    ``PROVIDER_HOSTS``. Calls raise ``OutboundRefused`` (``AnswerTooLarge``) and httpx2's
    transport errors.
    """
    private = settings.PROVIDER_PRIVATE_HOSTS if private_hosts is None else private_hosts
    allowed = settings.PROVIDER_HOSTS if allowed_hosts is None else allowed_hosts
    limit = Limit(time.monotonic() + timeout_total, cancelled or threading.Event())
    return httpx2.Client(
        transport=_GuardedTransport(limit, max_bytes, private, allowed),
        timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS),
        follow_redirects=False,
        trust_env=False,
    )


def fetch_bytes(
    url: str,
    *,
    max_bytes: int,
    seconds: float,
    private_hosts: Collection[str] | None = None,
    cancelled: threading.Event | None = None,
) -> tuple[bytes, str]:
    """The body of a file and its content type, asked for without any key.

    Raises ``OutboundRefused`` (also for a redirect) and ``OutboundFailed``.
    """
    with (
        guarded_client(
            timeout_total=seconds,
            max_bytes=max_bytes,
            private_hosts=private_hosts,
            cancelled=cancelled,
        ) as client,
        _in_words("The file did not arrive in time.", "The file's host"),
    ):
        response = client.get(url)
    if response.is_redirect:
        raise OutboundRefused("The file's host redirects elsewhere, which is not followed.")
    if response.status_code != httpx2.codes.OK:
        raise OutboundFailed(f"The file's host answered with status {response.status_code}.")
    return response.content, response.headers.get("content-type", "")


def post_bytes(
    url: str,
    body: bytes,
    *,
    headers: Mapping[str, str],
    seconds: float,
    private_hosts: Collection[str],
    allowed_hosts: Collection[str],
) -> tuple[int, bytes]:
    """Send a body; the status of the answer and how it begins.

    Raises ``OutboundRefused`` and ``OutboundFailed``; an answer of any status is an answer.
    """
    with (
        guarded_client(
            timeout_total=seconds,
            max_bytes=MOST_OF_ANSWER,
            private_hosts=private_hosts,
            allowed_hosts=allowed_hosts,
        ) as client,
        _in_words("There was no answer in time.", "The host"),
        client.stream("POST", url, content=body, headers=dict(headers)) as response,
    ):
        return response.status_code, next(response.iter_bytes(ENOUGH_OF_ANSWER), b"")


@contextmanager
def _in_words(late: str, host: str) -> Iterator[None]:
    """What goes wrong in a call, as the errors of this module."""
    try:
        yield
    except httpx2.InvalidURL as error:
        raise OutboundRefused("The address is not a valid URL.") from error
    except httpx2.TimeoutException as error:
        raise OutboundFailed(late, timed_out=True) from error
    except httpx2.TransportError as error:
        raise OutboundFailed(f"{host} could not be reached.") from error
    except httpx2.DecodingError as error:
        raise OutboundFailed(f"{host} sent a damaged answer.") from error


def check_outbound_url(url: str) -> str:
    """The host of a URL that the settings let the app call. Raises ``OutboundRefused``."""
    return check_url(
        url,
        private_hosts=settings.PROVIDER_PRIVATE_HOSTS,
        allowed_hosts=settings.PROVIDER_HOSTS,
    )


def is_private_host(host: str) -> bool:
    """Whether the operator lists this host as one that may be on a private network."""
    return normal_host(host) in {normal_host(name) for name in settings.PROVIDER_PRIVATE_HOSTS}


class _GuardedTransport(httpx2.HTTPTransport):
    """Checks the URL of each request, and measures each answer as it arrives."""

    def __init__(
        self,
        limit: Limit,
        max_bytes: int,
        private_hosts: Collection[str],
        allowed_hosts: Collection[str],
    ) -> None:
        self._max_bytes = max_bytes
        self._private_hosts = private_hosts
        self._allowed_hosts = allowed_hosts
        # Instead of HTTPTransport's own pool, which takes no network backend.
        self._pool = httpcore2.ConnectionPool(
            ssl_context=_tls(), network_backend=GuardedBackend(limit, private_hosts)
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        host = check_url(
            str(request.url),
            private_hosts=self._private_hosts,
            allowed_hosts=self._allowed_hosts,
        )
        if host != normal_host(request.url.host):
            raise OutboundRefused("The address can be read in two ways.")
        answer = super().handle_request(request)
        packed = httpx2.Response(
            answer.status_code,
            headers=answer.headers,
            stream=_Measured(answer.iter_raw, answer.close, self._max_bytes),
            request=request,
        )
        headers = httpx2.Headers(answer.headers)
        for name in ("content-encoding", "content-length"):
            headers.pop(name, None)
        return httpx2.Response(
            answer.status_code,
            headers=headers,
            stream=_Measured(packed.iter_bytes, packed.close, self._max_bytes),
            extensions=answer.extensions,
        )


class _Measured(httpx2.SyncByteStream):
    """A stream that stops with ``AnswerTooLarge`` at its limit."""

    def __init__(
        self, chunks: Callable[[], Iterable[bytes]], close: Callable[[], None], limit: int
    ) -> None:
        self._chunks = chunks
        self._close = close
        self._limit = limit

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self._chunks():
            size += len(chunk)
            if size > self._limit:
                raise AnswerTooLarge(f"The answer is larger than {_size(self._limit)}.")
            yield chunk

    def close(self) -> None:
        self._close()


def _size(count: int) -> str:
    return f"{count / 1_000_000:g} MB" if count >= 1_000_000 else f"{count} bytes"


@functools.cache
def _tls() -> ssl.SSLContext:
    """The machine's own certificates, whatever ``SSL_CERT_FILE`` says; loaded once."""
    return httpx2.create_ssl_context(trust_env=False)
