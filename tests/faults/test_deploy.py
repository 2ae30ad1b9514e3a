"""Rows 49, 50, 52, 54 and 55: what operators do, and what they fail to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import psycopg
import pytest
from django.db import connection, connections

from scripts.services import Postgres
from tests.faults.checks import assert_all_well
from tests.faults.site import CHAIN, Site, fan, step
from tests.graphs import brief, graph, text
from workflows.executions.claim import claim
from workflows.models import NodeRun, WorkflowExecution
from workflows.versions import graph_of
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)
LONG = [pytest.mark.long, pytest.mark.timeout(900)]


@pytest.mark.parametrize("times", [3, pytest.param(20, marks=LONG)])
def test_fault_49_a_rolling_deploy_under_load(site: Site, workspace: Workspace, times: int) -> None:
    """Guards: the warm shutdown, and ``start_workers``, which listens from the first fork on."""
    Workspace.objects.update(max_concurrent_executions=50)
    site.server.latency = 0.3
    runs: list[WorkflowExecution] = []
    old = site.workers(2)
    site.ready(2)
    for _ in range(times):
        runs += [site.launch() for _ in range(3)]
        new = site.workers(2)
        old.terminate()
        site.until(lambda old=old: old.poll() is not None, 60, "the old generation")
        # One that was told to go while it still loaded its code has held nothing.
        assert old.returncode in (0, -signal.SIGTERM)
        old = new
    site.ended(*runs)
    assert set(NodeRun.objects.values_list("attempt", "loss_count")) == {(1, 0)}
    assert len(site.server.calls) == len(runs)
    site.well(*runs)


def test_fault_50_a_migration_under_load_makes_nobody_wait(site: Site) -> None:
    """Guard: ``lock_timeout`` of 2 s for ``manage.py migrate``, told below."""
    runs = [site.launch(fan(10)) for _ in range(3)]
    site.workers(2)
    site.ready(2)
    name = connections["default"].settings_dict["NAME"]
    waits: list[float] = []
    over = threading.Event()

    def decide() -> None:
        row = runs[0].node_runs.first()
        while not over.is_set():
            began = time.monotonic()
            claim(row.pk, 10_000)
            waits.append(time.monotonic() - began)
        connection.close()

    thread = threading.Thread(target=decide)
    thread.start()
    try:
        _migrate(name)
    finally:
        over.set()
        thread.join()
    site.ended(*runs)
    assert max(waits) < 2.5
    site.well(*runs)


def _migrate(name: str) -> None:
    """Expand under a reader who holds the table: give way, come again, add an index beside."""
    here = connections["default"].settings_dict
    address = f"host={here['HOST']} user={here['USER']} dbname={name}"
    table = "workflows_noderun"
    with (
        psycopg.connect(address) as reader,
        psycopg.connect(f"{address} options='-c lock_timeout=2s'", autocommit=True) as migration,
    ):
        reader.execute(f"SELECT count(*) FROM {table}")
        add = f"ALTER TABLE {table} ADD COLUMN fresh integer"
        with pytest.raises(psycopg.errors.LockNotAvailable):
            migration.execute(add)
        reader.rollback()
        for _ in range(20):
            try:
                migration.execute(add)
                break
            except psycopg.errors.LockNotAvailable:
                continue
        try:
            migration.execute(f"CREATE INDEX CONCURRENTLY fresh_index ON {table} (fresh)")
        finally:
            migration.execute(f"ALTER TABLE {table} DROP COLUMN fresh")


@pytest.mark.parametrize(("command", "most"), [("migrate", "2s"), ("worker", "10s")])
def test_fault_50_migrations_give_way_after_two_seconds(command: str, most: str) -> None:
    """Guard: ``lock_timeout`` in ``config/settings/database.py``."""
    code = (
        "import sys; sys.argv = ['manage.py', sys.argv[1]]\n"
        "from config.settings.database import DATABASES\n"
        "print(DATABASES['default']['OPTIONS']['options'])"
    )
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    said = subprocess.run(
        [sys.executable, "-c", code, command], env=env, capture_output=True, text=True, check=True
    )
    assert f"lock_timeout={most}" in said.stdout


def test_fault_52_yesterdays_rows_meet_todays_messages(site: Site) -> None:
    """Guard: attempt and status in ``_CLAIM``; ``take_over`` of what ran when the dump was made."""
    running, queued = site.launch(CHAIN), site.launch(CHAIN)
    held = claim(step(running, "brief").pk, 1)
    assert held is not None
    tables = _tables()
    _copy(tables)
    today = site.launch(CHAIN)
    pool = site.workers()
    site.ended(queued, today)
    pool.terminate()
    site.until(lambda: pool.poll() is not None, 20, "workers gone")
    stale = [(row.pk, row.attempt) for row in NodeRun.objects.all()]
    _restore(tables)
    graph_of.cache_clear()
    assert set(WorkflowExecution.objects.values_list("pk", flat=True)) == {running.pk, queued.pk}
    again = [pair for pair in stale if claim(*pair) is not None]
    assert again == [(step(queued, "brief").pk, 1)]
    site.workers()
    site.ended(running, queued)
    assert step(running, "brief").loss_count == 1
    site.well(running, queued)
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA yesterday CASCADE")


def _tables() -> list[str]:
    names = connection.introspection.table_names()
    return [one for one in names if one != "django_migrations"]


def _copy(tables: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA yesterday")
        for one in tables:
            cursor.execute(f"CREATE TABLE yesterday.{one} AS TABLE public.{one}")


def _restore(tables: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("TRUNCATE " + ", ".join(f"public.{one}" for one in tables))
        for one in tables:
            cursor.execute(f"INSERT INTO public.{one} SELECT * FROM yesterday.{one}")
        cursor.execute("SET session_replication_role = DEFAULT")


def _numbered(steps: int) -> Any:
    """A chain in which each step hands on the run's own number."""
    keys = [f"s{number}" for number in range(steps)]
    last = ["brief.t", *(f"nodes.{key}.text" for key in keys)]
    made = [text(key, "{{ " + path + " }}") for key, path in zip(keys, last, strict=False)]
    return graph([brief("t"), *made], " > ".join(["brief", *keys]))


@pytest.mark.parametrize("runs", [10, pytest.param(50, marks=LONG)])
def test_fault_54_forks_of_a_parent_that_has_queried_share_no_connection(
    site: Site, runs: int
) -> None:
    """Guards: ``close_all`` before each fork in ``NodePool``, and in ``NodeWorker.work``."""
    Workspace.objects.update(max_concurrent_executions=100)
    made = [site.launch(_numbered(19), t=str(number)) for number in range(runs)]
    pool = site.workers(4, "parent_queries", "backends")
    site.ended(*made, seconds=150)
    pairs = [one.name.split("-")[1:] for one in site.folder.glob("backend-*")]
    assert len({backend for backend, _ in pairs}) == len(pairs)
    assert len({process for _, process in pairs} - {str(pool.pid)}) == 4
    for number, one in enumerate(made):
        assert {row.output["text"] for row in one.node_runs.exclude(key="brief")} == {str(number)}
    assert NodeRun.objects.filter(status="completed").count() == runs * 20
    site.well(*made)


def test_fault_55_nobody_takes_the_logs(site: Site) -> None:
    """Guard: a handler of ``logging`` that fails is passed over; no work hangs on a log line."""
    reader, closed = os.pipe()
    os.close(reader)
    full = os.open("/dev/full", os.O_WRONLY)
    site.server.latency = 0.2
    for sink in (closed, full):
        site.processes.start("worker", "--processes", "1", stderr=sink, LOG_LEVEL="DEBUG")
    site.processes.start("reconcile", stderr=closed, LOG_LEVEL="DEBUG")
    os.close(closed)
    os.close(full)
    site.ready(2)
    runs = [site.launch() for _ in range(4)]
    site.ended(*runs)
    site.well(*runs)


@pytest.mark.long
@pytest.mark.xdist_group("own_postgres")
def test_fault_52_a_real_dump_is_restored(own_database: Postgres, site: Site) -> None:
    """Guard: as above, with pg_dump and pg_restore."""
    running, queued = site.launch(CHAIN), site.launch(CHAIN)
    assert claim(step(running, "brief").pk, 1) is not None
    programs = own_database.child.argv[0].parent  # type: ignore[union-attr]
    address = {"PGHOST": str(own_database.sockets), "PGUSER": "copyloom"}
    env = {**os.environ, **address}
    dump = site.folder / "dump"
    command = [programs / "pg_dump", "--format=custom", f"--file={dump}", "copyloom"]
    subprocess.run(command, env=env, check=True)
    pool = site.workers()
    site.ended(queued)
    pool.terminate()
    pool.wait(20)
    connection.close()
    command = [programs / "pg_restore", "--clean", "--if-exists", "--dbname=copyloom", dump]
    subprocess.run(command, env=env, check=True)
    site.workers()
    site.ended(running, queued)
    assert step(running, "brief").loss_count == 1
    assert_all_well(accepted=[running.pk, queued.pk])
