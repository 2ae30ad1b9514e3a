"""What watches the containers gets its answer, whatever it calls them."""

from __future__ import annotations

import os
import socket
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from config.beat import STALE_SECONDS, seen_lately
from workflows import worker
from workflows.models import WorkerBeat


@pytest.fixture
def production(settings: LazySettings) -> LazySettings:
    settings.MIDDLEWARE = ["config.health.HealthMiddleware", *settings.MIDDLEWARE]
    settings.ALLOWED_HOSTS = ["copyloom.example.com"]
    settings.SECURE_SSL_REDIRECT = True
    return settings


def test_a_probe_by_address_in_plain_http_is_answered(production: LazySettings) -> None:
    answer = Client().get("/healthz", headers={"host": "10.0.0.7:8000"})
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_the_rest_of_the_site_still_wants_its_host_and_https(production: LazySettings) -> None:
    assert Client().get("/admin/", headers={"host": "10.0.0.7:8000"}).status_code == 400
    answer = Client().get("/admin/", headers={"host": "copyloom.example.com"})
    assert answer.status_code == 301
    assert answer["Location"].startswith("https://")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("host", "age", "alive"),
    [
        (socket.gethostname(), 0, True),
        (socket.gethostname(), STALE_SECONDS + 5, False),
        ("another-machine", 0, False),
    ],
)
def test_a_container_is_alive_by_a_fresh_beat_of_its_own(host: str, age: int, alive: bool) -> None:
    seen = timezone.now() - timedelta(seconds=age)
    WorkerBeat.objects.create(name="one", kind="worker", host=host, pid=7, seen_at=seen)
    assert seen_lately() is alive


@pytest.mark.parametrize(("now", "ends"), [(1, False), (99, True)])
def test_a_worker_of_a_pool_that_is_process_1_ends_only_when_the_pool_has_gone(
    monkeypatch: pytest.MonkeyPatch, now: int, ends: bool
) -> None:
    def no_prctl(name: None) -> None:
        raise OSError

    monkeypatch.setattr(worker.ctypes, "CDLL", no_prctl)  # else this process would obey it
    monkeypatch.setattr(worker.multiprocessing, "parent_process", lambda: SimpleNamespace(pid=1))
    monkeypatch.setattr(os, "getppid", lambda: now)
    if ends:
        with pytest.raises(SystemExit):
            worker.die_with_parent()
    else:
        worker.die_with_parent()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("age", "rules", "said"),
    [
        (0, [], "ok"),
        (0, ["I6", "I4", "I4"], "down: I4, I6"),
        (90, ["I4"], "ok"),
    ],
)
def test_readiness_tells_which_invariants_the_newest_check_found_broken(
    age: int, rules: list[str], said: str
) -> None:
    violations = [{"rule": rule, "detail": "document 7 has 21 images"} for rule in rules]
    WorkerBeat.objects.create(
        name="reconcile-1",
        kind="reconcile",
        host="one",
        pid=1,
        seen_at=timezone.now() - timedelta(seconds=age),
        data={"violations": violations},
    )
    answer = Client().get("/readyz")
    assert answer.json()["checks"]["invariants"] == said
    assert answer.status_code == 503  # no worker is seen here
    assert b"document 7" not in answer.content


@pytest.mark.django_db
def test_a_newer_check_that_found_nothing_counts_for_an_older_one() -> None:
    bad = {"violations": [{"rule": "I1", "detail": "node run 1"}]}
    now = timezone.now()
    for name, data, age in (("a", bad, 30), ("b", {"violations": []}, 1), ("c", {}, 40)):
        seen = now - timedelta(seconds=age)
        WorkerBeat.objects.create(
            name=name, kind="reconcile", host="one", pid=1, seen_at=seen, data=data
        )
    assert Client().get("/readyz").json()["checks"]["invariants"] == "ok"
