"""What agents have cost this month, from the ledger of paid calls."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from workflows.models import AgentJob
from workspaces.models import Workspace

WIDTH, HEIGHT = 284, 56


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
    """One query."""
    today = timezone.localdate()
    rows = AgentJob.objects.filter(
        node_run__execution__workspace=workspace, created_at__date__gte=today.replace(day=1)
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
    return summed((Day(*row) for row in days), today)


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
