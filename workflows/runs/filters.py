"""What a list of runs is narrowed to, as its address says. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q

from workflows.engine.states import ExecutionStatus

_ACTIVE = (ExecutionStatus.PENDING, ExecutionStatus.RUNNING, ExecutionStatus.PAUSED)
_WAITS = Q(status=ExecutionStatus.RUNNING, waiting__gt=0, active_since=None)
STATUSES: dict[str, tuple[str, Q]] = {
    "": ("All", Q()),
    "active": ("Under way", Q(status__in=_ACTIVE)),
    "review": ("Waiting for review", _WAITS),
    "failed": ("Failed", Q(status=ExecutionStatus.FAILED)),
    "completed": ("Completed", Q(status=ExecutionStatus.COMPLETED)),
    "stopped": ("Stopped", Q(status=ExecutionStatus.STOPPED)),
}
"""By the word in the address: what it is called, and which runs it means."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Each is empty or None where it does not narrow the list."""

    status: str = ""
    workflow: int | None = None
    project: int | None = None
    person: int | None = None
    since: date | None = None
    until: date | None = None
    """The last day, itself included."""
    before: int | None = None
    """Runs older than this id."""
    after: int | None = None
    """Runs newer than this id."""

    @classmethod
    def read(cls, query: Mapping[str, Any]) -> Filters:
        """Read an address; what makes no sense there narrows nothing."""
        status = str(query.get("status", ""))
        return cls(
            status=status if status in STATUSES else "",
            since=_day(query.get("since")),
            until=_day(query.get("until")),
            workflow=_number(query.get("workflow")),
            project=_number(query.get("project")),
            person=_number(query.get("person")),
            before=_number(query.get("before")),
            after=_number(query.get("after")),
        )

    @property
    def condition(self) -> Q:
        """Which runs of a workspace are meant; the place in the list is left to the query."""
        found = STATUSES[self.status][1]
        named = {
            "version__template": self.workflow,
            "project": self.project,
            "launched_by": self.person,
        }
        for name, value in named.items():
            if value is not None:
                found &= Q(**{name: value})
        if self.since:
            found &= Q(created_at__gte=_midnight(self.since))
        if self.until:
            found &= Q(created_at__lt=_midnight(self.until) + timedelta(days=1))
        return found

    @property
    def are_set(self) -> bool:
        """Whether anything narrows the list."""
        return replace(self, before=None, after=None) != Filters()

    def query(self, **changes: Any) -> str:
        """The address of the list with some filters changed, from its beginning."""
        changed = replace(self, **{"before": None, "after": None, **changes})
        return urlencode(changed.values())

    def values(self) -> dict[str, Any]:
        """What is set, by name."""
        found = {name: getattr(self, name) for name in ("status", *_NUMBERS, "since", "until")}
        return {name: value for name, value in found.items() if value}


_NUMBERS = ("workflow", "project", "person", "before", "after")


def _number(text: Any) -> int | None:
    value = str(text or "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else None


def _day(text: Any) -> date | None:
    try:
        found = date.fromisoformat(str(text or ""))
    except ValueError:
        return None
    return found if 2000 <= found.year < 2200 else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
