"""The first line of every page: who is there, in which workspace, with which right."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_http_methods
from django_htmx.middleware import HtmxDetails

from workspaces.access import Access, Action, find_access, least_role
from workspaces.models import User

LAST = "workspace"
"""The cookie that holds the slug of the workspace last opened."""
_YEAR = 365 * 24 * 60 * 60


class SignedInRequest(HttpRequest):
    """A request of a signed-in person, as views behind ``login_required`` get it."""

    user: User


class PageRequest(SignedInRequest):
    """A request of a member, as views behind ``page`` get it."""

    access: Access
    htmx: HtmxDetails


View = Callable[..., HttpResponseBase]


class RightMissing(PermissionDenied):
    """The member may not do this; ``role`` is the least role that may."""

    def __init__(self, action: Action) -> None:
        self.role = least_role(action).label
        super().__init__(f"This needs the role {self.role} in the workspace.")


def require(access: Access, action: Action) -> None:
    """Refuse a member who lacks the right. Raises ``RightMissing`` (403)."""
    if not access.can(action):
        raise RightMissing(action)


def page(action: Action, *methods: str) -> Callable[[View], View]:
    """Open a view of ``/w/<slug>/…`` to members with the right; ``request.access`` says who.

    Anonymous people are sent to the login, strangers get 404, members without the right 403.
    ``methods`` defaults to GET. The view is called without the slug.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: PageRequest, slug: str, **kwargs: Any) -> HttpResponseBase:
            access = find_access(request.user, slug)
            if access is None:
                raise Http404("There is no such workspace.")
            request.access = access
            require(access, action)
            return _remember(request, view(request, **kwargs))

        answered = methods or ("GET", "HEAD")
        guarded.methods = answered  # type: ignore[attr-defined]  # read by the test of every URL
        return login_required(require_http_methods(answered)(guarded))

    return decorate


def _remember(request: PageRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Keep which workspace was opened last; polls of other tabs do not count."""
    slug = request.access.workspace.slug
    if not request.htmx and request.COOKIES.get(LAST) != slug:
        is_secure = bool(settings.SESSION_COOKIE_SECURE)
        response.set_cookie(
            LAST, slug, max_age=_YEAR, secure=is_secure, httponly=True, samesite="Lax"
        )
    return response
