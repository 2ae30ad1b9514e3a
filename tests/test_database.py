"""Connections are looked at before they are used, and asked only after a rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.db.utils import OperationalError
from django.test.utils import CaptureQueriesContext

from config.postgresql import base
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kept() -> Iterator[Any]:
    """A connection as production keeps it from one request to the next."""
    connection.ensure_connection()
    before = connection.settings_dict["CONN_HEALTH_CHECKS"]
    connection.health_check_enabled = True
    yield connection
    connection.health_check_enabled = before
    connection.close()


def pid(link: Any) -> int:
    """The server's process behind a connection; the check comes before it."""
    link.health_check_done = False
    with link.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def end(process: int) -> None:
    """End a session from another one."""
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [process])
    finally:
        other.close()


def test_a_session_that_the_server_has_ended_is_replaced_before_it_is_used(kept: Any) -> None:
    first = pid(kept)
    end(first)
    assert pid(kept) != first


def test_a_connection_in_use_is_not_asked_and_one_that_rested_is(
    kept: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    plain = base.base.DatabaseWrapper.is_usable

    def watched(self: Any) -> bool:
        asked.append(True)
        return plain(self)

    monkeypatch.setattr(base.base.DatabaseWrapper, "is_usable", watched)
    first = pid(kept)
    asked.clear()
    assert [pid(kept) for _ in range(3)] == [first] * 3
    assert asked == []
    monkeypatch.setattr(base, "REST_SECONDS", -1.0)
    assert pid(kept) == first
    assert asked == [True]


def test_a_closed_connection_is_not_usable(kept: Any) -> None:
    kept.connection.close()
    assert not kept.is_usable()


def test_a_prepared_statement_is_planned_once_and_seen_by_watchers(kept: Any) -> None:
    Workspace.objects.create(name="Alder & Pine", slug="alder-pine")
    with CaptureQueriesContext(kept) as seen:
        for slug in ("alder-pine", "nowhere"):
            with base.prepared() as cursor:
                cursor.execute("SELECT name FROM workspaces_workspace WHERE slug = %s", [slug])
                found = cursor.fetchall()
            assert found == ([("Alder & Pine",)] if slug == "alder-pine" else [])
    assert len(seen) == 2
    with kept.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%slug%'")
        assert cursor.fetchone()[0] == 1


def test_a_plan_that_a_migration_has_outdated_is_made_anew(kept: Any) -> None:
    def read() -> Any:
        with base.prepared() as cursor:
            cursor.execute("SELECT value FROM planned WHERE value <> %s", [0])
            return cursor.fetchall()

    with kept.cursor() as cursor:
        cursor.execute("CREATE TABLE planned (value integer)")
        cursor.execute("INSERT INTO planned VALUES (7)")
    try:
        assert read() == [(7,)]
        with kept.cursor() as cursor:
            cursor.execute("ALTER TABLE planned ALTER value TYPE bigint")
        assert read() == [(7,)]
        assert read() == [(7,)]
    finally:
        with kept.cursor() as cursor:
            cursor.execute("DROP TABLE planned")


def test_errors_of_a_prepared_statement_are_djangos(kept: Any) -> None:
    first = pid(kept)
    with base.prepared() as cursor:
        end(first)
        with pytest.raises(OperationalError):
            cursor.execute("SELECT 1")
