"""A scripted OpenAI-compatible server for tests: real HTTP, on a free loopback port.

In a test, by the fixture ``scripted_openai`` (``with ScriptedOpenAI() as server:`` is the same)::

    def test_something(scripted_openai: ScriptedOpenAI) -> None:
        server = scripted_openai
        server.latency = 0.2
        provider = OpenAICompatibleProvider("test", server.base_url)
        server.next(status(429, {"error": {"message": "slow"}}, headers={"Retry-After": "2"}))
        server.when(lambda call: "bad" in call.prompt, hang(), times=None)
        ...
        assert [call.path for call in server.calls] == ["/v1/chat/completions"]

Behaviour
- ``latency``: seconds before each answer, or a function of the ``Call``. Any number of calls
  at once; every connection has a thread.
- ``next(*replies)`` queues replies for the following calls, whatever they are, in order.
  ``when(predicate, reply, times=1)`` answers the calls for which the predicate holds
  (``times=None``: always). Rules are tried before the queue, in the order they were added.
  ``path="/chat/completions"`` limits either to one endpoint.
- Replies are made by ``status``, ``answer``, ``cut``, ``empty``, ``refusal``, ``filtered``,
  ``hang``, ``trickle``, ``garbage``, ``html``, ``huge``, ``disconnect``, ``raw``.
- Without a script: ``/models`` lists ``models``; chat answers text that quotes the first words
  of the last prompt, differs by ``seed`` and is at least 200 characters long; with a
  ``json_schema`` it obeys the schema, and with ``json_object`` or a prompt that says
  ``Return JSON`` it fills every key that the prompt quotes at the start of a line, within
  ``at most N characters``. Images are real PNGs of the asked size, as ``image_mode`` says:
  ``"b64"`` inside the answer, ``"url"`` under ``/files/…`` of this server.
- ``refuse={"response_format", "seed"}``: fields (or ``"json_schema"`` / ``"json_object"``)
  that are answered with 400, as servers that lack them do.
- ``calls``: every call in the order of arrival. ``started`` and ``finished`` are
  ``time.monotonic()``; ``finished`` is None while it is in flight. ``in_flight_peak``.

As a process, for tests that kill and restart what calls it::

    python -m tests.scripted_openai --port 9000 --log calls.jsonl --latency 0.5

writes a line to the log at each start (``"event": "started"``) and end of a call
(``"finished"``), with ``number``, ``path``, ``model``, ``prompt`` and ``at`` (``time.time()``).
It prints ``listening on <base_url>`` when it is up; port 0 picks a free one.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import re
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from PIL import Image

Latency = float | Callable[["Call"], float]


@dataclass
class Call:
    """A call that arrived."""

    number: int
    method: str
    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]
    started: float
    finished: float | None = None
    status: int | None = None
    client: int = 0
    """The port that it came from, which tells the process."""

    @property
    def messages(self) -> list[dict[str, Any]]:
        return self.body.get("messages", [])

    @property
    def prompt(self) -> str:
        """The last thing said by the user, or the image's prompt."""
        said = [m["content"] for m in self.messages if m["role"] == "user"]
        return said[-1] if said else str(self.body.get("prompt", ""))

    @property
    def system(self) -> str:
        return next((m["content"] for m in self.messages if m["role"] == "system"), "")


@dataclass(frozen=True)
class Reply:
    """How one call is answered."""

    status: int = 200
    body: bytes | str | dict[str, Any] | None = None
    """None: the ordinary answer, changed by ``chat``."""
    headers: Mapping[str, str] = field(default_factory=dict)
    chat: Mapping[str, Any] = field(default_factory=dict)
    """Replaces parts of the ordinary chat choice: ``content``, ``finish_reason``, ``refusal``."""
    hang: float = 0.0
    """Seconds of silence before the answer."""
    trickle: float = 0.0
    """Seconds between two bytes of the answer."""
    disconnect: bool = False


def status(code: int, body: Any = None, *, headers: Mapping[str, str] | None = None) -> Reply:
    """An error status; without a body, one as OpenAI writes it."""
    default = {"error": {"message": f"scripted {code}", "type": "error", "code": None}}
    return Reply(status=code, body=default if body is None else body, headers=headers or {})


def answer(content: str, **chat: Any) -> Reply:
    """This text, or other parts of the choice."""
    return Reply(chat={"content": content, **chat})


def cut() -> Reply:
    """An answer that ended at its token limit."""
    return Reply(chat={"content": "This sentence stops in the", "finish_reason": "length"})


def empty() -> Reply:
    """An answer of nothing but blanks."""
    return Reply(chat={"content": "  \n "})


def refusal() -> Reply:
    """A refusal by the model."""
    return Reply(chat={"content": None, "refusal": "I cannot help with that."})


def filtered() -> Reply:
    """An answer stopped by the content filter."""
    return Reply(chat={"content": "", "finish_reason": "content_filter"})


def hang(seconds: float = 60.0) -> Reply:
    """Silence; it ends early when the server stops."""
    return Reply(hang=seconds)


def trickle(seconds: float = 0.1) -> Reply:
    """The ordinary answer, a byte at a time."""
    return Reply(trickle=seconds)


def garbage() -> Reply:
    """Half a JSON document."""
    return raw(b'{"choices": [{"mess')


def html() -> Reply:
    """A web page with status 200."""
    return raw("<!doctype html><title>Welcome</title>", content_type="text/html")


def huge(megabytes: int = 50) -> Reply:
    """A very large answer."""
    return raw(b'{"choices": "' + b"x" * (megabytes * 1_000_000) + b'"}')


def disconnect() -> Reply:
    """The connection is closed without an answer."""
    return Reply(disconnect=True)


def raw(body: bytes | str, *, content_type: str = "application/json", code: int = 200) -> Reply:
    """Exactly this body."""
    return Reply(status=code, body=body, headers={"Content-Type": content_type})


@dataclass
class _Rule:
    matches: Callable[[Call], bool]
    reply: Reply
    left: int | None


class ScriptedOpenAI:
    """The server; see the module. Use as a context manager, or ``start`` and ``stop``."""

    def __init__(
        self,
        *,
        port: int = 0,
        latency: Latency = 0.0,
        models: tuple[str, ...] = ("test-model", "test-image-model"),
        image_mode: str = "b64",
        refuse: set[str] | None = None,
        log: Path | None = None,
    ) -> None:
        self.latency = latency
        self.models = models
        self.image_mode = image_mode
        self.refuse = refuse or set()
        self.calls: list[Call] = []
        self.files: dict[str, bytes] = {}
        self.in_flight = 0
        self.in_flight_peak = 0
        self._rules: list[_Rule] = []
        self._queue: deque[tuple[str, Reply]] = deque()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._log = log
        self._http = _Server(("127.0.0.1", port), _Handler)
        self._http.scripted = self
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    @property
    def base_url(self) -> str:
        return f"{self.root_url}/v1"

    @property
    def root_url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._stopped.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def next(self, *replies: Reply, path: str = "") -> None:
        """Answer the following calls like this."""
        with self._lock:
            self._queue.extend((path, reply) for reply in replies)

    def when(
        self,
        predicate: Callable[[Call], bool],
        reply: Reply,
        *,
        times: int | None = 1,
        path: str = "",
    ) -> None:
        """Answer the calls for which ``predicate`` holds like this."""
        with self._lock:
            self._rules.append(_Rule(lambda c: path in c.path and predicate(c), reply, times))

    def forget(self) -> None:
        """Drop every rule and queued reply: from now on all is answered well."""
        with self._lock:
            self._rules.clear()
            self._queue.clear()

    def calls_to(self, path: str) -> list[Call]:
        """The calls whose path contains ``path``."""
        with self._lock:
            return [call for call in self.calls if path in call.path]

    def _arrived(
        self, method: str, path: str, headers: Mapping[str, str], body: Any, client: int
    ) -> Call:
        with self._lock:
            call = Call(
                len(self.calls), method, path, headers, body, time.monotonic(), client=client
            )
            self.calls.append(call)
            self.in_flight += 1
            self.in_flight_peak = max(self.in_flight_peak, self.in_flight)
        self._note("started", call)
        return call

    def _ended(self, call: Call) -> None:
        with self._lock:
            call.finished = time.monotonic()
            self.in_flight -= 1
        self._note("finished", call)

    def _note(self, event: str, call: Call) -> None:
        if self._log is None:
            return
        line = {
            "event": event,
            "number": call.number,
            "path": call.path,
            "model": call.body.get("model", ""),
            "prompt": call.prompt,
            "at": time.time(),
        }
        with self._lock, self._log.open("a") as file:
            file.write(json.dumps(line) + "\n")

    def _reply_for(self, call: Call) -> Reply:
        with self._lock:
            for rule in self._rules:
                if rule.left != 0 and rule.matches(call):
                    rule.left = None if rule.left is None else rule.left - 1
                    return rule.reply
            if self._queue and self._queue[0][0] in call.path:
                return self._queue.popleft()[1]
        return Reply()

    def _wait(self, call: Call, reply: Reply) -> None:
        latency = self.latency(call) if callable(self.latency) else self.latency
        self._stopped.wait(latency + reply.hang)

    def _ordinary(self, call: Call, reply: Reply) -> tuple[int, Any]:
        refused = self._refused(call)
        if refused:
            message = f"Unsupported parameter: '{refused}' is not supported with this model."
            return 400, {"error": {"message": message, "param": refused}}
        if call.path.endswith("/models"):
            return 200, {"data": [{"id": name, "object": "model"} for name in self.models]}
        if call.path.endswith("/chat/completions"):
            return 200, self._chat(call, reply)
        if call.path.endswith("/images/generations"):
            return 200, self._image(call)
        return 404, {"error": {"message": f"no such path {call.path}"}}

    def _refused(self, call: Call) -> str:
        kind = (call.body.get("response_format") or {}) if call.messages else {}
        if kind and kind.get("type") in self.refuse:
            return f"response_format.{kind['type']}"
        return next((name for name in sorted(self.refuse) if name in call.body), "")

    def _chat(self, call: Call, reply: Reply) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": content_for(call)}
        message |= {k: v for k, v in reply.chat.items() if k != "finish_reason"}
        return {
            "id": f"chatcmpl-{call.number}",
            "object": "chat.completion",
            "model": call.body.get("model"),
            "choices": [
                {
                    "index": 0,
                    "message": message,
                    "finish_reason": reply.chat.get("finish_reason", "stop"),
                }
            ],
            "usage": {
                "prompt_tokens": 10 + len(call.prompt) // 4,
                "completion_tokens": 5 + len(message["content"] or "") // 4,
            },
        }

    def _image(self, call: Call) -> dict[str, Any]:
        width, _, height = str(call.body.get("size", "64x64")).partition("x")
        data = png(int(width), int(height), seed=call.prompt)
        if self.image_mode == "b64":
            return {"created": 1, "data": [{"b64_json": base64.b64encode(data).decode()}]}
        name = f"/files/{call.number}.png"
        self.files[name] = data
        return {"created": 1, "data": [{"url": f"{self.root_url}{name}"}]}


def content_for(call: Call) -> str:
    """The ordinary text of a chat answer."""
    kind = call.body.get("response_format") or {}
    if kind.get("type") == "json_schema":
        keys = kind["json_schema"]["schema"]["properties"]
        return json.dumps({key: _field(key, call) for key in keys})
    if kind.get("type") == "json_object" or "Return JSON" in call.prompt:
        return json.dumps({key: _field(key, call) for key in _asked(call.prompt)})
    return _prose(call)


def png(width: int, height: int, *, seed: str = "") -> bytes:
    """A real picture, in a colour made of the seed."""
    digest = hashlib.sha256(seed.encode()).digest()
    file = io.BytesIO()
    Image.new("RGB", (width, height), (digest[0], digest[1], digest[2])).save(file, "PNG")
    return file.getvalue()


def _asked(prompt: str) -> list[str]:
    return re.findall(r'^"(\w+)"', prompt, re.MULTILINE)


def _prose(call: Call) -> str:
    quoted = " ".join(call.prompt.split()[:40])
    variant = f"Variant {call.body.get('seed', 0)}."
    closing = "It is written by a scripted server, in full sentences, so that it can be checked."
    text = f"{variant} You asked: {quoted} {closing}"
    while len(text) < 200:
        text += f" {closing}"
    return text


def _field(key: str, call: Call) -> str:
    limit = re.search(rf'^"{key}".*at most (\d+) characters', call.prompt, re.MULTILINE)
    quoted = " ".join(call.prompt.partition("Return JSON")[0].split()[:8])
    text = f"{key} {call.body.get('seed', 0)} for {quoted}"
    return text[: int(limit.group(1))].rstrip() if limit else text


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    scripted: ScriptedOpenAI

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that leave early are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: ``calls`` is the log."""

    def _handle(self) -> None:
        scripted = self.server.scripted
        length = int(self.headers.get("content-length") or 0)
        packed = self.rfile.read(length)
        body = json.loads(packed) if packed else {}
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = scripted._arrived(self.command, self.path, headers, body, self.client_address[1])
        try:
            self._answer(scripted, call)
        finally:
            scripted._ended(call)

    def _answer(self, scripted: ScriptedOpenAI, call: Call) -> None:
        reply = scripted._reply_for(call)
        scripted._wait(call, reply)
        if reply.disconnect:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if reply.body is not None:
            code, content = reply.status, reply.body
        elif call.path in scripted.files:
            code, content = 200, scripted.files[call.path]
        else:
            code, content = scripted._ordinary(call, reply)
        call.status = code
        headers = {
            "Content-Type": "image/png" if call.path in scripted.files else "application/json"
        }
        self._send(code, content, {**headers, **reply.headers}, reply.trickle)

    def _send(self, code: int, content: Any, headers: Mapping[str, str], trickle: float) -> None:
        if isinstance(content, dict | list):
            content = json.dumps(content)
        data = content.encode() if isinstance(content, str) else content
        self.send_response(code)
        for name, value in {**headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        if not trickle:
            self.wfile.write(data)
            return
        for position in range(len(data)):
            self.wfile.write(data[position : position + 1])
            self.wfile.flush()
            if self.server.scripted._stopped.wait(trickle):
                return


def main() -> None:
    """Run as a process until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--image-mode", choices=["b64", "url"], default="b64")
    options = parser.parse_args()
    server = ScriptedOpenAI(
        port=options.port,
        log=options.log,
        latency=options.latency,
        image_mode=options.image_mode,
    )
    server.start()
    print(f"listening on {server.base_url}", flush=True)  # noqa: T201
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        server.stop()


if __name__ == "__main__":
    main()
