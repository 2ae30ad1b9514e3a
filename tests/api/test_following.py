"""A run's body is made once for each state of the run, and nobody sees it who may not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from config import cache as cache_module
from scripts.network import free_ports
from tests.api.conftest import ApiClient, Program, problem
from tests.engine import Drive
from tests.graphs import brief, graph, text
from workflows.api import execution_body
from workflows.executions.stop import stop
from workflows.models import WorkflowExecution
from workspaces.models import ApiToken, Membership, User, Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(drive: Drive) -> WorkflowExecution:
    """A run with one of its two steps done."""
    execution = drive.launch(
        graph([brief("topic"), text("a", "On {{ brief.topic }}")], "brief > a")
    )
    drive.commit()
    drive.step()
    return execution


@pytest.fixture
def reader(program: Program, viewer: User) -> ApiClient:
    """A follower whose key has been used just now."""
    client = program(viewer)
    client.read("/projects")
    return client


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The runs whose bodies were made anew, one entry a time."""
    seen: list[int] = []
    plain = execution_body.present

    def watched(execution: WorkflowExecution) -> dict[str, Any]:
        seen.append(execution.pk)
        return plain(execution)

    monkeypatch.setattr(execution_body, "present", watched)
    return seen


def path(run: WorkflowExecution) -> str:
    return f"/executions/{run.pk}"


@contextmanager
def statements() -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    seen: list[str] = []

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        seen.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        yield seen


def test_a_body_that_was_made_is_served_again_without_reading_the_steps(
    reader: ApiClient, run: WorkflowExecution, made: list[int]
) -> None:
    first = reader.read(path(run))
    with statements() as seen:
        again = reader.read(path(run))
    assert len(seen) == 2
    assert not any("noderun" in sql for sql in seen)
    assert made == [run.pk]
    assert (again.status_code, again.content) == (200, first.content)
    for header in ("Content-Type", "ETag", "Allow"):
        assert again[header] == first[header]

    cache.clear()
    assert reader.read(path(run)).content == first.content
    assert made == [run.pk, run.pk]


def test_a_change_shows_at_once(
    reader: ApiClient, run: WorkflowExecution, drive: Drive, made: list[int]
) -> None:
    before = reader.read(path(run))
    drive.step()
    after = reader.read(path(run), headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200 and after["ETag"] != before["ETag"]
    assert [one["status"] for one in before.json()["nodes"]] == ["completed", "queued"]
    assert [one["status"] for one in after.json()["nodes"]] == ["completed", "completed"]
    assert after.json()["status"] == "completed"
    assert len(made) == 2


def test_a_workflow_or_a_person_with_another_name_shows_at_once(
    reader: ApiClient, run: WorkflowExecution, editor: User
) -> None:
    before = reader.read(path(run)).json()
    assert (before["template"]["name"], before["launched_by"]) == ("Test", "Editor")
    template = run.version.template
    template.name = "Spring launch"
    template.save(update_fields=["name"])
    assert reader.read(path(run)).json()["template"]["name"] == "Spring launch"
    editor.name = "Edda"
    editor.save(update_fields=["name"])
    assert reader.read(path(run)).json()["launched_by"] == "Edda"
    run.refresh_from_db()
    editor.delete()
    found = reader.read(path(run)).json()
    assert (found["launched_by"], found["revision"]) == (None, run.revision)


def test_a_body_is_not_kept_when_the_run_moved_while_it_was_made(
    reader: ApiClient, run: WorkflowExecution, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = execution_body.present

    def slow(execution: WorkflowExecution) -> dict[str, Any]:
        monkeypatch.setattr(execution_body, "present", plain)
        found = plain(execution)
        drive.step()
        return found

    monkeypatch.setattr(execution_body, "present", slow)
    stand = execution_body.stand_of(run.workspace, run.pk)
    assert reader.read(path(run)).json()["status"] == "running"
    assert cache.get(stand.key) is None
    assert reader.read(path(run)).json()["status"] == "completed"


def test_a_body_that_is_too_long_is_made_each_time(
    reader: ApiClient, run: WorkflowExecution, made: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution_body, "LONGEST", 100)
    assert reader.read(path(run)).content == reader.read(path(run)).content
    assert len(made) == 2


def test_a_run_is_followed_while_redis_is_away(
    reader: ApiClient,
    run: WorkflowExecution,
    made: list[int],
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = reader.read(path(run))
    nowhere = f"redis://127.0.0.1:{free_ports(1)[0]}"
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": nowhere}}
    monkeypatch.setattr(cache_module, "_away_until", 0.0)
    for _ in range(2):
        answer = reader.read(path(run))
        assert (answer.status_code, answer.content) == (200, before.content)
    assert len(made) == 3
    same = reader.read(path(run), headers={"If-None-Match": before["ETag"]})
    assert same.status_code == 304


def test_a_body_that_is_kept_is_shown_to_nobody_who_may_not_see_the_run(
    reader: ApiClient,
    program: Program,
    browser: Program,
    anybody: ApiClient,
    run: WorkflowExecution,
    editor: User,
    viewer: User,
    stranger: User,
    made: list[int],
) -> None:
    elsewhere = Workspace.objects.get(memberships__user=stranger)
    tag = reader.read(path(run))["ETag"]
    for headers in ({}, {"If-None-Match": tag}, {"If-None-Match": "*"}):
        problem(program(stranger, where=elsewhere).read(path(run), headers=headers), 404)
        problem(browser(stranger).read(path(run), headers=headers), 404)
        problem(browser(stranger, where=elsewhere).read(path(run), headers=headers), 404)
        problem(anybody.read(path(run), headers=headers), 401)
        limited = program(editor, ["run", "edit", "review"])
        problem(limited.read(path(run), headers=headers), 403)
    assert browser(viewer).read(path(run)).content == reader.read(path(run)).content
    assert made == [run.pk]


def test_who_has_lost_the_right_is_refused_at_the_next_poll(
    program: Program, run: WorkflowExecution, viewer: User, editor: User, reviewer: User
) -> None:
    clients = {user: program(user) for user in (viewer, editor, reviewer)}
    for client in clients.values():
        assert client.read(path(run)).status_code == 200
    Membership.objects.get(user=viewer).delete()
    problem(clients[viewer].read(path(run)), 404)
    ApiToken.objects.filter(user=editor).update(expiry=timezone.now() - timedelta(seconds=1))
    problem(clients[editor].read(path(run)), 401)
    User.objects.filter(pk=reviewer.pk).update(is_active=False)
    problem(clients[reviewer].read(path(run)), 401)


def test_a_run_that_is_gone_is_a_404_though_its_body_is_kept(
    reader: ApiClient, run: WorkflowExecution
) -> None:
    assert reader.read(path(run)).status_code == 200
    run.delete()
    problem(reader.read(path(run)), 404)
    problem(reader.read(f"/executions/{2**62}"), 404)


def test_a_format_that_is_not_offered_and_a_head_are_answered_as_before(
    reader: ApiClient, run: WorkflowExecution
) -> None:
    body = reader.read(path(run))
    problem(reader.read(path(run), headers={"Accept": "text/csv"}), 406)
    head = reader.call("HEAD", path(run))
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", body["ETag"])
    assert head["Content-Length"] == body["Content-Length"]


def test_a_poll_asks_the_database_twice_and_a_304_asks_redis_nothing(
    reader: ApiClient, run: WorkflowExecution, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = reader.read(path(run))["ETag"]
    monkeypatch.setattr(execution_body, "cache", None)
    with statements() as seen:
        answer = reader.read(path(run), headers={"If-None-Match": tag})
    assert answer.status_code == 304
    assert len(seen) == 2


def test_a_run_in_line_is_seen_to_move_up(
    drive: Drive, reader: ApiClient, workspace: Workspace, editor: User
) -> None:
    """Guard: the place in ``_STAND``; the run itself is not changed when another leaves."""
    workspace.max_concurrent_executions = 1
    workspace.save()
    made = graph([brief("topic"), text("a")], "brief > a")
    first, second, third = (drive.launch(made) for _ in range(3))
    assert [reader.read(path(run)).json()["place_in_line"] for run in (first, second, third)] == [
        None,
        1,
        2,
    ]
    stop(second.pk, user=editor)
    assert reader.read(path(third)).json()["place_in_line"] == 1
