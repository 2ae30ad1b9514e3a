"""Every page opens for those who may, and for nobody else."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.admin.conftest import ENGINE_ROWS, MAKERS, REGISTERED, page
from workflows.models import Provider, WorkflowExecution

pytestmark = pytest.mark.django_db
every_model = pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label)
every_engine_row = pytest.mark.parametrize(
    "model", ENGINE_ROWS, ids=lambda model: model._meta.label
)


def _queries(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        answer = client.get(address)
        assert answer.status_code == 200
    return [query["sql"] for query in caught.captured_queries]


def test_the_front_page_is_named_and_lists_the_apps(root: Client) -> None:
    body = root.get(reverse("admin:index")).content.decode()
    assert "Copyloom" in body
    assert page(WorkflowExecution, "changelist") in body
    assert "Runs under way" in body


def test_a_clerk_without_rights_sees_an_empty_front_page(clerk: Client) -> None:
    body = clerk.get(reverse("admin:index")).content.decode()
    assert "Runs under way" not in body
    assert "/admin/workflows/" not in body


@every_model
def test_a_superuser_opens_the_list(model: type[Model], root: Client) -> None:
    MAKERS[model]()
    assert root.get(page(model, "changelist")).status_code == 200


@every_model
def test_a_superuser_searches_the_list(model: type[Model], root: Client) -> None:
    MAKERS[model]()
    for term in ("7", "hello", "it's %"):
        assert root.get(page(model, "changelist"), {"q": term}).status_code == 200


@every_model
def test_a_superuser_opens_a_row(model: type[Model], root: Client) -> None:
    row = MAKERS[model]()
    answer = root.get(page(model, "change", row.pk))
    assert answer.status_code == 200


@every_model
def test_every_filter_answers(model: type[Model], root: Client) -> None:
    MAKERS[model]()
    answer = root.get(page(model, "changelist"))
    for spec in answer.context["cl"].filter_specs:
        for choice in spec.choices(answer.context["cl"]):
            address = page(model, "changelist") + choice["query_string"]
            assert root.get(address).status_code == 200, address


@every_model
def test_a_clerk_without_rights_opens_nothing(model: type[Model], clerk: Client) -> None:
    row = MAKERS[model]()
    assert clerk.get(page(model, "changelist")).status_code == 403
    assert clerk.get(page(model, "change", row.pk)).status_code == 403


@every_model
def test_a_visitor_is_sent_to_the_login(model: type[Model], client: Client) -> None:
    row = MAKERS[model]()
    for address in (page(model, "changelist"), page(model, "change", row.pk)):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("admin:login"))


@every_model
def test_a_list_asks_as_much_for_thirty_rows_as_for_three(model: type[Model], root: Client) -> None:
    for _ in range(3):
        MAKERS[model]()
    address = page(model, "changelist")
    few = _queries(root, address)
    for _ in range(27):
        MAKERS[model]()
    many = _queries(root, address)
    assert len(many) == len(few), "\n".join(many)


@every_model
def test_a_list_does_not_count_what_it_does_not_show(model: type[Model]) -> None:
    """A count of all rows beside that of a search takes seconds once there are millions."""
    few = {Authenticator, Group, Provider}
    assert admin.site._registry[model].show_full_result_count is (model in few)


@every_engine_row
def test_an_engine_row_cannot_be_written_even_by_a_superuser(
    model: type[Model], root: Client
) -> None:
    row = MAKERS[model]()
    before = model.objects.filter(pk=row.pk).values().get()
    assert root.get(page(model, "add")).status_code == 403
    assert root.post(page(model, "add"), {"status": "failed"}).status_code == 403
    assert root.post(page(model, "change", row.pk), {"status": "failed"}).status_code == 403
    assert root.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    bulk = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    root.post(page(model, "changelist"), bulk)
    assert model.objects.filter(pk=row.pk).values().get() == before


def test_the_queue_has_no_page(root: Client) -> None:
    assert not [model for model in admin.site._registry if model._meta.app_label == "django_rq"]
    assert root.get("/admin/django_rq/dashboard/").status_code == 404
