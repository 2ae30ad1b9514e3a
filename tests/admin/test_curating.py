"""What curators and operators change, and what the forms refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from tests import factories as make
from tests.admin.conftest import page
from tests.graphs import brief, graph, text
from workflows.admin.outline import outline
from workspaces.models import Membership, Role, User

pytestmark = pytest.mark.django_db


def _rights(user: User, *names: str) -> User:
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


def test_a_person_is_added_by_email_and_logs_in(root: Client, client: Client) -> None:
    form = {
        "email": "ida@Example.test",
        "name": "Ida",
        "usable_password": "true",
        "password1": "wharf-lantern-92",
        "password2": "wharf-lantern-92",
    }
    assert root.post(page(User, "add"), form).status_code == 302
    assert client.login(username="IDA@example.test", password="wharf-lantern-92")


def test_an_address_that_differs_in_case_alone_is_refused(root: Client) -> None:
    make.UserFactory(email="ida@example.test")
    form = {"email": "IDA@example.test", "usable_password": "false"}
    answer = root.post(page(User, "add"), form)
    assert "Somebody has this e-mail address already." in answer.content.decode()
    assert User.objects.filter(email__iexact="ida@example.test").count() == 1


def test_staff_who_manage_people_cannot_make_or_touch_staff(
    client_of: Callable[[User], Client], superuser: User
) -> None:
    manager = _rights(make.UserFactory(is_staff=True), "change_user", "view_user", "delete_user")
    browser, person = client_of(manager), make.UserFactory()
    form = {"email": person.email, "name": "New", "is_active": "on", "is_staff": "on"}
    form |= {"is_superuser": "on", "_continue": "1"}
    assert browser.post(page(User, "change", person.pk), form).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.is_staff, person.is_superuser) == ("New", False, False)
    assert browser.post(page(User, "change", superuser.pk), form).status_code == 403
    assert browser.post(page(User, "delete", superuser.pk), {"post": "yes"}).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[superuser.pk])
    assert browser.get(password).status_code == 403
    assert User.objects.filter(pk=superuser.pk, is_superuser=True).exists()


def _inline(prefix: str, initial: int, *rows: dict[str, Any]) -> dict[str, Any]:
    form: dict[str, Any] = {
        f"{prefix}-TOTAL_FORMS": len(rows),
        f"{prefix}-INITIAL_FORMS": initial,
    }
    for number, row in enumerate(rows):
        form |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return form


def test_a_workspace_page_changes_a_role_adds_a_member_and_sets_a_limit(root: Client) -> None:
    member, newcomer = make.MembershipFactory(role=Role.VIEWER), make.UserFactory()
    room = member.workspace
    form = {"name": room.name, "slug": room.slug, "max_nodes": "7"}
    form |= _inline(
        "memberships", 1, {"id": member.pk, "workspace": room.pk, "role": Role.ADMIN.value}
    )
    form |= _inline(
        "memberships-2", 0, {"workspace": room.pk, "user": newcomer.pk, "role": Role.EDITOR.value}
    )
    form |= _inline("projects", 0)
    answer = root.post(page(type(room), "change", room.pk), form)
    assert answer.status_code == 302, answer.context["errors"]
    room.refresh_from_db()
    assert room.limits.max_nodes == 7
    roles = Membership.objects.filter(workspace=room).values_list("user", "role")
    assert set(roles) == {(member.user_id, "admin"), (newcomer.pk, "editor")}


def test_a_limit_of_nothing_is_refused(root: Client) -> None:
    room = make.WorkspaceFactory()
    form = {"name": room.name, "slug": room.slug, "max_nodes": "0"}
    form |= _inline("memberships", 0) | _inline("memberships-2", 0) | _inline("projects", 0)
    answer = root.post(page(type(room), "change", room.pk), form)
    assert answer.status_code == 200
    assert "max_nodes" in answer.content.decode()
    room.refresh_from_db()
    assert room.max_nodes is None


def test_a_template_is_archived_and_restored_and_never_deleted(root: Client) -> None:
    template = make.TemplateFactory()
    address = page(type(template), "changelist")
    root.post(address, {"action": "archive", "_selected_action": [template.pk]})
    template.refresh_from_db()
    assert template.archived_at is not None
    root.post(address, {"action": "restore", "_selected_action": [template.pk]})
    template.refresh_from_db()
    assert template.archived_at is None
    delete = page(type(template), "delete", template.pk)
    assert root.post(delete, {"post": "yes"}).status_code == 403


def test_a_curator_describes_a_template_and_its_versions_stay(root: Client) -> None:
    template = make.TemplateFactory()
    form = {"name": "Launch kit", "description": "", "category": "social", "tags": "a,b"}
    form |= _inline("versions", 1, {"id": template.current_version_id, "template": template.pk})
    answer = root.post(page(type(template), "change", template.pk), form)
    assert answer.status_code == 302, answer.context["errors"]
    version = template.current_version_id
    template.refresh_from_db()
    assert (template.name, template.tags) == ("Launch kit", ["a", "b"])
    assert (template.current_version_id, template.versions.count()) == (version, 1)


def test_reading_rights_do_not_archive(client_of: Callable[[User], Client]) -> None:
    reader = _rights(make.UserFactory(is_staff=True), "view_workflowtemplate")
    template = make.TemplateFactory()
    address = page(type(template), "changelist")
    client_of(reader).post(address, {"action": "archive", "_selected_action": [template.pk]})
    template.refresh_from_db()
    assert template.archived_at is None


def test_a_graph_reads_as_text_in_the_order_of_running() -> None:
    drawn = graph(
        [text("late"), brief("topic"), {**text("early"), "type": "conditional"}],
        "brief > early.yes > late",
    )
    assert outline(drawn).splitlines() == [
        "brief: Brief (brief)",
        "    -> early",
        "early: Early (conditional)",
        "    yes -> late",
        "late: Late (compose_text)",
    ]


def test_a_graph_that_runs_in_circles_still_reads_as_text() -> None:
    drawn = graph([text("a"), text("b")], "a > b > a")
    assert outline(drawn).splitlines()[0] == "a: A (compose_text)"
