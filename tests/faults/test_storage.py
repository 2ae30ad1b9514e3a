"""Rows 26 and 51: the object storage is away, slow, lying or full."""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.core.files.storage import FileSystemStorage
from storages.backends.s3 import S3Storage

from config.settings.storage import s3_storage
from documents.models import Image
from tests.engine import Drive
from tests.faults.checks import assert_all_well
from tests.faults.proxy import Proxy
from tests.faults.site import step
from tests.graphs import brief, graph, node, text
from tests.scripted_openai import ScriptedOpenAI
from tests.services import S3Access
from workflows.executions.retry import retry
from workflows.graph.model import Graph

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.s3]
BUSY = (
    b"HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nContent-Length: 40\r\n"
    b"Connection: close\r\n\r\n<Error><Code>SlowDown</Code></Error>    "
)


@pytest.fixture
def drawn() -> Graph:
    """A picture that no other test has stored, in a document."""
    art = {"provider": "scripted", "prompt": uuid.uuid4().hex, "size": "512x512"}
    return graph(
        [
            brief("t"),
            node("art", "generate_image", **art),
            node("doc", "attach_to_document", title="T", body="B", images=["nodes.art.images"]),
            text("side"),
        ],
        "brief > art > doc",
        "brief > side",
    )


@pytest.fixture
def way(s3_server: S3Access, settings: Any) -> Iterator[Proxy]:
    """A way to the real S3 server; Copyloom's storage goes through it."""
    there = urlsplit(s3_server.endpoint_url)
    with Proxy((str(there.hostname), int(there.port or 80))) as proxy:
        options = s3_storage(
            s3_server.bucket,
            f"http://127.0.0.1:{proxy.port}",
            s3_server.access_key,
            s3_server.secret_key,
            "us-east-1",
        )
        settings.STORAGES = {**django_settings.STORAGES, "default": options}
        yield proxy


def breaks(way: Proxy, how: str) -> None:
    """Let the storage fail in one way."""
    if how == "down":
        way.up = False
        way.cut()
    elif how == "busy":
        way.answer = BUSY
    elif how == "partial":
        way.cut_after = 60


def mends(way: Proxy) -> None:
    """Let the storage be well again."""
    way.up, way.answer, way.cut_after, way.delay = True, b"", None, 0.0
    way.cut()


@pytest.mark.parametrize("how", ["down", "busy", "partial"])
def test_fault_26_a_storage_that_fails_leaves_no_row_and_the_step_can_be_retried(
    drive: Drive, drawn: Graph, providers: ScriptedOpenAI, way: Proxy, how: str
) -> None:
    """Guard: ``put_object`` before any row; ``StorageFault`` and what boto raises are errors."""
    execution = drive.launch(drawn, t="x")
    breaks(way, how)
    drive.work(execution)
    assert (execution.status, step(execution, "side").status) == ("failed", "completed")
    error = step(execution, "art").error
    assert (error["code"], error["retryable"]) == ("unavailable", True)
    assert "stor" in error["message"]
    assert not Image.objects.exists()
    assert len(providers.calls) == 1
    mends(way)
    retry(execution.pk, key="art", user=None)
    assert drive.work(execution).status == "completed"
    assert Image.objects.count() == 1
    assert_all_well(providers)


def test_fault_26_a_short_fault_of_the_storage_costs_no_second_picture(
    drive: Drive,
    drawn: Graph,
    providers: ScriptedOpenAI,
    way: Proxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Guard: ``_keep`` in ``making``, which stores again what has been paid for."""
    save = S3Storage.save
    tries: list[str] = []

    def flaky(self: Any, name: str, *args: Any, **kwargs: Any) -> str:
        tries.append(name)
        if len(tries) == 1:
            breaks(way, "down")
        try:
            return str(save(self, name, *args, **kwargs))
        finally:
            mends(way)

    monkeypatch.setattr(S3Storage, "save", flaky)
    execution = drive.run(drawn, t="x")
    assert execution.status == "completed"
    assert len(tries) == 2
    assert len(providers.calls) == 1
    assert_all_well(providers)


def test_fault_26_a_slow_storage_is_waited_for(
    drive: Drive, drawn: Graph, providers: ScriptedOpenAI, way: Proxy
) -> None:
    """Guard: the storage's timeouts are longer than this."""
    way.delay = 0.5
    assert drive.run(drawn, t="x").status == "completed"
    assert len(providers.calls) == 1
    assert_all_well(providers)


@pytest.mark.parametrize("lie", ["other", "cut"])
def test_fault_26_an_object_that_is_not_what_was_given_becomes_no_row(
    drive: Drive, drawn: Graph, providers: ScriptedOpenAI, monkeypatch: pytest.MonkeyPatch, lie: str
) -> None:
    """Guard: ``_is_whole``: the stored bytes are read back and their hash is compared."""
    save = FileSystemStorage.save

    def lying(self: Any, name: str, content: Any, **kwargs: Any) -> str:
        data = content.read()
        content.seek(0)
        content.truncate(len(data) // 2)
        if lie == "other":
            content.write(b"x" * len(data))
        content.seek(0)
        return str(save(self, name, content, **kwargs))

    with monkeypatch.context() as patch:
        patch.setattr(FileSystemStorage, "save", lying)
        patch.setattr("documents.images._PATIENCE_SECONDS", 0.2)
        execution = drive.run(drawn, t="x")
    assert execution.status == "failed"
    assert "stor" in step(execution, "art").error["message"]
    assert not Image.objects.exists()
    retry(execution.pk, key="art", user=None)
    assert drive.work(execution).status == "completed"
    assert_all_well(providers)


def test_fault_51_the_storage_is_full(
    drive: Drive, drawn: Graph, providers: ScriptedOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: as for row 26; the reason is told, and a retry after the clean-up goes through."""

    def full(*args: Any, **kwargs: Any) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(FileSystemStorage, "save", full)
        execution = drive.run(drawn, t="x")
    error = step(execution, "art").error
    assert (execution.status, "stor" in error["message"]) == ("failed", True)
    assert error["hint"]
    assert not Image.objects.exists()
    retry(execution.pk, key="art", user=None)
    assert drive.work(execution).status == "completed"
    assert_all_well(providers)
