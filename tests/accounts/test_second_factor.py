"""The second factor, from switching it on to losing the phone."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth import get_user
from django.test import Client
from django.urls import reverse

from workspaces.models import User
from workspaces.secrets import decrypt

PASSWORD = "a-long-password"


def code_for(secret: str) -> str:
    return totp.format_hotp_value(
        totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time()))
    )


@pytest.fixture
def signed_in(visitor: Client, editor: User) -> Client:
    visitor.post("/accounts/login/", {"login": editor.email, "password": PASSWORD})
    return visitor


@pytest.fixture
def secret(signed_in: Client) -> str:
    """The key of a factor that has been switched on."""
    asked = signed_in.get(reverse("mfa_activate_totp"), follow=True)
    assert "Confirm that it is you" in asked.content.decode()
    page = signed_in.post(asked.redirect_chain[-1][0], {"password": PASSWORD}, follow=True)
    secret = page.context["form"].secret
    signed_in.post(reverse("mfa_activate_totp"), {"code": code_for(secret)})
    return str(secret)


def test_the_key_is_unreadable_in_the_database(secret: str, editor: User) -> None:
    factor = Authenticator.objects.get(user=editor, type="totp")
    assert secret not in str(factor.data)
    assert decrypt(factor.data["secret"]) == secret


def test_signing_in_asks_for_the_code_as_well(secret: str, editor: User) -> None:
    visitor = Client()
    asked = visitor.post(
        "/accounts/login/", {"login": editor.email, "password": PASSWORD}, follow=True
    )
    assert "Enter your code" in asked.content.decode()
    assert not get_user(visitor).is_authenticated  # type: ignore[arg-type]

    wrong = visitor.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "Incorrect code" in wrong.content.decode()

    codes = Authenticator.objects.get(user=editor, type="recovery_codes").wrap().get_unused_codes()
    visitor.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert get_user(visitor) == editor  # type: ignore[arg-type]


def test_the_page_of_factors_says_what_is_on(signed_in: Client, secret: str) -> None:
    html = signed_in.get(reverse("mfa_index")).content.decode()
    assert "signing in asks for a code as well" in html
    assert "10 left" in html


@pytest.mark.parametrize(
    "name",
    ["mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_deactivate_totp",
     "account_change_password", "account_logout", "account_email"],
)  # fmt: skip
def test_every_page_about_the_account_opens_in_one_look(
    signed_in: Client, secret: str, name: str
) -> None:
    answer = signed_in.get(reverse(name))
    html = answer.content.decode()
    assert answer.status_code == 200
    assert html.count("<h1") == 1
    assert "entrance__card" in html


def test_an_admin_takes_a_lost_phone_away_without_seeing_its_key(
    secret: str, editor: User, db: None
) -> None:
    factor = Authenticator.objects.get(user=editor, type="totp")
    admin = Client()
    admin.force_login(User.objects.create_superuser("root@example.test", PASSWORD))
    html = admin.get(reverse("admin:mfa_authenticator_change", args=[factor.pk])).content.decode()
    assert factor.data["secret"] not in html

    admin.post(reverse("admin:mfa_authenticator_delete", args=[factor.pk]), {"post": "yes"})
    assert not Authenticator.objects.filter(pk=factor.pk).exists()
