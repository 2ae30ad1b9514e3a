"""Rows 16-20: Redis forgets, is away, is full or is slow."""

from __future__ import annotations

import shutil
import time
from typing import Any

import pytest
import redis
from django.test import Client

from scripts.services import Valkey
from tests.conftest import Processes
from tests.faults.conftest import redis_at
from tests.faults.proxy import Proxy
from tests.faults.site import CHAIN, COPY, Site, fan, kill_group, step
from tests.workflows.executions.claims import age, messages
from workflows import queue
from workflows.executions import reconcile
from workflows.executions.claim import claim
from workflows.models import NodeRun, WorkflowExecution
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db(transaction=True)


def test_fault_16_flushall_with_200_queued_and_20_running(
    own_redis: Valkey, site: Site, workspace: Workspace
) -> None:
    """Guard: the epoch key, whose loss has ``resend_lost`` ask for every queued step at once."""
    runs = [site.launch(fan(22)) for _ in range(10)]
    for run in runs:
        site.drive.sent.append((step(run, "brief").pk, 1))
    while site.drive.sent:
        site.drive.step()
    branches = NodeRun.objects.filter(status="queued").order_by("pk")
    held = [claim(row.pk, 1) for row in branches[:20]]
    assert (branches.count(), len(held)) == (200, 20)
    queue.connection().flushall()
    reconcile.reconcile()
    queued = {f"nr-{pk}-1" for pk in branches.values_list("pk", flat=True)}
    assert set(messages()) == queued
    for one in held:
        assert one is not None
        assert NodeRun.objects.get(pk=one.node_run_id).token == one.token
    site.workers(2)
    site.ended(*runs)
    site.well(*runs)


def test_fault_17_redis_is_away_while_people_launch(
    own_redis: Valkey, site: Site, program: Any, editor: User
) -> None:
    """Guard: ``dispatch`` raises nothing and marks the rows, which ``send_unsent`` finds."""
    site.workers(2)
    site.ended(site.launch(CHAIN))
    template = site.drive.template(COPY, "later")
    own_redis.kill()
    client = program(editor)
    body = {"template_id": template.pk, "inputs": {"t": "tea"}}
    answers = [client.make("/executions/launch", body) for _ in range(3)]
    assert [one.status_code for one in answers] == [202] * 3
    assert [one.json()["status"] for one in answers] == ["running"] * 3
    rows = NodeRun.objects.filter(key="brief", status="queued")
    assert list(rows.values_list("dispatched_at", flat=True)) == [None] * 3
    time.sleep(3)
    own_redis.start()
    runs = WorkflowExecution.objects.filter(pk__in=[one.json()["id"] for one in answers])
    site.ended(*runs)
    site.well(*runs)


def test_fault_17_redis_goes_away_in_the_middle_of_a_step(own_redis: Valkey, site: Site) -> None:
    """Guard: the pool starts a worker anew that gave up; the step itself asks Redis nothing."""
    site.server.latency = 3
    site.workers()
    execution = site.launch()
    site.calls()
    own_redis.kill()
    site.until(lambda: step(execution).status == "completed", 20, "the step")
    own_redis.start()
    site.ended(execution)
    assert len(site.server.calls) == 1
    site.well(execution)


def test_fault_18_redis_comes_back_without_its_last_second(own_redis: Valkey, site: Site) -> None:
    """Guard: ``resend_lost`` compares the rows with what stands in the queue."""
    queue.epoch_is_new()
    kept = site.launch(CHAIN)
    own_redis.kill()
    before = own_redis.data.parent / "before"
    shutil.copytree(own_redis.data, before)
    own_redis.start()
    lost = site.launch(CHAIN)
    own_redis.kill()
    shutil.rmtree(own_redis.data)
    shutil.copytree(before, own_redis.data)
    own_redis.start()
    assert messages() == [f"nr-{step(kept, 'brief').pk}-1"]
    age(dispatched_at=5, queued_at=5)
    assert reconcile.resend_lost() == 1
    assert messages() == [f"nr-{step(one, 'brief').pk}-1" for one in (kept, lost)]
    site.workers()
    site.ended(kept, lost)
    site.well(kept, lost)


def test_fault_19_redis_is_full(own_redis: Valkey, site: Site, program: Any, editor: User) -> None:
    """Guards: ``QueueError`` in ``dispatch``; ``queue.check``, which writes."""
    template = site.drive.template(CHAIN, "full")
    with redis.Redis.from_url(own_redis.url) as door:
        door.config_set("maxmemory", "1")
        answer = program(editor).make(
            "/executions/launch", {"template_id": template.pk, "inputs": {"t": "tea"}}
        )
        assert answer.status_code == 202
        execution = WorkflowExecution.objects.get(pk=answer.json()["id"])
        assert step(execution, "brief").dispatched_at is None
        health = Client().get("/readyz")
        assert health.status_code == 503
        assert health.json()["checks"]["redis"].startswith("down")
        pool = site.workers()
        time.sleep(4)
        assert pool.poll() is None
        door.config_set("maxmemory", "0")
    assert Client().get("/readyz").json()["checks"]["redis"] == "ok"
    site.ended(execution)
    site.well(execution)


def test_fault_20_redis_answers_after_two_seconds(
    own_redis: Valkey,
    site: Site,
    processes: Processes,
    settings: Any,
    program: Any,
    editor: User,
) -> None:
    """Guards: the timeout of ``queue.connection``, and the rest that it is given afterwards."""
    template = site.drive.template(CHAIN, "slow")
    body = {"template_id": template.pk, "inputs": {"t": "tea"}}
    client = program(editor)
    with Proxy(("127.0.0.1", own_redis.port)) as way:
        url = own_redis.url.replace(str(own_redis.port), str(way.port))
        with redis_at(url, settings, processes):
            way.delay = 2.0
            times = []
            for _ in range(8):
                began = time.monotonic()
                assert client.make("/executions/launch", body).status_code == 202
                times.append(time.monotonic() - began)
    assert max(times) < 3.5
    assert sorted(times)[-3] < 0.5
    runs = list(WorkflowExecution.objects.all())
    pool = site.workers(2, REDIS_URL=own_redis.url)
    settings.REDIS_URL = own_redis.url
    queue.connection.cache_clear()
    site.ended(*runs)
    kill_group(pool)
    site.well(*runs)
