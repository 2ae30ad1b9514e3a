"""The profile: one's own, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from workspaces.models import User, Workspace

Browse = Callable[[User], Client]
PROFILE = "/w/alder-pine/settings/profile"


def _save(client: Client, **changes: Any) -> Any:
    return client.post(PROFILE, {"name": "Vera", "theme": "system", "wants_email": "on", **changes})


def test_a_person_changes_name_look_and_e_mails(browse: Browse, viewer: User) -> None:
    client = browse(viewer)
    answer = client.post(PROFILE, {"name": "Vera", "theme": "dark"}, follow=True)
    html = answer.content.decode()
    assert "Your profile is saved." in html
    assert 'data-theme="dark"' in html
    assert '<option value="dark" selected>' in html
    viewer.refresh_from_db()
    assert (viewer.name, viewer.wants_email) == ("Vera", False)
    _save(client)
    assert "data-theme" not in client.get(PROFILE).content.decode().split("<head>")[0]
    viewer.refresh_from_db()
    assert viewer.wants_email


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "x" * 121}, "at most 120 characters"),
        ({"theme": ""}, "This field is required"),
        ({"theme": "pink"}, "pink is not one of the available choices"),
    ],
)
def test_a_bad_profile_is_refused_at_its_field(
    browse: Browse, viewer: User, changes: dict[str, str], words: str
) -> None:
    answer = _save(browse(viewer), **changes)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    viewer.refresh_from_db()
    assert viewer.name == "Viewer"


def test_address_and_rights_cannot_be_changed_here(
    browse: Browse, viewer: User, workspace: Workspace
) -> None:
    _save(browse(viewer), email="boss@example.test", is_staff="on", password="x", role="owner")
    after = User.objects.get(pk=viewer.pk)
    assert (after.email, after.is_staff, after.password) == (viewer.email, False, viewer.password)
    assert after.memberships.get().role == "viewer"


def test_it_leads_to_password_and_second_factor(browse: Browse, viewer: User) -> None:
    html = browse(viewer).get(PROFILE).content.decode()
    for path in ("/accounts/password/change/", "/accounts/2fa/", "/accounts/logout/"):
        assert path in html
