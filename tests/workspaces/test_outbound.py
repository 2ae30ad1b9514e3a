"""The one guarded client: where it may go, and when and how large an answer may be."""

from __future__ import annotations

import datetime
import gzip
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.workspaces.url_spellings import ALLOWED_SHAPES, PRIVATE_ADDRESSES, REFUSED_URLS
from workspaces import outbound, outbound_rules
from workspaces.outbound import (
    AnswerTooLarge,
    OutboundFailed,
    OutboundRefused,
    fetch_bytes,
    guarded_client,
)


class Site(ThreadingHTTPServer):
    """A small web server whose paths are functions."""

    daemon_threads = True

    def __init__(self, paths: dict[str, Callable[[BaseHTTPRequestHandler], None]]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.paths = paths
        self.seen: list[tuple[str, dict[str, str]]] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that leave early are part of the tests."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Site

    def do_GET(self) -> None:
        self.server.seen.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        self.server.paths[self.path](self)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


def _send(body: bytes, *, status: int = 200, **headers: str) -> Callable[[Any], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def _trickle(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.05)


def _silence(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(3)


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site(
        {
            "/file": _send(b"hello", Content_Type="text/plain"),
            "/missing": _send(b"", status=404),
            "/large": _send(b"x" * 200_000),
            "/bomb": _send(gzip.compress(b"\0" * 50_000_000), Content_Encoding="gzip"),
            "/packed": _send(gzip.compress(b"hello" * 10), Content_Encoding="gzip"),
            "/damaged": _send(b"not gzip", Content_Encoding="gzip"),
            "/trickle": _trickle,
            "/silence": _silence,
        }
    )
    server.paths["/redirect"] = _send(b"", status=302, Location=f"{server.url}/file")
    server.paths["/inward"] = _send(b"", status=307, Location="http://169.254.169.254/latest")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Make the name server answer with these addresses; the n-th look-up gets the n-th answer."""
    asked: list[str] = []

    def use(*lookups: list[str]) -> list[str]:
        def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
            asked.append(host)
            found = lookups[min(len(asked), len(lookups)) - 1]
            return [_row(address, port) for address in found]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        return asked

    return use


def _row(address: str, port: int) -> Any:
    if ":" in address:
        return (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0))
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: Any) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", connect)


def test_there_are_at_least_150_refused_spellings() -> None:
    assert len(set(REFUSED_URLS)) >= 150


@pytest.mark.parametrize("url", REFUSED_URLS)
@pytest.mark.usefixtures("no_sockets")
def test_this_spelling_of_a_closed_address_is_refused(url: str) -> None:
    with pytest.raises(OutboundRefused):
        fetch_bytes(url, max_bytes=1000, seconds=5, private_hosts=())


@pytest.mark.parametrize("url", ALLOWED_SHAPES)
def test_an_ordinary_public_address_is_allowed(url: str) -> None:
    assert outbound_rules.check_url(url, private_hosts=(), allowed_hosts=())


@pytest.mark.parametrize("address", PRIVATE_ADDRESSES)
@pytest.mark.usefixtures("no_sockets")
def test_a_public_name_at_a_private_address_is_refused(
    address: str, answers: Callable[..., list[str]]
) -> None:
    answers([address])
    with pytest.raises(OutboundRefused):
        fetch_bytes("https://pictures.example.com/a.png", max_bytes=1000, seconds=5)


@pytest.mark.usefixtures("no_sockets")
def test_one_private_address_among_public_ones_refuses_the_host(
    answers: Callable[..., list[str]],
) -> None:
    answers(["93.184.215.14", "10.0.0.1"])
    with pytest.raises(OutboundRefused):
        fetch_bytes("https://pictures.example.com/", max_bytes=1000, seconds=5)


def test_a_name_is_asked_once_and_the_checked_address_is_the_one_that_is_called(
    answers: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answers(["93.184.215.14"], ["127.0.0.1"])
    called: list[Any] = []

    def connect(_: socket.socket, address: Any) -> None:
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(OutboundFailed):
        fetch_bytes("https://rebinding.example.com/", max_bytes=1000, seconds=5)
    assert asked == ["rebinding.example.com"]
    assert called == [("93.184.215.14", 443)]


@pytest.mark.usefixtures("no_sockets")
@pytest.mark.parametrize("address", ["169.254.169.254", "168.63.129.16", "0.0.0.0", "224.0.0.1"])
def test_a_listed_private_host_still_reaches_no_metadata_service(
    address: str, answers: Callable[..., list[str]]
) -> None:
    answers([address])
    with pytest.raises(OutboundRefused):
        fetch_bytes("http://ollama:11434/", max_bytes=1000, seconds=5, private_hosts=["ollama"])


def test_a_listed_private_host_is_called_over_http(site: Site) -> None:
    assert fetch_bytes(f"{site.url}/file", max_bytes=1000, seconds=5) == (b"hello", "text/plain")


@pytest.mark.usefixtures("no_sockets")
def test_private_hosts_come_from_the_settings(settings: Any) -> None:
    settings.PROVIDER_PRIVATE_HOSTS = []
    with pytest.raises(OutboundRefused, match="https"):
        fetch_bytes("http://127.0.0.1:9/", max_bytes=1000, seconds=5)


@pytest.mark.usefixtures("no_sockets")
def test_a_public_host_outside_the_allow_list_is_refused(settings: Any) -> None:
    settings.PROVIDER_HOSTS = ["api.openai.com", ".blob.example.com"]
    for url in (
        "https://evil.example.net/",
        "https://xapi.openai.com/",
        "https://blob.example.com",
    ):
        with pytest.raises(OutboundRefused, match="list of allowed hosts"):
            fetch_bytes(url, max_bytes=1000, seconds=5)
    assert outbound.check_outbound_url("https://api.openai.com/v1") == "api.openai.com"
    assert outbound.check_outbound_url("https://one.blob.example.com/x") == "one.blob.example.com"


@pytest.mark.parametrize("path", ["/redirect", "/inward"])
def test_a_redirect_is_not_followed(site: Site, path: str) -> None:
    with pytest.raises(OutboundRefused, match="redirects"):
        fetch_bytes(site.url + path, max_bytes=1000, seconds=5)
    assert [seen for seen, _ in site.seen] == [path]


def test_a_client_hands_a_redirect_back_and_sends_the_key_nowhere_else(site: Site) -> None:
    with guarded_client(timeout_total=5, max_bytes=1000) as client:
        response = client.get(f"{site.url}/inward", headers={"Authorization": "Bearer canary"})
    assert response.status_code == 307
    assert len(site.seen) == 1


def test_an_answer_over_the_size_is_cut(site: Site) -> None:
    with pytest.raises(AnswerTooLarge):
        fetch_bytes(f"{site.url}/large", max_bytes=100_000, seconds=5)


def test_a_small_answer_that_unpacks_to_a_large_one_is_cut(site: Site) -> None:
    with pytest.raises(AnswerTooLarge):
        fetch_bytes(f"{site.url}/bomb", max_bytes=1_000_000, seconds=5)


def test_a_packed_answer_is_unpacked(site: Site) -> None:
    assert fetch_bytes(f"{site.url}/packed", max_bytes=1000, seconds=5)[0] == b"hello" * 10


def test_a_damaged_packed_answer_is_a_failure(site: Site) -> None:
    with pytest.raises(OutboundFailed, match="damaged"):
        fetch_bytes(f"{site.url}/damaged", max_bytes=1000, seconds=5)


@pytest.mark.parametrize("path", ["/trickle", "/silence"])
def test_neither_a_trickle_nor_silence_outlives_the_deadline(site: Site, path: str) -> None:
    """Guard: the limit of ``outbound_sockets.Limit``; each byte alone is in time."""
    began = time.monotonic()
    with pytest.raises(OutboundFailed) as failed:
        fetch_bytes(site.url + path, max_bytes=10_000, seconds=0.6)
    assert failed.value.timed_out
    assert 0.5 < time.monotonic() - began < 1.2


def test_a_cancelled_call_ends_within_a_second(site: Site) -> None:
    cancelled = threading.Event()
    threading.Timer(0.2, cancelled.set).start()
    began = time.monotonic()
    with pytest.raises(OutboundFailed):
        fetch_bytes(f"{site.url}/silence", max_bytes=100, seconds=60, cancelled=cancelled)
    assert time.monotonic() - began < 1.2


def test_a_silent_name_server_does_not_outlive_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(2))
    began = time.monotonic()
    with pytest.raises(OutboundFailed) as failed:
        fetch_bytes("https://slow.example.com/", max_bytes=100, seconds=0.4)
    assert failed.value.timed_out
    assert time.monotonic() - began < 1


def test_an_unknown_name_and_a_closed_port_are_failures(
    answers: Callable[..., list[str]],
) -> None:
    with pytest.raises(OutboundFailed, match="reached"):
        fetch_bytes("http://127.0.0.1:1/", max_bytes=100, seconds=5)
    answers([])
    with pytest.raises(OutboundFailed, match="reached"):
        fetch_bytes("https://nowhere.example.com/", max_bytes=100, seconds=5)


def test_a_status_other_than_200_is_a_failure(site: Site) -> None:
    with pytest.raises(OutboundFailed, match="404"):
        fetch_bytes(f"{site.url}/missing", max_bytes=100, seconds=5)


def test_proxies_and_logins_of_the_environment_are_ignored(
    site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    fetch_bytes(f"{site.url}/file", max_bytes=100, seconds=5)
    assert "authorization" not in site.seen[0][1]


def _certificate(folder: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.mark.parametrize("certified", ["model.example.com", "other.example.com"])
def test_tls_names_and_verifies_the_host_though_the_address_is_pinned(
    certified: str,
    site: Site,
    answers: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    pem = _certificate(tmp_path, certified)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    named: list[str] = []
    server.sni_callback = lambda _, name, __: named.append(name)
    site.socket = server.wrap_socket(site.socket, server_side=True)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.load_verify_locations(pem)
    monkeypatch.setattr(outbound, "_tls", lambda: client)
    answers(["127.0.0.1"])
    url = f"https://model.example.com:{site.server_port}/file"
    hosts = ["model.example.com"]
    if certified in hosts:
        assert fetch_bytes(url, max_bytes=100, seconds=5, private_hosts=hosts)[0] == b"hello"
        assert site.seen[0][1]["host"] == f"model.example.com:{site.server_port}"
    else:
        with pytest.raises(OutboundFailed):
            fetch_bytes(url, max_bytes=100, seconds=5, private_hosts=hosts)
        assert site.seen == []
    assert named == ["model.example.com"]


def test_the_rules_name_no_address_in_their_messages(site: Site) -> None:
    with pytest.raises(OutboundRefused) as refused:
        fetch_bytes("https://10.1.2.3/secret", max_bytes=100, seconds=5)
    assert "10.1.2.3" not in str(refused.value)
    with pytest.raises(OutboundRefused) as refused:
        fetch_bytes("https://me:hunter2@example.com/", max_bytes=100, seconds=5)
    assert "hunter2" not in str(refused.value)


def test_a_public_ip_address_is_public() -> None:
    for text in ("1.1.1.1", "2606:4700:4700::1111", "64:ff9b::101:101"):
        outbound_rules.check_address(ipaddress.ip_address(text), private=False)


def test_the_client_takes_no_other_scheme() -> None:
    with guarded_client(timeout_total=5, max_bytes=100) as client:
        for url in ("ftp://example.com/", "ws://example.com/", "file:///etc/passwd"):
            with pytest.raises((OutboundRefused, httpx2.UnsupportedProtocol)):
                client.get(url)
