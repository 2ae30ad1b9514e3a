"""Tokens: shown once, never wider than who makes them, good only in their own workspace."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests import factories as make
from tests.api.conftest import ApiClient, Program, attrs, key_of, problem
from workspaces.models import ApiToken, Membership, Role, Scope, User, Workspace

TOKENS = "/workspaces/alder-pine/tokens"


def test_a_new_token_is_shown_once_and_works(editor: User, browser: Program) -> None:
    answer = browser(editor).make(TOKENS, {"name": "Nightly", "scopes": ["read"]})
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    made = answer.json()
    assert made["name"] == "Nightly"
    assert made["scopes"] == ["read"]
    assert made["key"].startswith(made["begins_with"])
    assert made["key"] not in str(ApiToken.objects.values().get())
    listed = browser(editor).read(TOKENS)
    assert made["key"] not in listed.content.decode()
    assert [row["id"] for row in listed.json()["results"]] == [made["id"]]
    client = ApiClient(headers={"Authorization": f"Token {made['key']}"})
    assert client.read("/projects").status_code == 200
    problem(client.make("/projects", {"name": "Spring"}), 403)


def test_a_token_may_do_all_that_its_person_may_unless_it_is_told(
    editor: User, browser: Program
) -> None:
    made = browser(editor).make(TOKENS, {"name": "All"}).json()
    assert made["scopes"] == ["read", "run", "edit", "review"]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("scope", list(Scope))
def test_no_token_is_wider_than_the_role_of_who_makes_it(
    role: str, scope: str, workspace: Workspace, browser: Program
) -> None:
    person = make.MembershipFactory(workspace=workspace, role=role).user
    allowed = {
        Role.VIEWER: {"read"},
        Role.REVIEWER: {"read", "review"},
        Role.EDITOR: {"read", "review", "run", "edit"},
    }.get(Role(role), set(Scope.values))
    answer = browser(person).make(TOKENS, {"name": "T", "scopes": [scope]})
    if scope in allowed:
        assert answer.status_code == 201
    else:
        assert attrs(answer) == {"scopes"}
        assert not ApiToken.objects.exists()


def test_a_token_makes_no_token_unless_it_may_administer(owner: User, program: Program) -> None:
    wide = {"name": "T", "scopes": ["edit"]}
    problem(program(owner, ["read", "run", "edit", "review"]).make(TOKENS, wide), 403)
    admin = program(owner, ["read", "admin"])
    assert attrs(admin.make(TOKENS, wide)) == {"scopes"}
    assert admin.make(TOKENS, {"name": "T", "scopes": ["read"]}).status_code == 201


def test_a_person_sees_and_revokes_their_own_tokens_only(
    editor: User, viewer: User, workspace: Workspace, browser: Program
) -> None:
    key_of(editor, workspace)
    key_of(viewer, workspace)
    (own,) = browser(viewer).read(TOKENS).json()["results"]
    other = ApiToken.objects.get(user=editor).public_id
    assert own["user"]["email"] == viewer.email
    problem(browser(viewer).remove(f"{TOKENS}/{other}"), 404)
    assert browser(viewer).remove(f"{TOKENS}/{own['id']}").status_code == 204
    problem(browser(viewer).remove(f"{TOKENS}/{own['id']}"), 404)
    assert ApiToken.objects.get().user == editor


def test_an_admin_sees_and_revokes_everybodys(
    editor: User, owner: User, workspace: Workspace, browser: Program
) -> None:
    key = key_of(editor, workspace)
    (listed,) = browser(owner).read(TOKENS).json()["results"]
    assert browser(owner).remove(f"{TOKENS}/{listed['id']}").status_code == 204
    client = ApiClient(headers={"Authorization": f"Token {key}"})
    problem(client.read("/projects"), 401)


def test_tokens_of_another_workspace_are_not_there(
    owner: User, stranger: User, workspace: Workspace, program: Program, browser: Program
) -> None:
    key_of(owner, workspace)
    token = ApiToken.objects.get(user=owner)
    elsewhere = stranger.memberships.get().workspace
    for client in (browser(stranger), program(stranger, where=elsewhere)):
        problem(client.read(TOKENS), 404)
        problem(client.make(TOKENS, {"name": "Mine"}), 404)
        problem(client.remove(f"{TOKENS}/{token.public_id}"), 404)
        problem(client.remove(f"/workspaces/elsewhere/tokens/{token.public_id}"), 404)
    assert ApiToken.objects.filter(pk=token.pk).exists()


def test_an_expired_token_is_refused_and_still_listed(
    editor: User, workspace: Workspace, browser: Program
) -> None:
    key = key_of(editor, workspace)
    client = ApiClient(headers={"Authorization": f"Token {key}"})
    assert client.read("/projects").status_code == 200
    ApiToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    answer = problem(client.read("/projects"), 401)
    assert answer["errors"][0]["code"] == "token_expired"
    assert len(browser(editor).read(TOKENS).json()["results"]) == 1


def test_a_token_of_somebody_who_may_not_sign_in_is_refused(editor: User, program: Program) -> None:
    client = program(editor)
    User.objects.filter(pk=editor.pk).update(is_active=False)
    problem(client.read("/projects"), 401)


def test_a_token_of_somebody_who_has_left_opens_nothing(editor: User, program: Program) -> None:
    client = program(editor)
    Membership.objects.filter(user=editor).delete()
    problem(client.read("/projects"), 404)
    problem(client.make("/projects", {"name": "x"}), 404)
    assert client.read("/workspaces").json()["results"] == []


def test_a_role_that_is_lowered_lowers_every_token(editor: User, program: Program) -> None:
    client = program(editor)
    Membership.objects.filter(user=editor).update(role=Role.VIEWER)
    problem(client.make("/projects", {"name": "x"}), 403)
    assert client.read("/projects").status_code == 200


@pytest.mark.parametrize("scope", ["run", "edit", "review"])
def test_reading_needs_the_scope_read(scope: str, editor: User, program: Program) -> None:
    client = program(editor, [scope])
    for path in ("/projects", "/documents", "/images", "/files", "/workspaces", TOKENS):
        problem(client.read(path), 403)


def test_a_token_counts_in_the_right_header_alone(
    editor: User, workspace: Workspace, anybody: ApiClient
) -> None:
    key = key_of(editor, workspace)
    for query in (f"token={key}", f"access_token={key}", f"Authorization=Token {key}"):
        problem(anybody.read(f"/projects?{query}"), 401)
    for name in ("X-Api-Key", "X-Authorization", "Token", "Cookie"):
        problem(anybody.read("/projects", headers={name: f"Token {key}"}), 401)
    for scheme in ("Bearer", "Basic", "JWT"):
        problem(anybody.read("/projects", headers={"Authorization": f"{scheme} {key}"}), 401)


@pytest.mark.parametrize(
    "value",
    [
        "Token",
        "Token ",
        "Token x y",
        "Token \xff",
        "Token é",
        "Token a\0b",
        "Token " + "0" * 64,
        "Token " + "0" * 5000,
    ],
)
def test_what_is_no_token_is_a_401(value: str, anybody: ApiClient) -> None:
    problem(anybody.read("/projects", headers={"Authorization": value}), 401)


def test_the_head_of_a_key_opens_nothing(
    editor: User, workspace: Workspace, anybody: ApiClient
) -> None:
    key = key_of(editor, workspace)
    for part in (key[:15], key[:-1], key + "0", key.upper()):
        problem(anybody.read("/projects", headers={"Authorization": f"Token {part}"}), 401)


def test_a_token_wins_over_the_session_beside_it(
    owner: User, viewer: User, browser: Program, workspace: Workspace
) -> None:
    client = browser(owner)
    key = key_of(viewer, workspace)
    with_token = {"Authorization": f"Token {key}"}
    problem(client.make("/projects", {"name": "x"}, headers=with_token), 403)
    problem(client.read("/projects", headers={"Authorization": "Token wrong"}), 401)


def test_use_is_noted_once_a_minute(editor: User, program: Program) -> None:
    client = program(editor)
    client.read("/projects")
    first = ApiToken.objects.get().last_used_at
    assert first is not None
    client.read("/projects")
    assert ApiToken.objects.get().last_used_at == first


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, {"name"}),
        ({"name": " "}, {"name"}),
        ({"name": "x" * 81}, {"name"}),
        ({"name": "T", "scopes": []}, {"scopes"}),
        ({"name": "T", "scopes": ["root"]}, {"scopes.0"}),
        ({"name": "T", "scopes": "read"}, {"scopes"}),
        ({"name": "T", "days": 0}, {"days"}),
        ({"name": "T", "days": 366}, {"days"}),
        ({"name": "T", "user": 1, "expiry": None}, {"user", "expiry"}),
    ],
)
def test_a_token_that_cannot_be_made_names_why(
    body: dict[str, Any], named: set[str], editor: User, browser: Program
) -> None:
    assert attrs(browser(editor).make(TOKENS, body)) == named
    assert not ApiToken.objects.exists()


def test_the_command_prints_the_key_alone(
    editor: User, workspace: Workspace, capsys: pytest.CaptureFixture[str], anybody: ApiClient
) -> None:
    call_command(
        "create_api_token", "EDITOR@example.test", workspace="alder-pine", scopes="read,run"
    )
    key = capsys.readouterr().out.removesuffix("\n")
    assert key == key.strip()
    assert len(key) == 64
    answer = anybody.read("/workspaces", headers={"Authorization": f"Token {key}"})
    assert [row["slug"] for row in answer.json()["results"]] == ["alder-pine"]
    assert ApiToken.objects.get().scopes == ["read", "run"]


def test_the_command_gives_all_that_the_role_allows(reviewer: User, workspace: Workspace) -> None:
    call_command("create_api_token", reviewer.email, workspace="alder-pine", days=3, name="Desk")
    token = ApiToken.objects.get()
    assert (token.scopes, token.name) == (["read", "review"], "Desk")
    assert token.expiry is not None
    assert timedelta(days=2) < token.expiry - timezone.now() <= timedelta(days=3)


@pytest.mark.parametrize(
    ("email", "options", "says"),
    [
        ("nobody@example.test", {}, "no person with the e-mail address nobody@example.test"),
        ("viewer@example.test", {"workspace": "elsewhere"}, "this person: alder-pine"),
        ("stranger@example.test", {}, "this person: elsewhere"),
        ("viewer@example.test", {"scopes": "read,root"}, "no root; choose of read, run"),
        ("viewer@example.test", {"scopes": "edit"}, "viewer there"),
        ("viewer@example.test", {"days": 0}, "--days"),
        ("viewer@example.test", {"name": " "}, "--name"),
    ],
)
def test_the_command_names_what_is_wrong(
    email: str, options: dict[str, Any], says: str, viewer: User, stranger: User
) -> None:
    with pytest.raises(CommandError, match=says):
        call_command("create_api_token", email, **{"workspace": "alder-pine", **options})
    assert not ApiToken.objects.exists()


def test_the_command_refuses_somebody_who_may_not_sign_in(viewer: User) -> None:
    User.objects.filter(pk=viewer.pk).update(is_active=False)
    with pytest.raises(CommandError, match="not active"):
        call_command("create_api_token", viewer.email, workspace="alder-pine")
