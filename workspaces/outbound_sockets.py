"""Sockets that only reach checked addresses and never outlive their time.

A name is resolved once, every address it has is checked, and the connection goes to the
checked address itself, so a second answer of the name server changes nothing. TLS still
names and verifies the host, because only the socket is pinned.
"""

from __future__ import annotations

import errno
import ipaddress
import queue
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpcore2

from workspaces.outbound_rules import OutboundRefused, check_address, normal_host

SLICE_SECONDS = 0.25
"""How long a socket waits before it looks at the clock and at a cancellation again."""
_TARGETS_TRIED = 4
_CONNECTED = frozenset({errno.EISCONN})
_UNDER_WAY = frozenset({errno.EALREADY, errno.EINPROGRESS})
_T = TypeVar("_T")
_Target = tuple[socket.AddressFamily, Any]


@dataclass(frozen=True, slots=True)
class Limit:
    """Until when sockets may work: a moment on the monotonic clock, or a cancellation."""

    ends: float
    cancelled: threading.Event

    def slice(self, until: float) -> float:
        """Seconds to wait now. Raises ``TimeoutError`` when the time is over."""
        if self.cancelled.is_set():
            raise TimeoutError("cancelled")
        left = min(self.ends, until) - time.monotonic()
        if left <= 0:
            raise TimeoutError("out of time")
        return min(left, SLICE_SECONDS)

    def run(self, timeout: float | None, step: Callable[[float], _T]) -> _T:
        """Repeat ``step(seconds)`` while it times out and time is left."""
        until = self.ends if timeout is None else time.monotonic() + timeout
        while True:
            seconds = self.slice(until)
            try:
                return step(seconds)
            except TimeoutError:
                continue


class GuardedBackend(httpcore2.NetworkBackend):
    """Connects to checked addresses alone."""

    def __init__(self, limit: Limit, private_hosts: Collection[str]) -> None:
        self._limit = limit
        self._private_hosts = frozenset(normal_host(host) for host in private_hosts)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """A connection to the first checked address that answers.

        Raises ``OutboundRefused`` and httpcore2's connect errors.
        """
        targets = self._targets(host, port, timeout)[:_TARGETS_TRIED]
        share = None if timeout is None else timeout / len(targets)
        failure = OSError()
        for target in targets:
            try:
                return GuardedStream(self._connect(target, share), self._limit)
            except OSError as error:
                failure = error
        if isinstance(failure, TimeoutError):
            raise httpcore2.ConnectTimeout("timed out") from failure
        raise httpcore2.ConnectError("connection failed") from failure

    def _targets(self, host: str, port: int, timeout: float | None) -> list[_Target]:
        private = normal_host(host) in self._private_hosts
        try:
            found = _resolve(host, port, self._limit, timeout)
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout("timed out") from error
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError("the host has no address") from error
        if not found:
            raise httpcore2.ConnectError("the host has no address")
        for _, address in found:
            check_address(ipaddress.ip_address(address[0].partition("%")[0]), private=private)
            if len(address) == 4 and address[3]:
                raise OutboundRefused("The host is at an address of this machine's own network.")
        return found

    def _connect(self, target: _Target, timeout: float | None) -> socket.socket:
        family, address = target
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._limit.run(timeout, lambda seconds: _connect_step(connection, address, seconds))
        except BaseException:
            connection.close()
            raise
        return connection


class GuardedStream(httpcore2.NetworkStream):
    """A socket whose every wait is cut into slices, so that it ends when its limit says so."""

    def __init__(self, connection: socket.socket, limit: Limit) -> None:
        self._socket = connection
        self._limit = limit

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """At most ``max_bytes``. Raises httpcore2's read errors."""
        try:
            return self._limit.run(timeout, lambda seconds: self._timed(seconds).recv(max_bytes))
        except TimeoutError as error:
            raise httpcore2.ReadTimeout("timed out") from error
        except OSError as error:
            raise httpcore2.ReadError("connection lost") from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of ``buffer``. Raises httpcore2's write errors."""
        view = memoryview(buffer)
        try:
            while view:
                rest = view
                sent = self._limit.run(timeout, lambda seconds: self._timed(seconds).send(rest))  # noqa: B023
                view = view[sent:]
        except TimeoutError as error:
            raise httpcore2.WriteTimeout("timed out") from error
        except OSError as error:
            raise httpcore2.WriteError("connection lost") from error

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        """The same connection under TLS. Raises httpcore2's connect errors."""
        try:
            self._socket.settimeout(SLICE_SECONDS)
            secure = ssl_context.wrap_socket(
                self._socket, server_hostname=server_hostname, do_handshake_on_connect=False
            )
            self._socket = secure
            self._limit.run(timeout, lambda seconds: _handshake_step(secure, seconds))
        except TimeoutError as error:
            self.close()
            raise httpcore2.ConnectTimeout("timed out") from error
        except (OSError, ValueError) as error:
            self.close()
            raise httpcore2.ConnectError("the secure connection failed") from error
        return self

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def get_extra_info(self, info: str) -> Any:
        """What httpcore2 asks of a stream: the TLS object, the socket, whether it has data."""
        if info == "ssl_object" and isinstance(self._socket, ssl.SSLSocket):
            return self._socket
        if info == "socket":
            return self._socket
        if info == "is_readable":
            return _is_readable(self._socket)
        return None

    def _timed(self, seconds: float) -> socket.socket:
        self._socket.settimeout(seconds)
        return self._socket


def _resolve(host: str, port: int, limit: Limit, timeout: float | None) -> list[_Target]:
    """The addresses of a host. In a thread of its own: a name server's silence cannot be cut."""
    answers: queue.SimpleQueue[list[_Target] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put([(row[0], row[4]) for row in rows])
        except Exception as error:  # noqa: BLE001  (handed to the caller's thread)
            answers.put(error)

    threading.Thread(target=ask, name="resolve", daemon=True).start()

    def wait(seconds: float) -> list[_Target] | Exception:
        try:
            return answers.get(timeout=seconds)
        except queue.Empty as error:
            raise TimeoutError from error

    answer = limit.run(timeout, wait)
    if isinstance(answer, Exception):
        raise answer
    return answer


def _connect_step(connection: socket.socket, address: Any, seconds: float) -> None:
    connection.settimeout(seconds)
    try:
        connection.connect(address)
    except OSError as error:
        # A further connect() on the same socket says whether the first is under way or done.
        if error.errno in _UNDER_WAY:
            time.sleep(min(seconds, 0.02))
            raise TimeoutError from error
        if error.errno not in _CONNECTED:
            raise


def _handshake_step(secure: ssl.SSLSocket, seconds: float) -> None:
    secure.settimeout(seconds)
    secure.do_handshake()


def _is_readable(connection: socket.socket) -> bool:
    if connection.fileno() < 0:
        return True
    poller = select.poll()
    poller.register(connection, select.POLLIN)
    return bool(poller.poll(0))
