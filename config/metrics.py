"""``/metrics`` for Prometheus, for whoever has the token.

Every figure is read when it is asked for, from PostgreSQL and Redis: web is many processes, and
what one of them has counted is not what the others have. So any of them gives the same answer, and
nothing is lost with one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from workflows import queue
from workflows.figures import Figures, read_figures


def metrics(request: HttpRequest) -> HttpResponse:
    """The figures as text; 404 where no token is set, 401 without the right one."""
    if not settings.METRICS_TOKEN:
        return HttpResponse("Not found", status=404, content_type="text/plain")
    given = request.headers.get("Authorization", "")
    if not constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
        answer = HttpResponse("A bearer token is needed.", status=401, content_type="text/plain")
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    registry = CollectorRegistry()
    registry.register(_Now())
    answer = HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    answer["Cache-Control"] = "no-store"
    return answer


class _Now(Collector):
    """What holds at this moment; a part that does not answer is down and its figures are absent."""

    def describe(self) -> list[Metric]:
        """Nothing: else a registry would read everything once to learn the names."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Read and name them."""
        up = GaugeMetricFamily("copyloom_up", "1 while the part answers.", labels=["part"])
        try:
            yield from _engine(read_figures())
        except Error:
            up.add_metric(["database"], 0)
        else:
            up.add_metric(["database"], 1)
        try:
            yield _one(
                "queue_length", "Messages in Redis that no worker has taken.", queue.length()
            )
        except queue.QueueError:
            up.add_metric(["redis"], 0)
        else:
            up.add_metric(["redis"], 1)
        yield up


def _engine(found: Figures) -> Iterator[Metric]:
    yield _each("executions", "Runs that have not ended, by status.", "status", found.under_way)
    yield _each(
        "executions_ended_last_hour", "Runs that ended in the last hour.", "status", found.ended
    )
    yield _each("node_runs", "Steps that are queued, running, waiting.", "status", found.steps)
    yield _one(
        "oldest_queued_seconds",
        "How long the step has waited that waits longest for a worker.",
        found.oldest_queued,
    )
    yield _one(
        "node_runs_lost_last_hour", "Steps taken over from workers that were lost.", found.lost
    )
    yield _one("workers", "Worker processes seen in the last minute.", found.workers)
    if found.reconciled is not None:
        yield _one("reconcile_age_seconds", "Since a reconcile was last seen.", found.reconciled)
    yield _one("invariant_violations", "Rows that break what must hold.", found.violations)


def _one(name: str, tells: str, value: float) -> Metric:
    return GaugeMetricFamily(f"copyloom_{name}", tells, value=value)


def _each(name: str, tells: str, label: str, values: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(f"copyloom_{name}", tells, labels=[label])
    for one, value in values.items():
        family.add_metric([one], value)
    return family
