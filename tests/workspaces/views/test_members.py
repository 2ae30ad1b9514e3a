"""Members: listed for all, changed by those who may, and never without an owner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests import factories as make
from workspaces.models import ApiToken, Membership, Notice, Role, User, Workspace

Browse = Callable[[User], Client]
MEMBERS = "/w/alder-pine/settings/members"
HTMX = {"hx-request": "true"}


@pytest.fixture
def admin(workspace: Workspace) -> User:
    user = make.UserFactory(email="admin@example.test", name="Admin")
    make.MembershipFactory(workspace=workspace, user=user, role=Role.ADMIN)
    return user


def member_of(user: User) -> Membership:
    return Membership.objects.get(user=user, workspace__slug="alder-pine")


def _post(client: Client, user: User, what: str, **data: str) -> Any:
    return client.post(f"{MEMBERS}/{member_of(user).pk}/{what}", data, follow=True)


def test_settings_open_with_the_members(browse: Browse, viewer: User) -> None:
    answer = browse(viewer).get("/w/alder-pine/settings", follow=True)
    assert answer.redirect_chain[-1][0] == MEMBERS
    assert '<a class="nav__item" href="/w/alder-pine/settings"' in answer.content.decode()


def test_everybody_sees_who_is_there_and_what_roles_mean(
    browse: Browse, viewer: User, owner: User, editor: User, stranger: User
) -> None:
    html = browse(viewer).get(MEMBERS).content.decode()
    for person in (viewer, owner, editor):
        assert person.email in html
    assert stranger.email not in html
    assert html.index("owner@example.test") < html.index("viewer@example.test")
    assert "Owners and admins invite people and change roles." in html
    assert "Invite by e-mail" not in html
    assert "/role" not in html
    assert "/remove" not in html


def test_the_list_costs_the_same_however_many_there_are(
    browse: Browse, owner: User, workspace: Workspace, django_assert_num_queries: Any
) -> None:
    client = browse(owner)
    for _ in range(3):
        make.MembershipFactory(workspace=workspace)
        make.InvitationFactory(workspace=workspace)
    with django_assert_num_queries(9):  # session to invitations with e-mails, and the frame
        client.get(MEMBERS)


def test_an_admin_changes_a_role_and_is_told(browse: Browse, admin: User, viewer: User) -> None:
    answer = _post(browse(admin), viewer, "role", role="reviewer")
    assert member_of(viewer).role == Role.REVIEWER
    assert "Viewer has the role Reviewer now." in answer.content.decode()


def test_the_list_comes_back_alone_where_htmx_asks(
    browse: Browse, admin: User, viewer: User
) -> None:
    answer = browse(admin).post(
        f"{MEMBERS}/{member_of(viewer).pk}/role", {"role": "editor"}, headers=HTMX
    )
    html = answer.content.decode()
    assert html.lstrip().startswith("<div") and "<html" not in html
    assert "Viewer has the role Editor now." in answer["HX-Trigger"]


def test_an_admin_touches_no_owner_and_makes_none(
    browse: Browse, admin: User, owner: User, viewer: User
) -> None:
    client = browse(admin)
    assert f"/members/{member_of(owner).pk}/" not in client.get(MEMBERS).content.decode()
    for user, what, data in (
        (owner, "role", {"role": "viewer"}),
        (owner, "remove", {}),
        (viewer, "role", {"role": "owner"}),
    ):
        answer = _post(client, user, what, **data)
        assert "Only an owner may change or remove an owner" in answer.content.decode()
    assert member_of(owner).role == Role.OWNER
    assert member_of(viewer).role == Role.VIEWER


def test_the_last_owner_stays_owner_and_stays(browse: Browse, owner: User) -> None:
    client = browse(owner)
    html = client.get(MEMBERS).content.decode()
    assert f"/members/{member_of(owner).pk}/" not in html
    assert "/members/leave" not in html
    words = "A workspace keeps at least one owner."
    assert words in _post(client, owner, "role", role="admin").content.decode()
    assert words in _post(client, owner, "remove").content.decode()
    assert words in client.post(f"{MEMBERS}/leave", follow=True).content.decode()
    assert member_of(owner).role == Role.OWNER


def test_with_a_second_owner_the_first_may_step_down(
    browse: Browse, owner: User, editor: User
) -> None:
    client = browse(owner)
    _post(client, editor, "role", role="owner")
    answer = client.post(f"{MEMBERS}/{member_of(owner).pk}/role", {"role": "viewer"}, headers=HTMX)
    assert answer["HX-Redirect"] == MEMBERS
    assert member_of(owner).role == Role.VIEWER
    assert client.post(f"{MEMBERS}/{member_of(editor).pk}/remove").status_code == 403


@pytest.mark.parametrize("role", ["", "king", "ADMIN"])
def test_a_role_that_there_is_not_is_refused(
    browse: Browse, owner: User, viewer: User, role: str
) -> None:
    answer = _post(browse(owner), viewer, "role", role=role)
    assert "Choose one of the roles." in answer.content.decode()
    assert member_of(viewer).role == Role.VIEWER


def test_whoever_is_removed_is_out_with_their_tokens(
    browse: Browse, owner: User, editor: User, workspace: Workspace
) -> None:
    make.ApiTokenFactory(user=editor, workspace=workspace)
    kept = make.ApiTokenFactory(user=editor)
    make.NoticeFactory(user=editor, workspace=workspace)
    answer = _post(browse(owner), editor, "remove")
    assert "Editor is no longer a member." in answer.content.decode()
    assert browse(editor).get(MEMBERS).status_code == 404
    assert list(ApiToken.objects.filter(user=editor)) == [kept]
    assert not Notice.objects.exists()


def test_a_member_leaves(browse: Browse, viewer: User, owner: User) -> None:
    client = browse(viewer)
    assert "/members/leave" in client.get(MEMBERS).content.decode()
    answer = client.post(f"{MEMBERS}/leave", follow=True)
    assert "You are in no workspace yet" in answer.content.decode()
    assert not Membership.objects.filter(user=viewer).exists()


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_demote_each_other_leave_one(
    browse: Browse, together: Any, workspace: Workspace, owner: User
) -> None:
    second = make.MembershipFactory(workspace=workspace, role=Role.OWNER)
    clients = {owner: browse(owner), second.user: browse(second.user)}
    for _ in range(5):
        Membership.objects.filter(workspace=workspace).update(role=Role.OWNER)
        pairs = [(owner, second.pk), (second.user, member_of(owner).pk)]
        together(
            [
                lambda user=user, pk=pk: clients[user].post(
                    f"{MEMBERS}/{pk}/role", {"role": "viewer"}
                )
                for user, pk in pairs
            ]
        )
        assert Membership.objects.filter(workspace=workspace, role=Role.OWNER).count() == 1
