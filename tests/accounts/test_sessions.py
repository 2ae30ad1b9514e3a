"""Sessions: a person sees where they are signed in, and ends what is elsewhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories as make
from workspaces import last_seen
from workspaces.invitations import link_path
from workspaces.models import User
from workspaces.templatetags.sessions import browser, short_address

pytestmark = pytest.mark.django_db
PAGE = "/accounts/sessions/"
HOME = "/w/alder-pine/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
    " Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)


def _signed_in(user: User, agent: str, address: str = "203.0.113.7") -> Client:
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    sent = {"login": user.email, "password": "a-long-password"}
    assert client.post("/accounts/login/", sent).status_code == 302
    return client


def test_a_person_sees_their_sessions_alone(owner: User, editor: User) -> None:
    here = _signed_in(owner, FIREFOX)
    _signed_in(owner, SAFARI, "2001:db8:7::1")
    _signed_in(editor, "curl/8")
    html = here.get(PAGE).content.decode()
    assert "Firefox on Windows" in html and "Safari on iPhone" in html
    assert "203.0.x.x" in html and "2001:db8:7::x" in html
    assert "203.0.113.7" not in html and "Another program" not in html
    assert html.count("This one") == 1


def test_everything_else_ends_and_this_session_stays(owner: User, editor: User) -> None:
    here, phone, other = (_signed_in(user, FIREFOX) for user in (owner, owner, editor))
    assert phone.get(HOME).status_code == 200
    answer = here.post(PAGE, follow=True)
    assert "Signed out of all other sessions." in answer.content.decode()
    assert "You are signed in nowhere else." in answer.content.decode()
    assert phone.get(HOME).status_code == 302
    assert here.get(HOME).status_code == 200
    assert other.get(HOME).status_code == 200


def test_alone_there_is_nothing_to_end(owner: User) -> None:
    html = _signed_in(owner, FIREFOX).get(PAGE).content.decode()
    assert "Sign out everywhere else" not in html


def test_whoever_came_by_an_invitation_is_listed_too(workspace: Any) -> None:
    invitation = make.InvitationFactory(workspace=workspace, email="lena@example.test")
    client = Client(headers={"user-agent": FIREFOX})
    sent = {"name": "Lena", "password": "a-long-enough-phrase"}
    assert client.post(link_path(invitation), sent).status_code == 302
    assert UserSession.objects.get().user.email == "lena@example.test"


def test_a_session_that_nobody_listed_is_found_by_its_next_request(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = _signed_in(owner, FIREFOX)
    UserSession.objects.all().delete()
    last_seen._noted.clear()
    client.get(HOME)
    assert UserSession.objects.get().user == owner


def test_being_there_is_noted_every_few_minutes_and_costs_nothing_between(
    owner: User,
) -> None:
    client = _signed_in(owner, FIREFOX)
    early = timezone.now() - timedelta(hours=1)
    UserSession.objects.update(last_seen_at=early)
    with CaptureQueriesContext(connection) as caught:
        client.get(HOME)
    assert not [one for one in caught if "usersession" in one["sql"]]
    assert UserSession.objects.get().last_seen_at == early
    last_seen._noted.clear()
    client.get(HOME)
    assert UserSession.objects.get().last_seen_at > early


def test_a_changed_password_ends_the_others(owner: User) -> None:
    here, phone = _signed_in(owner, FIREFOX), _signed_in(owner, SAFARI)
    sent = {
        "oldpassword": "a-long-password",
        "password1": "another-long-phrase",
        "password2": "another-long-phrase",
    }
    assert here.post("/accounts/password/change/", sent).status_code == 302
    assert phone.get(HOME).status_code == 302
    assert here.get(PAGE).content.decode().count("Firefox on Windows") == 1
    assert "Safari" not in here.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (SAFARI, "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) Chrome/140 Safari/537", "Chrome on macOS"),
        ("curl/8.0", "Another program"),
        ("", "Another program"),
        ("<script>", "Another program"),
    ],
)
def test_a_browser_is_told_in_words(agent: str, words: str) -> None:
    assert browser(agent) == words


def test_an_address_is_shortened() -> None:
    assert short_address("198.51.100.23") == "198.51.x.x"
    assert short_address("2001:db8::1") == "2001:db8::x"
