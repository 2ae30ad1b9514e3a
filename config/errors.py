"""What people see when something is refused, missing or broken: plain words and a way on."""

from __future__ import annotations

import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django_htmx.http import trigger_client_event

from workspaces.models import Membership, Role
from workspaces.pages import RightMissing

ADMINS_NAMED = 3
DATABASE_AWAY = (OperationalError, InterfaceError)
"""What PostgreSQL's absence, a full disk, a deadlock or a lack of connections is raised as."""
RETRY_AFTER = 5
"""Seconds after which a client may ask again."""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the address or the body is not one that Copyloom understands."""
    return _answer(
        request, 400, "400.html", "Copyloom did not understand that. Load the page again."
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the role does not reach so far; says which one does and who can give it."""
    if not isinstance(exception, RightMissing):
        return _answer(request, 403, "403.html", "You may not do this.")
    words = f"This needs the role {exception.role}. You can look, but not change it."
    return _answer(request, 403, "403.html", words, role=exception.role, admins=_admins(request))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing there, or nothing for this person."""
    return _answer(request, 404, "404.html", "This is not there any more. Load the page again.")


def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault. Touches neither session nor database: either may be what is broken.

    503 where it is the database that is away or has no room: the same may work in a moment.
    """
    if isinstance(sys.exc_info()[1], DATABASE_AWAY):
        headers = {"Retry-After": str(RETRY_AFTER)}
        return HttpResponse(render_to_string("503.html"), status=503, headers=headers)
    return HttpResponse(render_to_string("500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the page has lost its token, mostly because somebody signed in or out meanwhile."""
    words = "This page was open for too long. Load it again, then repeat what you did."
    return _answer(request, 403, "403_csrf.html", words)


def _answer(
    request: HttpRequest, status: int, template: str, words: str, **context: Any
) -> HttpResponse:
    """The page; for HTMX, which would swap nothing in, the words as a toast."""
    if not getattr(request, "htmx", None):
        return render(request, template, context, status=status)
    answer = HttpResponse(status=status)
    return trigger_client_event(answer, "toast", {"text": words, "level": "error"})


def _admins(request: HttpRequest) -> list[str]:
    """A few people who can give roles in the workspace that was asked for."""
    access = getattr(request, "access", None)
    if access is None:
        return []
    rows = Membership.objects.filter(
        workspace=access.workspace, role__in=(Role.OWNER, Role.ADMIN)
    ).select_related("user")
    return [str(row.user) for row in rows.order_by("id")[:ADMINS_NAMED]]
