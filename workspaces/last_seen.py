"""Notes now and then that a signed-in person is there, for the list of their sessions."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import structlog
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY, user_logged_in
from django.db import Error
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase

log = structlog.get_logger(__name__)
EVERY = 600.0
"""Seconds between two notes of one session in one process."""
_MOST = 10_000
"""Sessions that a process remembers; one that it has forgotten is noted again."""
_noted: OrderedDict[str, float] = OrderedDict()
_lock = threading.Lock()


class LastSeenMiddleware:
    """Updates when a session was last seen, behind the answer; mostly it asks nothing.

    A session that the list does not know yet is added to it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer of the site."""
        response = self.get_response(request)
        session = request.session
        key = session.session_key if session.accessed and SESSION_KEY in session else None
        if key and is_due(key) and request.user.is_authenticated:
            note(request)
        return response


def note(request: HttpRequest) -> None:
    """Write that the person's session is there. A database that is away is no matter."""
    try:
        UserSession.objects.create_from_request(request)
    except Error as error:
        log.warning("session not noted", error=type(error).__name__)


def is_due(key: str) -> bool:
    """Whether this process has not noted the session lately; it counts as noted then."""
    now = time.monotonic()
    with _lock:
        if now - _noted.get(key, float("-inf")) < EVERY:
            return False
        _noted[key] = now
        _noted.move_to_end(key)
        while len(_noted) > _MOST:
            _noted.popitem(last=False)
    return True


@receiver(user_logged_in, dispatch_uid="workspaces.last_seen")
def on_login(request: HttpRequest, **kwargs: Any) -> None:
    """List the session from its beginning, by whichever door it was opened.

    Whoever is signed in by a program has no browser to list.
    """
    if "REMOTE_ADDR" in request.META and hasattr(request, "user"):
        note(request)
    if request.session.session_key:
        is_due(request.session.session_key)
