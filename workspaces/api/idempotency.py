"""``Idempotency-Key``: a call repeated after a lost connection is answered, not done, again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from functools import wraps
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from config.conflict import again_on_conflict
from config.crash import crash_point
from workspaces.api.base import WorkspaceRequest
from workspaces.api.errors import Conflict, refused
from workspaces.models import IdempotencyKey

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT = timedelta(hours=24)
LOST = timedelta(minutes=10)
"""A call that has been in flight for this long has died with its process."""
_HEADERS = ("Location", "ETag")
Handler = Callable[..., Response]


def idempotent(*, atomic: bool) -> Callable[[Handler], Handler]:
    """Let a view's method be repeated with the same key at no further cost.

    ``atomic`` keeps the answer in one transaction with what the method writes, so that a crash
    leaves both or neither; it is for methods that write rows and return at once. A method that
    waits for others (a model) must not hold a transaction: ``atomic=False``; when its process
    dies, the key is free again after ``LOST``.

    Only answers below 400 are kept; after an error the same key may be used again. Raises
    ``Unprocessable`` for a bad key or another body, ``Conflict`` while the first is in flight.
    """

    def decorate(method: Handler) -> Handler:
        @wraps(method)
        def guarded(view: Any, request: WorkspaceRequest, *args: Any, **kwargs: Any) -> Response:
            key = request.headers.get(HEADER)
            if key is None:
                return method(view, request, *args, **kwargs)
            row, mine = _claim(request, _checked(key))
            if not mine:
                return _replay(row)

            def work() -> Response:
                with transaction.atomic() if atomic else nullcontext():
                    response = method(view, request, *args, **kwargs)
                    if response.status_code < 400:
                        _keep(row, response, must=atomic)
                    crash_point("idempotency.before_commit")
                return response

            try:
                crash_point("idempotency.claimed")
                response = again_on_conflict(work)() if atomic else work()
            except BaseException:
                _release(row)
                raise
            if response.status_code >= 400:
                _release(row)
            crash_point("idempotency.after_commit")
            return response

        guarded.idempotent = True  # type: ignore[attr-defined]  # read by the schema
        return guarded

    return decorate


def _checked(key: str) -> str:
    if not 1 <= len(key) <= 200 or not key.isascii() or not key.isprintable():
        raise refused(HEADER, "Give 1 to 200 printable ASCII characters, such as a UUID.")
    return key


def _claim(request: WorkspaceRequest, key: str) -> tuple[IdempotencyKey, bool]:
    """The key's row, and whether this call is the one to do the work."""
    now = timezone.now()
    IdempotencyKey.objects.filter(created_at__lt=now - KEPT).delete()
    digest = _hash(request)
    own = {"workspace": request.access.workspace, "user": request.user, "key": key}
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(**own, request_hash=digest), True
    except IntegrityError:
        row = IdempotencyKey.objects.filter(**own).first()
    if row is None:
        # The first call failed just now and gave the key back.
        raise _under_way()
    if row.request_hash != digest:
        raise refused(
            HEADER, "This key was used for another call. Use a new one.", "idempotency_key_reused"
        )
    if row.status is not None:
        return row, False
    lost = _in_flight(row).filter(created_at__lt=now - LOST)
    if not lost.update(created_at=now):
        raise _under_way()
    row.created_at = now
    return row, True


def _under_way() -> Conflict:
    return Conflict(
        "The first call with this key is still under way. Repeat yours in a moment.",
        code="in_flight",
    )


def _hash(request: WorkspaceRequest) -> str:
    """SHA-256 of method, address and body, whatever the order of the body's fields."""
    call = [request.method, request.get_full_path(), request.data]
    return hashlib.sha256(json.dumps(call, sort_keys=True).encode()).hexdigest()


def _in_flight(row: IdempotencyKey) -> Any:
    """The row as long as this call holds it: a later one that took it over has a later time."""
    return IdempotencyKey.objects.filter(pk=row.pk, status__isnull=True, created_at=row.created_at)


def _keep(row: IdempotencyKey, response: Response, *, must: bool) -> None:
    headers = {name: response.headers[name] for name in _HEADERS if name in response.headers}
    body = None if response.data is None else json.loads(JSONRenderer().render(response.data))
    kept = _in_flight(row).update(status=response.status_code, headers=headers, body=body)
    if must and not kept:
        raise Conflict("Another call with this key has taken over.", code="in_flight")


def _release(row: IdempotencyKey) -> None:
    _in_flight(row).delete()


def _replay(row: IdempotencyKey) -> Response:
    return Response(row.body, status=row.status, headers={**row.headers, REPLAYED: "true"})
