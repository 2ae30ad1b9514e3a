"""Liveness and readiness, for whatever watches the service."""

from collections.abc import Callable

from django.core.files.storage import default_storage
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone

from config.metrics import metrics
from workflows import queue
from workflows.figures import STALE, broken_rules
from workflows.models import WorkerBeat


class Broken(Exception):
    """Something that must hold does not; the text says what, without naming anybody's rows."""


class HealthMiddleware:
    """Answers the two checks and the metrics before hosts and HTTPS are looked at.

    Whatever watches a container asks it by its address, in plain HTTP.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer of ``healthz``, ``readyz``, ``metrics`` or the rest of the site."""
        views = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}
        view = views.get(request.path_info)
        return view(request) if view else self.get_response(request)


def healthz(request: HttpRequest) -> HttpResponse:
    """The process is alive."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """What the service needs and whether each part answers: 200 when all do, else 503."""
    checks: dict[str, Callable[[], object]] = {
        "database": _database,
        "redis": queue.check,
        "storage": lambda: default_storage.exists("readyz"),
        "worker": lambda: _seen(WorkerBeat.Kind.WORKER),
        "reconcile": lambda: _seen(WorkerBeat.Kind.RECONCILE),
        "invariants": _invariants,
    }
    answers = {name: _ask(check) for name, check in checks.items()}
    ready = all(answer == "ok" for answer in answers.values())
    return JsonResponse({"ready": ready, "checks": answers}, status=200 if ready else 503)


def _ask(check: Callable[[], object]) -> str:
    try:
        check()
    except Broken as error:
        return f"down: {error}"
    except Exception as error:  # noqa: BLE001 - whatever a part fails with, the answer is "down"
        return f"down: {type(error).__name__}"
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _seen(kind: str) -> None:
    if not WorkerBeat.objects.filter(kind=kind, seen_at__gt=timezone.now() - STALE).exists():
        raise LookupError(kind)


def _invariants() -> None:
    """What the newest reconcile has found broken; its details are in its log."""
    if rules := sorted(set(broken_rules())):
        raise Broken(", ".join(rules))
