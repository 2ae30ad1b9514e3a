"""``manage.py prune_executions``: deletes runs that are kept no longer."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from workflows.executions.prune import BATCH, Due, count_due, prune
from workspaces.models import Workspace

_MOST_DAYS, _MOST_ROWS = 36_500, 10_000
_BAD_ARGUMENT = 2


class Command(BaseCommand):
    """Safe beside a working system and safe to repeat; run it from a timer, once a day."""

    help = (
        "Delete runs that ended longer ago than RETENTION_RUN_DAYS, and the events of those that "
        "ended longer ago than RETENTION_EVENT_DAYS. Documents and images stay. Exit status: "
        "0 nothing that is due is left but what others hold, 1 the database failed, 2 bad argument."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What to keep, whose, and in which steps."""
        parser.add_argument(
            "--days", type=int, metavar="N", help="keep runs so long; default RETENTION_RUN_DAYS"
        )
        parser.add_argument(
            "--events-days",
            type=int,
            metavar="N",
            help="keep the events of runs so long; default RETENTION_EVENT_DAYS",
        )
        parser.add_argument("--workspace", metavar="SLUG", help="of this workspace alone")
        parser.add_argument(
            "--batch", type=int, default=BATCH, metavar="N", help=f"runs a transaction ({BATCH})"
        )
        parser.add_argument("--dry-run", action="store_true", help="count, but delete nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete or count, and say what it was."""
        due = _due(options)
        batch = _within("--batch", options["batch"], _MOST_ROWS)
        if due.runs_before is None and due.events_before is None:
            self.stdout.write("Nothing to do: RETENTION_RUN_DAYS and RETENTION_EVENT_DAYS are 0.")
            return
        gone: Counter[str] = Counter()
        try:
            if options["dry_run"]:
                self.stdout.write(f"Would delete {_told(count_due(due))}.")
                return
            for step in prune(due, batch):
                gone += step
        except DatabaseError as error:
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise CommandError(f"Stopped after {_told(gone)}: {reason}", returncode=1) from error
        self.stdout.write(f"Deleted {_told(gone)}.")


def _due(options: dict[str, Any]) -> Due:
    now = timezone.now()
    kept = settings.RETENTION
    return Due(
        runs_before=_bound("--days", options["days"], kept.run_days, now),
        events_before=_bound("--events-days", options["events_days"], kept.event_days, now),
        workspace=_workspace(options["workspace"]),
    )


def _bound(name: str, given: int | None, default: int, now: datetime) -> datetime | None:
    """When the time to keep began; None for ever. Raises ``CommandError``."""
    if given is None and default == 0:
        return None
    days = default if given is None else _within(name, given, _MOST_DAYS)
    return now - timedelta(days=days)


def _within(name: str, value: int, most: int) -> int:
    if not 1 <= value <= most:
        raise CommandError(f"{name} must be from 1 to {most}.", returncode=_BAD_ARGUMENT)
    return value


def _workspace(slug: str | None) -> Workspace | None:
    if slug is None:
        return None
    found = Workspace.objects.filter(slug=slug).first()
    if found is None:
        raise CommandError(f"--workspace: there is no workspace {slug}.", returncode=_BAD_ARGUMENT)
    return found


def _told(counts: Counter[str]) -> str:
    """``2 runs, 14 steps``."""
    return ", ".join(f"{count:,} {name}" for name, count in counts.items()) or "nothing"
