"""Rows 21-24 and 51: PostgreSQL goes away, answers nobody, contradicts itself or is full."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, connections

from scripts.services import Postgres
from tests.api.conftest import problem
from tests.faults.checks import assert_all_well
from tests.faults.proxy import Proxy
from tests.faults.site import CHAIN, COPY, Site, alive, children, fan, step
from workflows.models import AgentJob, NodeRun, WorkflowExecution
from workspaces.models import User

pytestmark = pytest.mark.django_db(transaction=True)
OWN = pytest.mark.xdist_group("own_postgres")


@OWN
def test_fault_21_postgres_is_away_for_longer_than_a_worker_waits(
    own_database: Postgres, site: Site
) -> None:
    """Guard: ``_without_database`` in the watchdog: who cannot renew gives up by itself."""
    site.server.latency = lambda call: 30 if call.number == 0 else 0.1
    pool = site.workers(1, TEST_ENGINE="database_patience_seconds=2,lease_seconds=4")
    execution = site.launch()
    site.calls()
    (worker,) = children(pool.pid)
    connection.close()
    own_database.kill()
    ends = time.monotonic() + 20
    while alive(worker) and time.monotonic() < ends:
        time.sleep(0.1)
    assert not alive(worker)
    own_database.start()
    site.ended(execution)
    row = step(execution)
    assert (row.attempt, row.loss_count) == (2, 1)
    assert len(site.server.calls) == 2
    site.well(execution)


@OWN
def test_fault_21_a_short_restart_costs_no_run(own_database: Postgres, site: Site) -> None:
    """Guard: ``_leave_to_another``, and decisions that are one transaction each."""
    site.server.latency = 1.0
    site.workers(2)
    runs = [site.launch() for _ in range(4)]
    site.calls()
    connection.close()
    own_database.kill()
    own_database.start()
    site.ended(*runs)
    assert not NodeRun.objects.filter(status="failed").exists()
    site.well(*runs)


COMMITS = {"plain": b"node.completed", "agent": b"agent.completed", "step": b'"variants"'}


@pytest.mark.parametrize("which", COMMITS)
def test_fault_22_a_commit_whose_answer_is_lost(site: Site, which: str) -> None:
    """Guard: ``_leave_to_another``: what has ended is no longer ours, what has not goes back."""
    here = connections["default"].settings_dict
    where = f"{here['HOST']}/.s.PGSQL.{here['PORT'] or 5432}"
    with Proxy(where) as way:
        way.lose = at_commit_after(COMMITS[which])
        url = f"postgres://{here['USER']}@127.0.0.1:{way.port}/{here['NAME']}"
        site.workers(1, DATABASE_URL=url)
        execution = site.launch(COPY)
        site.ended(execution)
        assert way.lost == 1
        assert len(site.server.calls) == 1
        assert [job.status for job in AgentJob.objects.all()] == ["completed"]
        assert step(execution).attempt == (2 if which == "agent" else 1)
        assert set(execution.node_runs.values_list("loss_count", flat=True)) == {0}
        site.processes.end()
    site.well(execution)


def at_commit_after(words: bytes) -> Callable[[bytes], bool]:
    """True at the COMMIT of the first transaction in which the words were sent."""
    seen = []

    def watch(data: bytes) -> bool:
        if words in data:
            seen.append(True)
        return bool(seen) and b"COMMIT" in data

    return watch


@contextlib.contextmanager
def refusing(tables: list[str], every: int, *states: str) -> Iterator[None]:
    """Each so-manieth write of a row is refused by the server itself, in these states by turns."""
    prefix, array = "workflows_", ", ".join(f"'{one}'" for one in states)
    code = f"(ARRAY[{array}])[1 + currval('faults') / {every} % {len(states)}]"
    make = f"""
        CREATE SEQUENCE faults;
        CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF nextval('faults') % {every} = 0 THEN
                RAISE EXCEPTION 'injected' USING ERRCODE = {code};
            END IF;
            RETURN NEW;
        END $$;
    """
    make += "".join(
        f"CREATE TRIGGER fault BEFORE INSERT OR UPDATE ON {prefix}{one}"
        " FOR EACH ROW EXECUTE FUNCTION fault();"
        for one in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(make)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION fault CASCADE; DROP SEQUENCE faults")


def test_fault_23_one_write_in_twenty_is_a_deadlock_or_a_serialization_failure(site: Site) -> None:
    """Guard: ``again_on_conflict`` around each decision and each write of the ledger."""
    site.workers(2)
    site.ready(2)
    with refusing(["workflowexecution", "agentjob"], 20, "40P01", "40001"):
        runs = [site.launch(fan(8)) for _ in range(3)] + [site.launch() for _ in range(4)]
        site.ended(*runs)
        with connection.cursor() as cursor:
            cursor.execute("SELECT last_value FROM faults")
            assert cursor.fetchone()[0] > 100
    assert set(NodeRun.objects.values_list("attempt", "loss_count")) == {(1, 0)}
    assert len(site.server.calls) == 4
    site.well(*runs)


def test_fault_23_a_call_with_a_key_of_its_own_is_tried_again_too(
    site: Site, program: Any, editor: User
) -> None:
    """Guard: ``again_on_conflict`` in ``idempotent``, whose transaction is the outer one."""
    template = site.drive.template(CHAIN, "keyed")
    client = program(editor)
    body = {"template_id": template.pk, "inputs": {"t": "tea"}}
    with refusing(["workflowexecution"], 5, "40P01", "40001"):
        answers = [
            client.make("/executions/launch", body, headers={"Idempotency-Key": f"key-{number}"})
            for number in range(8)
        ]
    assert [one.status_code for one in answers] == [202] * 8
    runs = list(WorkflowExecution.objects.order_by("pk"))
    assert [one.json()["id"] for one in answers] == [run.pk for run in runs]
    site.workers()
    site.ended(*runs)
    site.well(*runs)


@OWN
def test_fault_24_no_connection_is_left(
    own_database: Postgres, site: Site, program: Any, browse: Any, editor: User
) -> None:
    """Guards: ``DATABASE_AWAY`` in both handlers of errors; the rest in ``NodeWorker._call``."""
    site.workers(2)
    site.ready(2)
    runs = [site.launch() for _ in range(2)]
    api, page = program(editor), browse(editor)
    api.raise_request_exception = page.raise_request_exception = False
    settle(own_database, 20)
    with exhausted(own_database):
        refused = api.read("/executions")
        problem(refused, 503)
        assert int(refused["Retry-After"]) > 0
        shown = page.get("/w/alder-pine/")
        assert (shown.status_code, int(shown["Retry-After"]) > 0) == (503, True)
        assert "Try again in a moment" in shown.content.decode()
        time.sleep(3)
    assert api.read("/executions").status_code == 200
    site.ended(*runs)
    assert not NodeRun.objects.filter(status="failed").exists()
    site.well(*runs)
    settle(own_database, 200)


def settle(server: Postgres, most: int) -> None:
    """Start the server again with room for so many connections."""
    connection.close()
    server.stop()
    server.child.argv = ()
    prepare = server.prepare

    def with_limit() -> None:
        prepare()
        server.child.argv = (*server.child.argv, "-c", f"max_connections={most}")

    server.prepare = with_limit
    server.start()
    server.prepare = prepare


@contextlib.contextmanager
def exhausted(server: Postgres) -> Iterator[None]:
    """Every connection that the server has room for is taken, those of the workers first."""
    held: list[psycopg.Connection[Any]] = []
    connection.close()
    try:
        ends = time.monotonic() + 3
        while time.monotonic() < ends:
            try:
                held.append(psycopg.connect(server.url, autocommit=True))
                held[-1].execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE backend_type = 'client backend' AND NOT pid = ANY(%s)",
                    [[one.info.backend_pid for one in held]],
                )
            except psycopg.OperationalError:
                time.sleep(0.05)
        with pytest.raises(DatabaseError):
            connection.ensure_connection()
        yield
    finally:
        for one in held:
            one.close()


def test_fault_51_the_disk_of_postgres_is_full(site: Site, program: Any, editor: User) -> None:
    """Guard: each decision is one transaction; ``DATABASE_AWAY`` tells people of it."""
    template = site.drive.template(CHAIN, "full")
    running = site.launch()
    client = program(editor)
    client.raise_request_exception = False
    body = {"template_id": template.pk, "inputs": {"t": "tea"}}
    site.workers()
    site.ready(1)
    with refusing(["workflowexecution", "noderun", "agentjob"], 1, "53100"):
        answer = client.make("/executions/launch", body)
        problem(answer, 503)
        time.sleep(2)
        assert WorkflowExecution.objects.count() == 1
        assert_all_well(settled=False)
    site.ended(running)
    accepted = client.make("/executions/launch", body)
    assert accepted.status_code == 202
    site.ended(WorkflowExecution.objects.get(pk=accepted.json()["id"]))
    site.well(running)
