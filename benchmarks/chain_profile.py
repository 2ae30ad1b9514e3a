"""Where the time of a chain goes: PostgreSQL, Redis, Python; statement by statement."""

from __future__ import annotations

import cProfile
import pstats
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import connection
from redis import Redis
from redis.client import Pipeline

from benchmarks.ours import Chain

SIZE, ROUNDS = 50, 8


@dataclass(slots=True)
class Waits:
    """How often something was waited for, and how many seconds in all."""

    count: int = 0
    seconds: float = 0.0

    def over(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """The call, counted and timed."""

        def watched(*args: Any, **kwargs: Any) -> Any:
            began = time.perf_counter()
            try:
                return call(*args, **kwargs)
            finally:
                self.count += 1
                self.seconds += time.perf_counter() - began

        return watched


@dataclass(slots=True)
class Statements:
    """Statements by their text, with their times in milliseconds."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """A wrapper for ``connection.execute_wrapper``."""
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.times[" ".join(sql.split())[:88]].append((time.perf_counter() - began) * 1000)


def show() -> None:
    """Print the split, the statements, Redis's commands and the profiler's list."""
    flow = Chain(SIZE)
    flow.once()
    plain = statistics.median(flow.once() for _ in range(ROUNDS))
    print(f"chain of {SIZE}: {plain:.1f} ms, {plain / SIZE:.2f} ms a step; of each step:")
    _show_waits(flow, plain)
    _show_statements(flow)
    _show_commands(flow)
    _show_profile(flow)
    flow.clear()


def _show_waits(flow: Chain, plain: float) -> None:
    database, store = Waits(), Waits()
    with ExitStack() as stack:
        stack.enter_context(_watched(psycopg.Connection, "wait", database))
        stack.enter_context(_watched(Redis, "execute_command", store))
        stack.enter_context(_watched(Pipeline, "execute", store))
        flow.launch()
        for one in (database, store):
            one.count, one.seconds = 0, 0.0
        took = flow.work() / SIZE
    for name, waits in (("PostgreSQL", database), ("Redis", store)):
        spent, count = waits.seconds * 1000 / SIZE, waits.count / SIZE
        print(f"  {name:12}{spent:7.2f} ms in {count:5.1f} round trips")
        took -= spent
    print(f"  {'Python':12}{took:7.2f} ms, the watching included ({plain / SIZE:.2f} ms without)")


@contextmanager
def _watched(owner: type, name: str, waits: Waits) -> Iterator[None]:
    plain = getattr(owner, name)
    setattr(owner, name, waits.over(plain))
    try:
        yield
    finally:
        setattr(owner, name, plain)


def _show_statements(flow: Chain) -> None:
    seen = Statements()
    flow.launch()
    before = _commits()
    with connection.execute_wrapper(seen):
        flow.work()
    print(f"\nstatements a step, {(_commits() - before) / SIZE:.1f} transactions:")
    for sql, times in sorted(seen.times.items(), key=lambda item: -sum(item[1])):
        print(f"  {len(times) / SIZE:5.2f} x {statistics.median(times):6.2f} ms  {sql}")


def _commits() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(
            "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
        )
        return int(cursor.fetchone()[0])


def _show_commands(flow: Chain) -> None:
    from workflows import queue

    def calls() -> Counter[str]:
        found = queue.connection().info("commandstats")
        return Counter({name: stats["calls"] for name, stats in found.items()})

    flow.launch()
    before = calls()
    flow.work()
    print("\nRedis commands a step:")
    for name, count in (calls() - before).most_common(14):
        print(f"  {count / SIZE:5.2f} {name.removeprefix('cmdstat_')}")


def _show_profile(flow: Chain) -> None:
    flow.launch()
    profile = cProfile.Profile()
    profile.runcall(flow.work)
    print()
    pstats.Stats(profile).sort_stats("tottime").print_stats(35)
    pstats.Stats(profile).sort_stats("cumtime").print_stats(60)
