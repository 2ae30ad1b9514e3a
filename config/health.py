"""Liveness and readiness, for whatever watches the service."""

from collections.abc import Callable
from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from workflows import queue
from workflows.models import WorkerBeat

STALE = timedelta(seconds=60)
"""A worker or reconcile that has not been seen for this long counts as gone."""


def healthz(request: HttpRequest) -> HttpResponse:
    """The process is alive."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """What the service needs and whether each part answers: 200 when all do, else 503."""
    checks: dict[str, Callable[[], object]] = {
        "database": _database,
        "redis": queue.ping,
        "storage": lambda: default_storage.exists("readyz"),
        "worker": lambda: _seen(WorkerBeat.Kind.WORKER),
        "reconcile": lambda: _seen(WorkerBeat.Kind.RECONCILE),
    }
    answers = {name: _ask(check) for name, check in checks.items()}
    ready = all(answer == "ok" for answer in answers.values())
    return JsonResponse({"ready": ready, "checks": answers}, status=200 if ready else 503)


def _ask(check: Callable[[], object]) -> str:
    try:
        check()
    except Exception as error:  # noqa: BLE001 - whatever a part fails with, the answer is "down"
        return f"down: {type(error).__name__}"
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _seen(kind: str) -> None:
    if not WorkerBeat.objects.filter(kind=kind, seen_at__gt=timezone.now() - STALE).exists():
        raise LookupError(kind)
