"""Whoever has the token reads how the engine is doing; nobody else learns anything."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.plans import captured
from config import metrics as page
from tests import factories as make
from workflows import queue
from workflows.figures import read_figures
from workflows.models import ExecutionEvent

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("redis")]
TOKEN = "a-token-of-more-than-20-characters"


@pytest.fixture
def token(settings: LazySettings) -> str:
    settings.METRICS_TOKEN = TOKEN
    return TOKEN


def ask(**headers: str) -> Any:
    return Client().get("/metrics", headers=headers)


def read() -> dict[tuple[str, ...], float]:
    answer = ask(authorization=f"Bearer {TOKEN}")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    families = text_string_to_metric_families(answer.content.decode())
    return {
        (one.name.removeprefix("copyloom_"), *one.labels.values()): one.value
        for family in families
        for one in family.samples
    }


def ago(**time: float) -> Any:
    return timezone.now() - timedelta(**time)


def test_without_a_token_set_there_is_no_such_page(settings: LazySettings) -> None:
    settings.METRICS_TOKEN = ""
    for headers in ({}, {"authorization": "Bearer "}, {"authorization": f"Bearer {TOKEN}"}):
        assert ask(**headers).status_code == 404


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", "Bearer wrong", f"Token {TOKEN}", TOKEN, f"Bearer {TOKEN}x"]
)
def test_without_the_right_token_nothing_is_told(token: str, given: str) -> None:
    answer = ask(authorization=given) if given else ask()
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert b"copyloom" not in answer.content


def test_a_scraper_may_ask_by_address_in_plain_http(token: str, settings: LazySettings) -> None:
    settings.MIDDLEWARE = ["config.health.HealthMiddleware", *settings.MIDDLEWARE]
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["copyloom.example.com"], True
    answer = ask(host="10.0.0.7:8000", authorization=f"Bearer {TOKEN}")
    assert answer.status_code == 200
    assert ask(host="10.0.0.7:8000").status_code == 401


def test_an_idle_system_says_0(token: str, redis_queue: None) -> None:
    found = read()
    assert found["up", "database"] == found["up", "redis"] == 1
    assert "reconcile_age_seconds" not in {name for name, *_ in found}
    assert {name[0] for name, value in found.items() if value} == {"up"}
    assert ("executions", "paused") in found
    assert ("node_runs", "waiting") in found


def test_the_figures_are_those_of_the_rows(token: str, redis_queue: None) -> None:
    running = make.ExecutionFactory.create()
    make.ExecutionFactory.create(status="pending")
    paused = make.ExecutionFactory.create(status="paused")
    for status, minutes in (("failed", 5), ("failed", 50), ("completed", 70)):
        make.ExecutionFactory.create(status=status, finished_at=ago(minutes=minutes))
    queued = {"status": "queued", "execution": running}
    make.NodeRunFactory.create(**queued, queued_at=ago(seconds=30))
    make.NodeRunFactory.create(**queued, queued_at=ago(hours=2), wait_for="agents")
    make.NodeRunFactory.create(status="queued", execution=paused, queued_at=ago(hours=3))
    make.NodeRunFactory.create(status="waiting", wait_for="people", execution=running)
    lost = make.EventFactory.create_batch(3, execution=running, node_run=None, kind="node.lost")
    ExecutionEvent.objects.filter(pk=lost[0].pk).delete()
    make.WorkerBeatFactory.create()
    make.WorkerBeatFactory.create(seen_at=ago(seconds=70))
    broken = [{"rule": "I4", "detail": "document 1 has 21 images"}]
    make.WorkerBeatFactory.create(
        kind="reconcile", seen_at=ago(seconds=5), data={"violations": broken}
    )
    queue.send([(1, 1), (2, 1)])
    found = read()
    assert [found["executions", one] for one in ("pending", "running", "paused")] == [1, 1, 1]
    ended = [found["executions_ended_last_hour", one] for one in ("failed", "completed", "stopped")]
    assert ended == [2, 0, 0]
    assert [found["node_runs", one] for one in ("queued", "running", "waiting")] == [3, 0, 1]
    assert 30 <= found["oldest_queued_seconds",] < 60
    assert 5 <= found["reconcile_age_seconds",] < 60
    assert found["node_runs_lost_last_hour",] == 2
    assert found["workers",] == 1
    assert found["invariant_violations",] == 1
    assert found["queue_length",] == 2


def test_what_an_old_check_found_is_told_no_more(token: str) -> None:
    old = {"violations": [{"rule": "I1", "detail": "long ago"}]}
    make.WorkerBeatFactory.create(kind="reconcile", seen_at=ago(seconds=90), data=old)
    assert read()["invariant_violations",] == 0
    make.WorkerBeatFactory.create(kind="reconcile", data={"violations": []})
    assert read()["invariant_violations",] == 0


def test_a_part_that_is_away_is_down_and_the_rest_is_told(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> Any:
        raise queue.QueueError("away")

    monkeypatch.setattr(queue, "length", away)
    found = read()
    assert (found["up", "redis"], found["up", "database"]) == (0, 1)
    assert ("queue_length",) not in found

    def broken() -> Any:
        raise OperationalError("gone")

    monkeypatch.setattr(page, "read_figures", broken)
    assert read() == {("up", "database"): 0, ("up", "redis"): 0}


def test_a_scrape_is_a_handful_of_queries() -> None:
    assert len(captured(read_figures)) <= 9
