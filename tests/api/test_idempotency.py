"""A call sent twice with one key is done once, whatever dies in between."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from documents.models import Document
from tests import factories as make
from tests.api.conftest import ApiClient, Program, attrs, key_of, problem
from workspaces.api import projects
from workspaces.models import IdempotencyKey, Project, User, Workspace
from workspaces.projects import create_project

KEY = {"Idempotency-Key": "4f1c"}
SPRING = {"name": "Spring", "description": ""}


def test_the_same_call_again_is_answered_and_not_done(editor: User, program: Program) -> None:
    client = program(editor)
    first = client.make("/projects", SPRING, headers=KEY)
    again = client.make("/projects", dict(reversed(SPRING.items())), headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert Project.objects.count() == 1


def test_headers_of_the_answer_are_replayed(editor: User, program: Program) -> None:
    client = program(editor)
    first = client.make("/documents", {"title": "Launch"}, headers=KEY)
    again = client.make("/documents", {"title": "Launch"}, headers=KEY)
    assert (again["Location"], again["ETag"]) == (first["Location"], first["ETag"])


def test_another_call_with_the_key_is_refused(editor: User, program: Program) -> None:
    client = program(editor)
    client.make("/projects", SPRING, headers=KEY)
    for path, body in [
        ("/projects", {"name": "Summer"}),
        ("/projects?x=1", SPRING),
        ("/documents", {"title": "Launch"}),
    ]:
        answer = client.make(path, body, headers=KEY)
        assert attrs(answer) == {"Idempotency-Key"}
        assert answer.json()["errors"][0]["code"] == "idempotency_key_reused"
    assert Project.objects.count() == 1


def test_a_key_is_a_persons_own_in_one_workspace(
    editor: User, owner: User, program: Program, elsewhere: Workspace
) -> None:
    make.MembershipFactory(user=editor, workspace=elsewhere)
    for client in (program(editor), program(owner), program(editor, where=elsewhere)):
        answer = client.make("/documents", {"title": "Launch"}, headers=KEY)
        assert "Idempotency-Replayed" not in answer
    assert IdempotencyKey.objects.count() == 3


def test_an_error_leaves_the_key_free(editor: User, program: Program) -> None:
    client = program(editor)
    assert attrs(client.make("/projects", {"name": ""}, headers=KEY)) == {"name"}
    assert not IdempotencyKey.objects.exists()
    assert client.make("/projects", SPRING, headers=KEY).status_code == 201


def test_a_fault_of_ours_leaves_the_key_free_and_nothing_half_done(
    editor: User, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**fields: Any) -> Project:
        create_project(**fields)
        raise RuntimeError("after the row")

    client = program(editor)
    client.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr(projects, "create_project", fail)
        problem(client.make("/projects", SPRING, headers=KEY), 500)
    assert not Project.objects.exists()
    assert client.make("/projects", SPRING, headers=KEY).status_code == 201


def test_while_the_first_is_in_flight_another_is_told_to_wait(
    editor: User, program: Program
) -> None:
    client = program(editor)
    client.make("/projects", SPRING, headers=KEY)
    Project.objects.all().delete()
    IdempotencyKey.objects.update(status=None, body=None)
    answer = client.make("/projects", SPRING, headers=KEY)
    assert problem(answer, 409)["errors"][0]["code"] == "in_flight"
    assert not Project.objects.exists()


def test_a_call_that_died_is_taken_over(editor: User, program: Program) -> None:
    client = program(editor)
    client.make("/projects", SPRING, headers=KEY)
    Project.objects.all().delete()
    long_ago = timezone.now() - timedelta(minutes=11)
    IdempotencyKey.objects.update(status=None, body=None, created_at=long_ago)
    assert client.make("/projects", SPRING, headers=KEY).status_code == 201
    assert client.make("/projects", SPRING, headers=KEY)["Idempotency-Replayed"] == "true"
    assert Project.objects.count() == 1


def test_a_slow_call_that_was_taken_over_changes_nothing(
    editor: User, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(**fields: Any) -> Project:
        IdempotencyKey.objects.update(created_at=timezone.now() + timedelta(minutes=1))
        return create_project(**fields)

    monkeypatch.setattr(projects, "create_project", slow)
    problem(program(editor).make("/projects", SPRING, headers=KEY), 409)
    assert not Project.objects.exists()


def test_a_key_is_forgotten_after_a_day(editor: User, program: Program) -> None:
    client = program(editor)
    client.make("/documents", {"title": "Launch"}, headers=KEY)
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))
    answer = client.make("/documents", {"title": "Launch"}, headers=KEY)
    assert "Idempotency-Replayed" not in answer
    assert IdempotencyKey.objects.count() == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "é", "a\tb", "a\x7fb"])
def test_a_key_that_is_none_is_refused(key: str, editor: User, program: Program) -> None:
    answer = program(editor).make("/projects", SPRING, headers={"Idempotency-Key": key})
    assert attrs(answer) == {"Idempotency-Key"}
    assert not Project.objects.exists()


def test_a_reader_cannot_replay_what_they_may_not_do(
    editor: User, workspace: Workspace, program: Program
) -> None:
    client = program(editor)
    client.make("/projects", SPRING, headers=KEY)
    problem(program(editor, ["read"]).make("/projects", SPRING, headers=KEY), 403)


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_is_done(editor: User, workspace: Workspace) -> None:
    headers = {"Authorization": f"Token {key_of(editor, workspace)}"}
    ready = threading.Barrier(8)
    codes: list[int] = []

    def send() -> None:
        try:
            mine = ApiClient(headers=headers)
            ready.wait()
            codes.append(mine.make("/documents", {"title": "Launch"}, headers=KEY).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(codes) == 8
    assert set(codes) <= {201, 409}
    assert codes.count(201) >= 1
    assert IdempotencyKey.objects.get().status == 201
    assert Document.objects.count() == 1
