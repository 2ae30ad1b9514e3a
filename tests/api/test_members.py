"""Members and invitations over the API: the rules of the pages."""

from __future__ import annotations

import pytest
from django.core import mail

from tests import factories as make
from tests.api.conftest import Program, attrs, problem
from workspaces.models import ApiToken, Invitation, Membership, Role, User, Workspace
from workspaces.notices import deliver

pytestmark = pytest.mark.django_db
ROOM = "/workspaces/alder-pine"


@pytest.fixture
def admin(workspace: Workspace) -> User:
    user: User = make.UserFactory(name="Admin")
    Membership.objects.create(workspace=workspace, user=user, role=Role.ADMIN)
    return user


def _member(user: User, workspace: Workspace) -> Membership:
    return Membership.objects.get(user=user, workspace=workspace)


def test_everybody_sees_who_belongs_there(
    program: Program, viewer: User, owner: User, elsewhere: Workspace
) -> None:
    rows = program(viewer, ["read"]).read(f"{ROOM}/members").json()["results"]
    assert [(row["user"]["email"], row["role"]) for row in rows] == [
        ("owner@example.test", "owner"),
        ("viewer@example.test", "viewer"),
    ]
    one = program(viewer).read(f"{ROOM}/members/{rows[0]['id']}").json()
    assert one == rows[0]
    assert one["is_active"] is True


def test_an_admin_changes_a_role_and_removes(
    program: Program, admin: User, editor: User, workspace: Workspace
) -> None:
    client, member = program(admin), _member(editor, workspace)
    program(editor)
    path = f"{ROOM}/members/{member.pk}"
    changed = client.call("PATCH", path, {"role": "reviewer"})
    assert (changed.status_code, changed.json()["role"]) == (200, "reviewer")
    assert client.remove(path).status_code == 204
    assert not Membership.objects.filter(pk=member.pk).exists()
    assert not ApiToken.objects.filter(user=editor).exists()
    problem(client.remove(path), 404)


def test_the_last_owner_stays(program: Program, owner: User, workspace: Workspace) -> None:
    client, path = program(owner), f"{ROOM}/members/{_member(owner, workspace).pk}"
    for answer in (client.call("PATCH", path, {"role": "viewer"}), client.remove(path)):
        body = problem(answer, 409)
        assert body["errors"][0]["code"] == "last_owner"
        assert body["current"] == {"role": "owner"}
    assert _member(owner, workspace).role == Role.OWNER


def test_owners_are_seen_to_by_owners(
    program: Program, admin: User, owner: User, editor: User, workspace: Workspace
) -> None:
    client = program(admin)
    theirs = f"{ROOM}/members/{_member(owner, workspace).pk}"
    problem(client.call("PATCH", theirs, {"role": "viewer"}), 403)
    problem(client.remove(theirs), 403)
    other = f"{ROOM}/members/{_member(editor, workspace).pk}"
    problem(client.call("PATCH", other, {"role": "owner"}), 403)
    assert program(owner).call("PATCH", other, {"role": "owner"}).status_code == 200


def test_a_bad_change_names_its_field(
    program: Program, owner: User, editor: User, workspace: Workspace
) -> None:
    client, path = program(owner), f"{ROOM}/members/{_member(editor, workspace).pk}"
    assert attrs(client.call("PATCH", path, {"role": "king"})) == {"role"}
    assert attrs(client.call("PATCH", path, {})) == {"role"}
    assert attrs(client.call("PATCH", path, {"role": "viewer", "x": 1})) == {"x"}


def test_roles_and_scopes_both_count(program: Program, owner: User, editor: User) -> None:
    for client in (program(owner, ["read", "edit"]), program(editor)):
        problem(client.read(f"{ROOM}/invitations"), 403)
        problem(client.make(f"{ROOM}/invitations", {"email": "x@example.test"}), 403)
    problem(program(owner, ["admin"]).read(f"{ROOM}/members"), 403)


def test_somebody_is_invited_once_and_the_link_is_in_the_e_mail_alone(
    program: Program, admin: User
) -> None:
    client = program(admin)
    sent = {"email": "Lena@Example.test", "role": "reviewer"}
    made = client.make(f"{ROOM}/invitations", sent)
    assert made.status_code == 201
    assert made.json()["email"] == "Lena@example.test"
    assert "invitations/" not in made.content.decode()
    again = client.make(f"{ROOM}/invitations", sent)
    assert attrs(again) == {"email"}
    assert "invited already" in problem(again, 422)["detail"]
    (listed,) = client.read(f"{ROOM}/invitations").json()["results"]
    assert (listed["role"], listed["invited_by"]) == ("reviewer", "Admin")
    deliver()
    assert "/invitations/" in str(mail.outbox[0].body)


def test_an_invitation_is_revoked(program: Program, admin: User, workspace: Workspace) -> None:
    invitation = make.InvitationFactory(workspace=workspace)
    client, path = program(admin), f"{ROOM}/invitations/{invitation.pk}"
    assert client.remove(path).status_code == 204
    assert not Invitation.objects.exists()
    problem(client.remove(path), 404)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "email"),
        ({"email": "nobody"}, "email"),
        ({"email": "a@example.test", "role": "owner"}, "role"),
        ({"email": "owner@example.test"}, "email"),
        ({"email": "a@example.test", "nonce": "x"}, "nonce"),
    ],
)
def test_a_bad_invitation_names_its_field(
    body: dict[str, str], field: str, program: Program, owner: User
) -> None:
    assert attrs(program(owner).make(f"{ROOM}/invitations", body)) == {field}


def test_the_same_key_invites_once(program: Program, owner: User) -> None:
    client, headers = program(owner), {"Idempotency-Key": "one"}
    body = {"email": "lena@example.test"}
    first = client.make(f"{ROOM}/invitations", body, headers=headers)
    again = client.make(f"{ROOM}/invitations", body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again["Idempotency-Replayed"] == "true"
    assert Invitation.objects.count() == 1
