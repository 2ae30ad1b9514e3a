"""What agents have cost this month, from the ledger of paid calls."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from workflows.models import AgentJob
from workspaces.models import Workspace

WIDTH, HEIGHT = 284, 56
_SECONDS = 60 * 60
"""How long the days before today are kept: a price that became known late shows an hour later."""


@dataclass(frozen=True, slots=True)
class Day:
    """What one kind of agent cost on one day."""

    day: date
    kind: str
    calls: int
    unpriced: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of agent over the month."""

    kind: str
    label: str
    cost: Decimal | None
    """None where none of its calls has a known price."""
    percent: int


@dataclass(frozen=True, slots=True)
class Spend:
    """This month so far."""

    month: str
    day: int
    calls: int
    unpriced: int
    """Calls that were made and whose price nobody knows."""
    cost: Decimal | None
    parts: tuple[Part, ...]
    line: str
    """Points of the rising line, in a box of ``WIDTH`` by ``HEIGHT``; empty for a flat one."""


def spend(workspace: Workspace) -> Spend:
    """One query for today, and once an hour another for the days of the month before it."""
    today = timezone.localdate()
    key = f"spend:{workspace.pk}:{today}"
    before = cache.get(key)
    if before is None:
        before = [_packed(day) for day in _days(workspace, today.replace(day=1), today)]
        cache.set(key, before, _SECONDS)
    days = [*map(_unpacked, before), *_days(workspace, today, today + timedelta(days=1))]
    return summed(days, today)


def _days(workspace: Workspace, since: date, until: date) -> list[Day]:
    """What was asked from one midnight to another, the last day left out."""
    if since >= until:
        return []
    rows = AgentJob.objects.filter(
        node_run__execution__workspace=workspace,
        created_at__gte=_midnight(since),
        created_at__lt=_midnight(until),
    )
    done = Q(status__in=("completed", "unknown"))
    days = (
        rows.annotate(day=TruncDate("created_at"))
        .values("day", "kind")
        .annotate(
            calls=Count("pk"),
            unpriced=Count("pk", filter=done & Q(cost=None)),
            known=Coalesce(Sum("cost"), Decimal(0)),
        )
        .values_list("day", "kind", "calls", "unpriced", "known")
    )
    return [Day(*row) for row in days]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _packed(day: Day) -> list[Any]:
    """A day as the cache keeps it."""
    return [day.day.isoformat(), day.kind, day.calls, day.unpriced, str(day.cost)]


def _unpacked(row: list[Any]) -> Day:
    day, kind, calls, unpriced, cost = row
    return Day(date.fromisoformat(day), kind, calls, unpriced, Decimal(cost))


def summed(days: Iterable[Day], today: date) -> Spend:
    """The month from its days. Pure."""
    found = sorted(days, key=lambda one: one.day)
    calls, unpriced = sum(one.calls for one in found), sum(one.unpriced for one in found)
    total = sum((one.cost for one in found), Decimal(0))
    return Spend(
        month=f"{today:%B}",
        day=today.day,
        calls=calls,
        unpriced=unpriced,
        cost=None if unpriced and not total else total,
        parts=tuple(
            _part(kind, label, [one for one in found if one.kind == kind], total)
            for kind, label in AgentJob.Kind.choices
        ),
        line=_line(found, today, total),
    )


def _part(kind: str, label: str, days: list[Day], total: Decimal) -> Part:
    cost = sum((one.cost for one in days), Decimal(0))
    unpriced = sum(one.unpriced for one in days)
    return Part(
        kind=f"generate_{kind}",
        label={"image": "Images"}.get(kind, label),
        cost=None if unpriced and not cost else cost,
        percent=round(100 * cost / total) if total else 0,
    )


def _line(days: list[Day], today: date, total: Decimal) -> str:
    if not total or today.day < 2:
        return ""
    points, sum_so_far = [], Decimal(0)
    for number in range(1, today.day + 1):
        sum_so_far += sum((one.cost for one in days if one.day.day == number), Decimal(0))
        x = (number - 1) / (today.day - 1) * (WIDTH - 8) + 4
        y = HEIGHT - 4 - float(sum_so_far / total) * (HEIGHT - 10)
        points.append(f"{x:.1f},{y:.1f}")
    return " ".join(points)
