"""What every page's navigation shows: the person's workspaces, and what there is to see to."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from workflows.engine.states import ExecutionStatus
from workflows.models import WorkflowExecution
from workflows.reviews import inbox
from workflows.reviews.inbox import Tab
from workspaces.access import Access
from workspaces.bell import unread
from workspaces.models import User, Workspace


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor; nothing is queried until a template asks for it."""
    access: Access | None = getattr(request, "access", None)
    if access is None:
        return {"access": None}
    counts = SimpleLazyObject(lambda: _counts(access.workspace, _person(request)))
    return {
        "access": access,
        "workspace": access.workspace,
        "workspaces": SimpleLazyObject(lambda: _workspaces(request)),
        "runs_active": SimpleLazyObject(lambda: counts["runs"]),
        "notices_unread": SimpleLazyObject(lambda: counts["unread"]),
        "reviews_waiting": SimpleLazyObject(lambda: reviews_waiting(access, _person(request))),
    }


def _person(request: HttpRequest) -> User:
    """Whoever has access is signed in."""
    return cast("User", request.user)


def _workspaces(request: HttpRequest) -> list[Workspace]:
    return list(Workspace.objects.filter(memberships__user=_person(request)))


def _counts(workspace: Workspace, user: User) -> dict[str, int]:
    """Runs that are under way and what the person has not read, in one query."""
    states = (ExecutionStatus.PENDING, ExecutionStatus.RUNNING, ExecutionStatus.PAUSED)
    runs = WorkflowExecution.objects.filter(workspace=OuterRef("pk"), status__in=states)
    rows = Workspace.objects.filter(pk=workspace.pk)
    return rows.values(runs=_count(runs), unread=_count(unread(user, workspace))).get()  # type: ignore[return-value]  # two counts, by name


def _count(rows: QuerySet[Any]) -> Coalesce:
    total = rows.order_by().values("workspace").annotate(total=Count("pk")).values("total")
    return Coalesce(Subquery(total), 0)


def reviews_waiting(access: Access, user: User) -> int:
    """Reviews that wait for the person, as the inbox lists them."""
    return inbox.asked(inbox.listed(access.workspace, Tab.WAITING), user, access.role).count()
