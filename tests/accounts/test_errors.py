"""What people see when something is refused, missing or broken."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from tests.factories import MembershipFactory
from workspaces.access import Action
from workspaces.models import User, Workspace
from workspaces.pages import PageRequest, page


@page(Action.RUN, "GET", "POST")
def only_for_editors(request: PageRequest) -> HttpResponse:
    return HttpResponse("in")


def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a secret of the code")


urlpatterns = [
    path("w/<slug:slug>/only-for-editors", only_for_editors),
    path("breaks", breaks),
    path("", include("config.urls")),
]
for _name in ("handler400", "handler403", "handler404", "handler500"):
    globals()[_name] = getattr(__import__("config.urls", fromlist=[_name]), _name)


@pytest.fixture(autouse=True)
def urls(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.accounts.test_errors"


@pytest.fixture
def as_viewer(viewer: User) -> Client:
    client = Client()
    client.force_login(viewer)
    return client


def test_who_lacks_a_right_reads_which_role_has_it_and_whom_to_ask(
    as_viewer: Client, owner: User, workspace: Workspace
) -> None:
    MembershipFactory(workspace=workspace, role="admin", user__name="Administrator")
    answer = as_viewer.get("/w/alder-pine/only-for-editors")

    html = answer.content.decode()
    assert answer.status_code == 403
    assert "This needs the role Editor" in html
    assert "you have the role Viewer" in html
    assert "Owner, Administrator can change that" in html


def test_an_htmx_request_is_refused_in_a_toast(as_viewer: Client, workspace: Workspace) -> None:
    answer = as_viewer.post("/w/alder-pine/only-for-editors", headers={"hx-request": "true"})
    assert answer.status_code == 403
    assert answer.content == b""
    assert "This needs the role Editor" in answer["HX-Trigger"]


def test_a_stranger_finds_nothing(stranger: User, workspace: Workspace) -> None:
    client = Client()
    client.force_login(stranger)
    answer = client.get("/w/alder-pine/only-for-editors")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()
    assert "Alder" not in answer.content.decode()


def test_an_unknown_address_is_answered_without_anybody_signed_in(db: None) -> None:
    answer = Client().get("/no-such-page")
    assert (answer.status_code, "There is nothing here" in answer.content.decode()) == (404, True)


def test_a_form_without_its_token_changes_nothing_and_says_what_to_do(owner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    answer = client.post("/w/alder-pine/only-for-editors")
    assert answer.status_code == 403
    assert "This page was open for too long" in answer.content.decode()


def test_a_foreign_host_is_refused_in_the_same_look(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["copyloom.example.com"]
    answer = Client().get("/healthz/no", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "did not understand" in answer.content.decode()


def test_what_breaks_is_answered_without_the_database(db: None) -> None:
    answer = Client(raise_request_exception=False).get("/breaks")
    html = answer.content.decode()
    assert answer.status_code == 500
    assert "Something broke on our side" in html
    assert "secret" not in html
