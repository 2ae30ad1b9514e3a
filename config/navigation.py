"""What every page's navigation shows: the workspaces of the person, runs and reviews to see to."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from workflows.engine.states import ExecutionStatus
from workflows.models import WorkflowExecution
from workflows.reviews import inbox
from workflows.reviews.inbox import Tab
from workspaces.access import Access
from workspaces.models import User, Workspace


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor; nothing is queried until a template asks for it."""
    access: Access | None = getattr(request, "access", None)
    if access is None:
        return {"access": None}
    return {
        "access": access,
        "workspace": access.workspace,
        "workspaces": SimpleLazyObject(lambda: _workspaces(request)),
        "runs_active": SimpleLazyObject(lambda: runs_active(access.workspace)),
        "reviews_waiting": SimpleLazyObject(lambda: reviews_waiting(access, _person(request))),
    }


def _person(request: HttpRequest) -> User:
    """Whoever has access is signed in."""
    return cast("User", request.user)


def _workspaces(request: HttpRequest) -> list[Workspace]:
    return list(Workspace.objects.filter(memberships__user=_person(request)))


def runs_active(workspace: Workspace) -> int:
    """Runs that are under way."""
    states = (ExecutionStatus.PENDING, ExecutionStatus.RUNNING, ExecutionStatus.PAUSED)
    return WorkflowExecution.objects.filter(workspace=workspace, status__in=states).count()


def reviews_waiting(access: Access, user: User) -> int:
    """Reviews that wait for the person, as the inbox lists them."""
    return inbox.asked(inbox.listed(access.workspace, Tab.WAITING), user, access.role).count()
