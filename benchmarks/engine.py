"""How much the engine adds to bare RQ: a chain of 50, a fan-out of 20 with a join, a launch.

Both columns run in the same process on the same Redis with one worker after the other: ours on
``NodeWorker`` with every step a job of its own through claim and finish on PostgreSQL, the
peer as plain RQ jobs on ``SimpleWorker`` that enqueue each other and write nothing but RQ's own
results. The step is ``compose_text`` with a constant text: it asks no model. PostgreSQL runs
with ``fsync`` and ``synchronous_commit`` on; the script checks that and prints it.

    python -m benchmarks.engine            # starts its own PostgreSQL and Valkey
    DATABASE_URL=… REDIS_URL=… python -m benchmarks.engine --rounds 9
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import sys
from collections.abc import Callable
from typing import Any


def main() -> int:
    """Run and print the table; 1 when ours is over twice the peer's time."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    with _servers():
        import django

        django.setup()
        logging.disable(logging.WARNING)
        from django.test.utils import setup_databases, teardown_databases

        old = setup_databases(verbosity=0, interactive=False)
        try:
            return _compare(rounds)
        finally:
            _end_other_sessions()
            teardown_databases(old, verbosity=0)


def _end_other_sessions() -> None:
    """End the watchdog's session, which would keep the database from being dropped."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def _servers() -> Any:
    """Servers for this run, unless the environment names some."""
    import contextlib

    if "DATABASE_URL" in os.environ and "REDIS_URL" in os.environ:
        return contextlib.nullcontext()
    from benchmarks.servers import running

    return running()


def _compare(rounds: int) -> int:
    from benchmarks import engine_ours, engine_peer

    _print_durability()
    print(f"{'':26}{'ours, ms':>12}{'bare RQ, ms':>14}{'ratio':>8}")
    worst = 0.0
    for name, ours, peer in [
        ("chain of 50", engine_ours.Chain(50), engine_peer.Chain(50)),
        ("fan-out of 20 and join", engine_ours.FanOut(20), engine_peer.FanOut(20)),
    ]:
        mine, theirs = _pairs(ours.once, peer.once, rounds)
        ratio = mine / theirs
        worst = max(worst, ratio)
        print(f"{name:26}{mine:12.1f}{theirs:14.1f}{ratio:8.2f}")
    launch = engine_ours.Chain(50)
    times = [launch.launch_only() for _ in range(rounds + 1)][1:]
    print(f"{'launch of 50 steps':26}{statistics.median(times):12.1f}{'-':>14}{'':>8}")
    print(f"medians of {rounds} rounds, alternating; the step: compose_text, a constant text")
    return 0 if worst <= 2 else 1


def _pairs(
    ours: Callable[[], float], peer: Callable[[], float], rounds: int
) -> tuple[float, float]:
    """Medians in milliseconds; one round of each to warm up, then in turns."""
    ours(), peer()
    found = [(ours(), peer()) for _ in range(rounds)]
    return statistics.median(a for a, _ in found), statistics.median(b for _, b in found)


def _print_durability() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        settings = {}
        for name in ("server_version", "fsync", "synchronous_commit"):
            cursor.execute(f"SHOW {name}")
            (settings[name],) = cursor.fetchone()
    print(", ".join(f"{name} {value}" for name, value in settings.items()))
    if settings["fsync"] != "on" or settings["synchronous_commit"] != "on":
        sys.exit("The comparison needs fsync and synchronous_commit on.")


if __name__ == "__main__":
    raise SystemExit(main())
