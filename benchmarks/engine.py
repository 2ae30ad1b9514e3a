"""What the engine takes, beside bare RQ and Celery, in one run on one machine.

    python -m benchmarks.engine                        # everything, on servers of its own
    python -m benchmarks.engine --only chain,polls --rounds 9
    python -m benchmarks.engine --profile              # where the time of a chain goes
    DATABASE_URL=… REDIS_URL=… python -m benchmarks.engine

Ours is the product as it runs in production: its settings, ``NodeWorker`` with every step a job
of its own through claim and finish on PostgreSQL, the API on gunicorn. The step is
``compose_text`` with a constant text: it asks no model. Bare RQ runs plain jobs that enqueue
each other and write nothing but RQ's own results, on ``SimpleWorker`` and on the forking
``Worker``. Celery runs chains, groups and chords on prefork, once writing the rows that a
durable engine needs (``celery_rows``) and once none. All share one Redis and one PostgreSQL with
``fsync`` and ``synchronous_commit`` on, which the script checks; sides take turns.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import sys
from collections.abc import Callable
from typing import Any

from benchmarks.report import Results, show
from benchmarks.servers import running

PARTS = ("chain", "fan-out", "load", "launch", "polls")


def main() -> int:
    """Run and print; 1 when something that must hold does not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7, help="of each side, in turns")
    parser.add_argument("--seconds", type=float, default=20, help="that polls are measured for")
    parser.add_argument("--only", default=",".join(PARTS), help=f"of {','.join(PARTS)}")
    parser.add_argument("--profile", action="store_true", help="say where a chain's time goes")
    options = parser.parse_args()
    only = options.only.split(",")
    if unknown := set(only) - set(PARTS):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    with running():
        _set_up()
        if options.profile:
            from benchmarks import chain_profile

            chain_profile.show()
            return 0
        return _measure(only, options.rounds, options.seconds)


def _set_up() -> None:
    import django

    django.setup()
    logging.disable(logging.WARNING)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _measure(only: list[str], rounds: int, seconds: float) -> int:
    from benchmarks import flows, launches, load, marks, polls

    _print_durability()
    results = Results()
    parts: dict[str, Callable[[], None]] = {
        "chain": lambda: flows.measure_chain(results, rounds),
        "fan-out": lambda: flows.measure_fan_out(results, rounds),
        "load": lambda: load.measure(results, max(1, rounds // 2)),
        "launch": lambda: launches.measure(results),
        "polls": lambda: polls.measure(results, seconds),
    }
    for name in PARTS:
        if name in only:
            print(f"measuring {name} …", file=sys.stderr)
            parts[name]()
    show(results)
    return 0 if marks.judge(results) else 1


def _print_durability() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        settings = {}
        for name in ("server_version", "fsync", "synchronous_commit"):
            cursor.execute(f"SHOW {name}")
            (settings[name],) = cursor.fetchone()
        commit = statistics.median(_commit(cursor) for _ in range(50))
    said = ", ".join(f"{name} {value}" for name, value in settings.items())
    load = os.getloadavg()[0]
    print(f"{said}; a commit {commit:.2f} ms; {os.cpu_count()} cores, load {load:.1f}")
    if settings["fsync"] != "on" or settings["synchronous_commit"] != "on":
        sys.exit("The comparison needs fsync and synchronous_commit on.")


def _commit(cursor: Any) -> float:
    """Milliseconds that the disk takes to keep a small write."""
    from benchmarks.clock import timed

    cursor.execute("CREATE TABLE IF NOT EXISTS bench_commit (at timestamptz)")
    return timed(lambda: cursor.execute("INSERT INTO bench_commit VALUES (now())"))


if __name__ == "__main__":
    raise SystemExit(main())
