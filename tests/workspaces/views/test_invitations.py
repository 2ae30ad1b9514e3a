"""Invitations: sent, listed, sent again, revoked, accepted once by whom they are for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from tests import factories as make
from workspaces import invitations
from workspaces.models import Invitation, Membership, Notice, Role, User, Workspace
from workspaces.notices import deliver

Browse = Callable[[User], Client]
MEMBERS = "/w/alder-pine/settings/members"
INVITE = "/w/alder-pine/settings/invitations"
NEW = "newcomer@example.test"
ACCOUNT = {"name": "New Comer", "password": "a-long-enough-phrase"}


def _links() -> list[str]:
    """The paths in the e-mails that were sent, oldest first."""
    deliver()
    return [
        re.search(r"(/invitations/\S+)", str(letter.body))[1]  # type: ignore[index]
        for letter in mail.outbox
    ]


def _invited(client: Client, email: str = NEW, role: str = "editor") -> str:
    answer = client.post(INVITE, {"email": email, "role": role})
    assert answer.status_code == 302, answer.content.decode()
    return _links()[-1]


def _member(email: str) -> Membership | None:
    return Membership.objects.filter(workspace__slug="alder-pine", user__email=email).first()


def test_an_invitation_goes_out_by_e_mail_and_is_listed(
    browse: Browse, owner: User, settings: Any
) -> None:
    settings.SITE_URL = "https://copy.example.test"
    client = browse(owner)
    answer = client.post(INVITE, {"email": NEW, "role": "editor"}, follow=True)
    html = answer.content.decode()
    assert f"An invitation is on its way to {NEW}." in html
    assert "invited by Owner" in html
    assert "/invitations/" not in html.replace("/settings/invitations/", "")
    assert mail.outbox == []

    deliver()

    (letter,) = mail.outbox
    assert letter.to == [NEW]
    assert letter.subject == "Owner invites you to Alder & Pine on Copyloom"
    assert "as an editor" in letter.body
    assert "https://copy.example.test/invitations/" in letter.body


def test_a_name_cannot_write_a_letter_of_its_own(browse: Browse, owner: User) -> None:
    owner.name = "Win\n\nGo to https://evil.example " + "now " * 20
    owner.save()
    _invited(browse(owner))
    letter = mail.outbox[-1]
    assert "\n" not in letter.subject
    assert letter.body.startswith("Win Go to https://evil.example now")
    assert "now " * 10 not in letter.body


def test_somebody_new_makes_an_account_and_is_in(browse: Browse, owner: User) -> None:
    link, visitor = _invited(browse(owner)), Client()
    html = visitor.get(link).content.decode()
    assert "Join Alder &amp; Pine" in html
    assert "Owner invites" in html
    assert Membership.objects.count() == 1  # opening it changes nothing

    answer = visitor.post(link, ACCOUNT, follow=True)

    assert answer.redirect_chain[-1][0] == "/w/alder-pine/"
    assert "Welcome to Alder &amp; Pine." in answer.content.decode()
    user = User.objects.get(email=NEW)
    assert (user.name, user.check_password(ACCOUNT["password"])) == ("New Comer", True)
    assert _member(NEW).role == Role.EDITOR  # type: ignore[union-attr]
    assert NEW not in browse(owner).get(MEMBERS).content.decode().split("Members</h2>")[0]


def test_somebody_with_an_account_signs_in_and_joins(
    browse: Browse, owner: User, stranger: User
) -> None:
    link = _invited(browse(owner), stranger.email.upper(), "viewer")
    visitor = Client()
    assert f"/accounts/login/?next={quote(link)}" in visitor.get(link).content.decode()
    assert visitor.post(link, ACCOUNT).status_code == 200
    assert _member(stranger.email) is None

    client = browse(stranger)
    assert "<span>Sign" not in client.get(link).content.decode()
    client.post(link)

    assert _member(stranger.email).role == Role.VIEWER  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({**ACCOUNT, "name": ""}, "This field is required"),
        ({**ACCOUNT, "password": "short"}, "at least 12 characters"),
        ({**ACCOUNT, "password": "newcomer@example"}, "too similar"),
        ({}, "This field is required"),
    ],
)
def test_a_bad_account_is_refused_at_its_field(
    browse: Browse, owner: User, data: dict[str, str], words: str
) -> None:
    link = _invited(browse(owner))
    answer = Client().post(link, data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not User.objects.filter(email=NEW).exists()


def test_a_link_works_once(browse: Browse, owner: User) -> None:
    link = _invited(browse(owner))
    Client().post(link, ACCOUNT)
    for answer in (Client().get(link), Client().post(link, ACCOUNT)):
        assert answer.status_code == 404
        assert "does not work any more" in answer.content.decode()


def test_a_link_is_of_no_use_to_anybody_else(browse: Browse, owner: User, stranger: User) -> None:
    link, client = _invited(browse(owner)), browse(stranger)
    assert "You are signed in as stranger@example.test" in client.get(link).content.decode()
    assert client.post(link).status_code == 409
    assert _member(stranger.email) is None
    assert Invitation.objects.get(email=NEW).accepted_at is None


def test_a_link_expires(browse: Browse, owner: User) -> None:
    link = _invited(browse(owner))
    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23), tick=False):
        assert Client().get(link).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1), tick=False):
        assert Client().get(link).status_code == 404
        assert Client().post(link, ACCOUNT).status_code == 404
    assert not User.objects.filter(email=NEW).exists()


@pytest.mark.parametrize("change", ["", "x", "null", ":", "a:b:c", "WzEsIG51bGxd:1:x"])
def test_a_forged_link_opens_nothing(browse: Browse, owner: User, change: str) -> None:
    link = _invited(browse(owner))
    forged = [f"/invitations/{change}"] if change else [link[:-1], link.swapcase(), f"{link}A"]
    for one in forged:
        assert Client().get(one).status_code == 404
        assert Client().post(one, ACCOUNT).status_code == 404


def test_sending_again_ends_the_earlier_link(browse: Browse, owner: User) -> None:
    client = browse(owner)
    first = _invited(client)
    again = f"{INVITE}/{Invitation.objects.get().pk}/resend"
    refused = client.post(again, follow=True).content.decode()
    assert "less than a minute ago" in refused
    Notice.objects.update(created_at=timezone.now() - timedelta(minutes=2))

    assert f"A new link is on its way to {NEW}." in client.post(again, follow=True).content.decode()

    second = _links()[-1]
    assert second != first
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200


def test_sending_again_revives_an_expired_one(
    browse: Browse, owner: User, workspace: Workspace
) -> None:
    past = timezone.now() - timedelta(days=1)
    row = make.InvitationFactory(workspace=workspace, expires_at=past)
    client = browse(owner)
    assert "expired" in client.get(MEMBERS).content.decode()
    client.post(f"{INVITE}/{row.pk}/resend")
    assert Client().get(_links()[-1]).status_code == 200


def test_a_revoked_one_is_gone_with_its_link_and_its_e_mail(browse: Browse, owner: User) -> None:
    client = browse(owner)
    link = _invited(client)
    client.post(INVITE, {"email": "second@example.test", "role": "viewer"})
    for row in Invitation.objects.all():
        client.post(f"{INVITE}/{row.pk}/revoke")
    assert Client().get(link).status_code == 404
    assert deliver() == 0
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"email": "", "role": "editor"}, "This field is required"),
        ({"email": "no address", "role": "editor"}, "Enter a valid email address"),
        ({"email": "a@b.example\nBcc: c@d.example", "role": "editor"}, "Enter a valid email"),
        ({"email": NEW, "role": "owner"}, "owner is not one of the available choices"),
        ({"email": NEW, "role": ""}, "This field is required"),
        ({"email": "OWNER@example.test", "role": "viewer"}, "is a member already"),
        ({"email": "ASKED@example.test", "role": "viewer"}, "is invited already"),
    ],
)
def test_a_bad_invitation_is_refused_at_its_field(
    browse: Browse, owner: User, workspace: Workspace, data: dict[str, str], words: str
) -> None:
    make.InvitationFactory(workspace=workspace, email="asked@example.test")
    answer = browse(owner).post(INVITE, data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Notice.objects.count() == 0


def test_invitations_are_bounded(browse: Browse, owner: User, monkeypatch: Any) -> None:
    monkeypatch.setattr(invitations, "MOST_OPEN", 1)
    client = browse(owner)
    _invited(client)
    answer = client.post(INVITE, {"email": "second@example.test", "role": "viewer"})
    assert "1 invitations are open" in answer.content.decode()


def test_revoking_and_inviting_anew_is_no_way_to_write_to_strangers(
    browse: Browse, owner: User, monkeypatch: Any
) -> None:
    monkeypatch.setattr(invitations, "MOST_A_DAY", 2)
    client = browse(owner)
    for _ in range(2):
        _invited(client)
        client.post(f"{INVITE}/{Invitation.objects.get().pk}/revoke")
    answer = client.post(INVITE, {"email": NEW, "role": "viewer"})
    assert answer.status_code == 422
    assert "Send further ones tomorrow." in answer.content.decode()
    assert deliver() == 0


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "on its way"),
        ({"sent_at": timezone.now()}, "sent <time"),
        ({"error": "OSError: refused"}, "the e-mail is not out yet"),
        ({"error": "x", "given_up_at": timezone.now()}, "the e-mail could not be sent"),
    ],
)
def test_an_admin_sees_how_the_e_mail_fares(
    browse: Browse, owner: User, workspace: Workspace, fields: dict[str, Any], words: str
) -> None:
    row = make.InvitationFactory(workspace=workspace)
    make.NoticeFactory(workspace=workspace, kind="invitation", invitation=row, **fields)
    html = browse(owner).get(MEMBERS).content.decode()
    assert words in html
    assert "OSError" not in html


def test_a_member_who_is_invited_anew_keeps_the_role(
    browse: Browse, owner: User, stranger: User, workspace: Workspace
) -> None:
    link = _invited(browse(owner), stranger.email, "viewer")
    make.MembershipFactory(workspace=workspace, user=stranger, role=Role.ADMIN)
    browse(stranger).post(link)
    assert _member(stranger.email).role == Role.ADMIN  # type: ignore[union-attr]


@pytest.mark.django_db(transaction=True)
def test_a_link_that_is_used_twice_at_once_makes_one_member(
    browse: Browse, owner: User, together: Any
) -> None:
    link = _invited(browse(owner))
    answers = together([lambda: Client().post(link, ACCOUNT).status_code] * 4)
    assert User.objects.filter(email=NEW).count() == 1
    assert Membership.objects.filter(user__email=NEW).count() == 1
    assert all(status in (200, 302, 404) for status in answers)
