"""What pages, API, reconcile and clean-up take on 50,000 runs with 500,000 steps.

Each line calls the code that the site calls, in the workspace that has half of all runs, and
undoes what it wrote. Beside the times stands how the queries read the four big tables. Ends with
status 1 when one of them is read from end to end, or when 95 of 100 calls take over 100 ms.

    python -m benchmarks.volume            # starts its own PostgreSQL and Valkey
    DATABASE_URL=… REDIS_URL=… python -m benchmarks.volume --runs 200000 --rounds 40
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import statistics
import time
from typing import Any

GOAL_MS = 100


def main() -> int:
    """Fill, measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", default="", metavar="WORD", help="lines that contain the word")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    with _servers():
        import django

        django.setup()
        logging.disable(logging.WARNING)
        from django.test.utils import setup_databases, teardown_databases

        old = setup_databases(verbosity=0, interactive=False)
        try:
            return _measure(asked.runs, asked.rounds, asked.only)
        finally:
            teardown_databases(old, verbosity=0)


def _servers() -> Any:
    """Servers for this run, unless the environment names some."""
    if "DATABASE_URL" in os.environ and "REDIS_URL" in os.environ:
        return contextlib.nullcontext()
    from benchmarks.servers import running

    return running()


def _measure(runs: int, rounds: int, only: str) -> int:
    from benchmarks.fill import fill
    from benchmarks.volume_cases import cases

    began = time.perf_counter()
    filled = fill(runs)
    print(_sizes(), f"filled in {time.perf_counter() - began:.0f} s", sep="\n")
    print(f"\n{'':44}{'p50, ms':>9}{'p95, ms':>9}{'queries':>9}  how the big tables are read")
    faults, slow = 0, []
    for name, action in cases(filled):
        if only not in name:
            continue
        times, statements = _times(action, rounds), _statements(action)
        found = {scan for statement in statements for scan in _scans(statement)}
        p95 = statistics.quantiles(times, n=20)[-1]
        bad = p95 > GOAL_MS or any(scan.reads_all for scan in found)
        faults += bad
        read = ", ".join(sorted({str(scan) for scan in found if "Heap" not in scan.node})) or "-"
        mark = "  <-- over the goal" if bad else ""
        print(
            f"{name:44}{statistics.median(times):9.1f}{p95:9.1f}{len(statements):9}  {read}{mark}"
        )
        if bad:
            slow += _slow(name, statements)
    print(f"\n{rounds} rounds each; {faults or 'no'} over {GOAL_MS} ms or with a sequential scan")
    print("\n".join(slow))
    return 1 if faults else 0


def _sizes() -> str:
    from django.db import connection

    from benchmarks.fill import BIG

    lines = []
    with connection.cursor() as cursor:
        for table in sorted(BIG):
            cursor.execute(
                f"SELECT count(*), pg_size_pretty(pg_total_relation_size('{table}')) FROM {table}"
            )
            count, size = cursor.fetchone()
            lines.append(f"{table:32}{count:12,} rows{size:>10}")
    return "\n".join(lines)


def _times(action: Any, rounds: int) -> list[float]:
    """Milliseconds of each round; the first one warms up and does not count."""
    return [_once(action) for _ in range(rounds + 1)][1:]


def _once(action: Any) -> float:
    from django.db import transaction

    with transaction.atomic():
        begin = time.perf_counter()
        action()
        took = (time.perf_counter() - begin) * 1000
        transaction.set_rollback(True)
    return took


def _statements(action: Any) -> list[str]:
    from django.db import transaction

    from benchmarks.plans import captured

    with transaction.atomic():
        statements = captured(action)
        transaction.set_rollback(True)
    return statements


def _scans(statement: str) -> list[Any]:
    """How the big tables are read."""
    from benchmarks.fill import BIG
    from benchmarks.plans import scans

    return [scan for scan in scans(statement) if scan.table in BIG]


def _slow(name: str, statements: list[str]) -> list[str]:
    """The statements that read a big table from end to end, or take over 20 ms."""
    from django.db import connection, transaction

    found = []
    for statement in statements:
        with transaction.atomic(), connection.cursor() as cursor:
            began = time.perf_counter()
            cursor.execute(statement)
            took = (time.perf_counter() - began) * 1000
            transaction.set_rollback(True)
        if took > GOAL_MS / 5 or any(scan.reads_all for scan in _scans(statement)):
            found.append(f"\n{name}: {took:.0f} ms\n{statement[:2_000]}")
    return found


if __name__ == "__main__":
    raise SystemExit(main())
