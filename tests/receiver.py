"""A program that takes webhooks over real HTTP and checks their signatures with the library."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from standardwebhooks import Webhook


@dataclass(frozen=True, slots=True)
class Received:
    """One call, as it came in."""

    body: bytes
    headers: dict[str, str]

    def verified(self, secret: str) -> dict[str, Any]:
        """What it says. Raises the library's error for a signature that is not right."""
        found: dict[str, Any] = Webhook(secret).verify(self.body, self.headers)
        return found


class Receiver(ThreadingHTTPServer):
    """Answers each call with ``status``, after ``delay`` seconds."""

    daemon_threads = True

    def __init__(self, status: int = 200, delay: float = 0) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.delay = status, delay
        self.answer = b"thanks"
        self.headers_sent: dict[str, str] = {}
        self.calls: list[Received] = []
        self.at_once = self.most_at_once = 0
        self.lock = threading.Lock()

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *args: Any) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that give up early are part of the tests."""

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}/hook"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        server = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with server.lock:
            server.calls.append(Received(body, dict(self.headers.items())))
            server.at_once += 1
            server.most_at_once = max(server.most_at_once, server.at_once)
        time.sleep(server.delay)
        with server.lock:
            server.at_once -= 1
        self.send_response(server.status)
        for name, value in server.headers_sent.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(server.answer)))
        self.end_headers()
        self.wfile.write(server.answer)

    def log_message(self, *args: Any) -> None:
        """Quiet."""
