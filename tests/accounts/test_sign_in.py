"""Signing in by e-mail address and password."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.core import mail
from django.core.cache import caches
from django.test import Client

from config import cache as cache_module
from scripts.network import free_ports
from workspaces.models import User

LOGIN = "/accounts/login/"


def attempt(visitor: Client, email: str, password: str = "a-long-password", **more: Any) -> Any:
    return visitor.post(LOGIN, {"login": email, "password": password}, **more)


def test_a_member_gets_to_the_page_that_was_asked_for(visitor: Client, editor: User) -> None:
    asked = visitor.get("/w/alder-pine/runs")
    assert asked["Location"] == f"{LOGIN}?next=/w/alder-pine/runs"

    answer = visitor.post(asked["Location"], {"login": editor.email, "password": "a-long-password"})

    assert answer["Location"] == "/w/alder-pine/runs"
    assert get_user(visitor) == editor  # type: ignore[arg-type]


def test_nobody_is_led_to_another_site(visitor: Client, editor: User) -> None:
    answer = visitor.post(
        f"{LOGIN}?next=https://evil.example/",
        {"login": editor.email, "password": "a-long-password", "next": "https://evil.example/"},
    )
    assert answer["Location"] == "/"


def test_a_wrong_password_is_told_and_the_address_is_kept(visitor: Client, editor: User) -> None:
    answer = attempt(visitor, editor.email, "not-this-one")

    html = answer.content.decode()
    assert answer.status_code == 200
    assert 'role="alert"' in html
    assert "password you specified are not correct" in html
    assert editor.email in html
    assert not get_user(visitor).is_authenticated  # type: ignore[arg-type]


def test_the_page_offers_no_sign_up(visitor: Client, db: None) -> None:
    assert "/accounts/signup/" not in visitor.get(LOGIN).content.decode()

    closed = visitor.get("/accounts/signup/").content.decode()
    assert "Nobody signs up by themselves here" in closed

    taken = {
        "email": "new@example.test",
        "password1": "a-long-password",
        "password2": "a-long-password",
    }
    visitor.post("/accounts/signup/", taken)
    assert not User.objects.filter(email="new@example.test").exists()


def test_guessing_at_one_account_is_stopped(visitor: Client, editor: User) -> None:
    for _ in range(5):
        attempt(visitor, editor.email, "a-guess")

    right = attempt(visitor, editor.email)

    assert "Too many failed login attempts" in right.content.decode()
    assert not get_user(visitor).is_authenticated  # type: ignore[arg-type]


def test_too_many_attempts_from_one_place_are_answered_in_plain_words(
    visitor: Client, db: None
) -> None:
    answers = [attempt(visitor, f"somebody{n}@example.test") for n in range(31)]

    assert answers[-1].status_code == 429
    assert "Wait a few minutes" in answers[-1].content.decode()


@pytest.mark.parametrize(("proxies", "status"), [(1, 200), (0, 429)])
def test_people_behind_a_proxy_are_told_apart_only_where_it_is_known(
    visitor: Client, db: None, settings: Any, proxies: int, status: int
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    answers = [
        attempt(visitor, f"p{n}@example.test", headers={"x-forwarded-for": f"203.0.113.{n}"})
        for n in range(31)
    ]
    assert answers[-1].status_code == status


def test_a_request_past_the_proxies_counts_for_its_own_machine(
    visitor: Client, editor: User, settings: Any
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    answer = attempt(visitor, editor.email, headers={"x-forwarded-for": "203.0.113.9"})
    assert answer.status_code == 302


def test_signing_in_works_while_redis_is_away(
    visitor: Client, editor: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = {
        "default": {
            **settings.CACHES["default"],
            "LOCATION": f"redis://127.0.0.1:{free_ports(1)[0]}",
        }
    }
    settings.CACHES = away
    monkeypatch.setattr(cache_module, "_away_until", 0.0)
    began = time.monotonic()

    answer = attempt(visitor, editor.email)

    assert answer.status_code == 302
    assert get_user(visitor) == editor  # type: ignore[arg-type]
    assert time.monotonic() - began < 3


def test_a_cache_that_comes_back_is_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "_away_until", time.monotonic() + 60)
    caches["default"].set("colour", "blue")
    assert caches["default"].get("colour") is None

    monkeypatch.setattr(cache_module, "_away_until", 0.0)
    caches["default"].set("colour", {"name": "blue", "parts": [1, 2.5]})
    assert caches["default"].get("colour") == {"name": "blue", "parts": [1, 2.5]}


def test_what_lies_in_the_cache_is_never_turned_into_code() -> None:
    serializer = cache_module.JSONSerializer()
    with pytest.raises(ValueError, match=r"codec|Expecting"):
        serializer.loads(b"\x80\x04\x95\x1a\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix")


def test_a_password_is_reset_by_the_link_in_the_mail(visitor: Client, editor: User) -> None:
    visitor.post("/accounts/password/reset/", {"email": editor.email})
    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
    form = visitor.get(link.removeprefix("http://testserver"), follow=True)

    assert "Choose a new password" in form.content.decode()
    new = {"password1": "another-long-password", "password2": "another-long-password"}
    visitor.post(form.redirect_chain[-1][0], new)

    assert attempt(visitor, editor.email, "another-long-password").status_code == 302


def test_asking_for_a_strangers_address_gives_nothing_away(visitor: Client, editor: User) -> None:
    known, unknown = (
        visitor.post("/accounts/password/reset/", {"email": email}, follow=True).content.decode()
        for email in (editor.email, "no@example.test")
    )
    assert "Look in your inbox" in known
    assert known.partition("<body")[2] == unknown.partition("<body")[2]


def test_the_admin_is_behind_the_same_door(visitor: Client, editor: User) -> None:
    answer = visitor.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith(LOGIN)
    assert "Sign in to Copyloom" in answer.content.decode()
