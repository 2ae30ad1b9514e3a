"""Every URL x method x person of the cast, on own things and on foreign ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.access.rules import (
    ACCOUNTS,
    ADMIN,
    HIDDEN,
    LEADS_OUT,
    OWN_KEY,
    RULES,
    UNKNOWN_CALLS,
    Open,
    Rule,
)
from tests.access.urls import every_url
from tests.access.world import World, build
from workspaces.access import ACTIONS, Action
from workspaces.models import Membership, Role, User, Workspace

pytestmark = pytest.mark.django_db
CASES = [(path, method) for path, rules in RULES.items() for method in rules]
every_case = pytest.mark.parametrize(
    ("path", "method"), CASES, ids=[f"{method} {path}" for path, method in CASES]
)
ON_THINGS = [
    (path, method)
    for path, method in CASES
    if "_id}" in path and not isinstance(RULES[path][method], Open)
]
SEEN_BY_ALL = ("/templates/{template",)
"""Pages of the gallery: their templates belong to no workspace."""


@pytest.fixture
def admin(workspace: Workspace) -> User:
    """Administers the workspace."""
    user = User.objects.create_user("admin@example.test", "a-long-password", name="Admin")
    Membership.objects.create(workspace=workspace, user=user, role=Role.ADMIN)
    return user


@pytest.fixture
def members(
    owner: User, admin: User, editor: User, reviewer: User, viewer: User
) -> dict[str, User]:
    """Everybody of the workspace by role."""
    return {
        Role.OWNER: owner,
        Role.ADMIN: admin,
        Role.EDITOR: editor,
        Role.REVIEWER: reviewer,
        Role.VIEWER: viewer,
    }


@pytest.fixture
def world(workspace: Workspace, owner: User) -> World:
    """What the members work on."""
    return build(workspace, owner)


@pytest.fixture
def elsewhere(stranger: User) -> World:
    """The same in the stranger's workspace."""
    return build(Workspace.objects.get(slug="elsewhere"), stranger)


def _call(method: str, address: str, user: User | None, slug: str) -> Any:
    """One call whose writes are undone."""
    client = Client(headers={"X-Workspace": slug})
    if user:
        client.force_login(user)
    with transaction.atomic():
        answer = client.generic(method, address, "", content_type="application/json")
        transaction.set_rollback(True)
    not_ready = address == "/readyz" and answer.status_code == 503
    assert not_ready or answer.status_code < 500, answer.content[:500]
    return answer


def _is_refused_to_visitors(answer: Any, path: str) -> bool:
    if path.startswith("/api/"):
        return answer.status_code == 401
    return answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")


def _is_let_in(answer: Any) -> bool:
    return answer.status_code not in (401, 403, 404, 405) and not answer.headers.get(
        "Location", ""
    ).startswith("/accounts/login/")


def _may(role: str, rule: Rule) -> bool:
    return isinstance(rule, Open) or rule in ACTIONS[role]


def _unlisted() -> Iterator[str]:
    for url in every_url():
        if url.path.startswith((ACCOUNTS, ADMIN)) or url.path in (UNKNOWN_CALLS, OWN_KEY):
            continue
        missing = url.methods - set(RULES.get(url.path, {}))
        yield from (f"{method} {url.path}" for method in sorted(missing))


def test_every_url_and_method_is_listed() -> None:
    assert list(_unlisted()) == []


def test_nothing_is_listed_that_is_not_there() -> None:
    there = {url.path: url.methods for url in every_url()}
    gone = [(path, method) for path, method in CASES if method not in there.get(path, ())]
    assert gone == []


@every_case
def test_a_visitor_is_sent_to_sign_in(path: str, method: str, world: World) -> None:
    answer = _call(method, world.fill(path), None, world.workspace.slug)
    if RULES[path][method] is Open.EVERYONE:
        assert _is_let_in(answer) or answer.status_code == 503
    else:
        assert _is_refused_to_visitors(answer, path)


@every_case
def test_a_stranger_finds_nothing(path: str, method: str, world: World, stranger: User) -> None:
    answer = _call(method, world.fill(path), stranger, world.workspace.slug)
    if isinstance(RULES[path][method], Action):
        assert answer.status_code == 404
    else:
        assert answer.status_code not in (401, 403, 404)


@every_case
def test_a_member_does_what_the_role_allows(
    path: str, method: str, world: World, members: dict[str, User]
) -> None:
    rule = RULES[path][method]
    for role, user in members.items():
        answer = _call(method, world.fill(path), user, world.workspace.slug)
        if _may(role, rule):
            assert _is_let_in(answer) or answer.status_code == 503, (role, answer.status_code)
        else:
            wanted = 404 if path in HIDDEN else 403
            assert answer.status_code == wanted, (role, answer.status_code)


@pytest.mark.parametrize(
    ("path", "method"), ON_THINGS, ids=[f"{method} {path}" for path, method in ON_THINGS]
)
def test_a_foreign_thing_is_not_there(
    path: str, method: str, world: World, elsewhere: World, members: dict[str, User]
) -> None:
    slugs = {"slug": world.workspace.slug, "workspace_slug": world.workspace.slug}
    foreign = elsewhere.fill(path, **slugs)
    for role, user in members.items():
        answer = _call(method, foreign, user, world.workspace.slug)
        wanted = (404,) if _may(role, RULES[path][method]) else (403, 404)
        assert answer.status_code in wanted, (role, answer.status_code)


@pytest.mark.parametrize(
    ("path", "method"),
    [case for case in ON_THINGS if case[0].count("_id}") > 1],
    ids=[f"{m} {p}" for p, m in ON_THINGS if p.count("_id}") > 1],
)
def test_a_foreign_thing_inside_an_own_one_is_not_there(
    path: str, method: str, world: World, elsewhere: World, owner: User
) -> None:
    inner = path.rsplit("{", 1)[1].split("}")[0]
    address = world.fill(path, **{inner: elsewhere.ids[inner]})
    assert _call(method, address, owner, world.workspace.slug).status_code == 404


ADMIN_PATHS = sorted({url.path for url in every_url() if url.path.startswith(ADMIN)})


@pytest.mark.parametrize("path", ADMIN_PATHS)
def test_the_admin_site_opens_to_staff_alone(
    path: str, world: World, members: dict[str, User], stranger: User
) -> None:
    address = path
    for name in (part.split("}")[0] for part in path.split("{")[1:]):
        address = address.replace(f"{{{name}}}", "1")
    for user in (None, stranger, *members.values()):
        answer = _call("GET", address, user, world.workspace.slug)
        assert answer.status_code in (302, 403, 404), (user, answer.status_code)
        if answer.status_code == 302 and path not in LEADS_OUT:
            assert answer["Location"].startswith(("/accounts/login/", "/admin/login/"))
