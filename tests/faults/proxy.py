"""A way to a server that can be cut, slowed down or made to lie."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from typing import Self

Watch = Callable[[bytes], bool]


class Proxy:
    """Forwards bytes between loopback and a server; use as a context manager.

    ``up``: False closes every connection at once. ``delay``: seconds before each chunk of a
    request goes on. ``answer``: sent instead of asking the server. ``cut_after``: bytes of each
    answer after which the connection is broken off. ``lose``: called with what a client has sent;
    once it says True the request is passed on, and the connection breaks before its answer.
    """

    def __init__(self, host: str | tuple[str, int]) -> None:
        self.host = host
        self.up = True
        self.delay = 0.0
        self.answer = b""
        self.cut_after: int | None = None
        self.lose: Watch | None = None
        self.lost = 0
        self.requests = 0
        self._door = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._door.getsockname()[1]
        self._open: set[socket.socket] = set()

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._door.close()
        self.cut()

    def cut(self) -> None:
        """Break every connection that is open now."""
        for one in list(self._open):
            _close(one)

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._pair, args=(client,), daemon=True).start()

    def _pair(self, client: socket.socket) -> None:
        if not self.up:
            _close(client)
            return
        kind = socket.AF_UNIX if isinstance(self.host, str) else socket.AF_INET
        server = socket.socket(kind, socket.SOCK_STREAM)
        try:
            server.connect(self.host)
        except OSError:
            _close(client)
            return
        self._open |= {client, server}
        lost = threading.Event()
        back = threading.Thread(target=self._back, args=(server, client, lost), daemon=True)
        back.start()
        self._forth(client, server, lost)
        _close(client)
        _close(server)
        self._open -= {client, server}

    def _forth(self, client: socket.socket, server: socket.socket, lost: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65_536):
                self.requests += 1
                time.sleep(self.delay)
                if not self.up:
                    return
                if self.answer:
                    client.sendall(self.answer)
                    return
                if self.lose is not None and self.lose(data):
                    self.lose = None
                    lost.set()
                server.sendall(data)

    def _back(self, server: socket.socket, client: socket.socket, lost: threading.Event) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while data := server.recv(65_536):
                if lost.is_set():
                    self.lost += 1
                    break
                if self.cut_after is not None:
                    data = data[: max(0, self.cut_after - passed)]
                passed += len(data)
                client.sendall(data)
                if self.cut_after is not None and passed >= self.cut_after:
                    break
        _close(client)


def _close(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
