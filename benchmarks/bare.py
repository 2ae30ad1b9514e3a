"""Bare RQ: jobs that enqueue each other and write nothing but RQ's own results.

As a program it is a pool of workers: ``python -m benchmarks.bare simple 4``.
"""

from __future__ import annotations

import os
import sys
from abc import ABC, abstractmethod
from functools import lru_cache
from typing import Any, ClassVar

from redis import Redis
from rq import Queue, SimpleWorker, Worker
from rq.serializers import JSONSerializer
from rq.worker_pool import WorkerPool

from benchmarks.clock import Stopwatch, work_off

NAME = "bare"
DRAIN = "bare-drain"


@lru_cache(maxsize=1)
def connection() -> Redis:
    """The connection of this process, from which jobs enqueue."""
    return Redis.from_url(os.environ["REDIS_URL"])


def door(name: str = NAME, link: Redis | None = None) -> Queue:
    """A queue with the serializer that ours has."""
    return Queue(name, connection=link or connection(), serializer=JSONSerializer)


def chain_step(left: int) -> None:
    """A job that enqueues the next one."""
    if left > 1:
        door().enqueue(chain_step, left - 1)


def fan_out(width: int) -> None:
    """A job that enqueues its branches."""
    connection().set("bare:left", width)
    door().enqueue_many([Queue.prepare_data(branch) for _ in range(width)])


def branch() -> None:
    """A branch; the last one enqueues the join."""
    if connection().decr("bare:left") == 0:
        door().enqueue(nothing)


def nothing() -> None:
    """The join, and every job of a drain."""


class _Simple(Stopwatch, SimpleWorker):
    """Runs each job in its own process, as ours does."""


class _Forking(Stopwatch, Worker):
    """RQ's default: a fork a job."""


class _Bare(ABC):
    kinds: ClassVar[dict[str, Any]] = {"simple": _Simple, "forking": _Forking}

    def __init__(self, kind: str, size: int) -> None:
        self.kind = self.kinds[kind]
        self.size = size

    @abstractmethod
    def begin(self) -> None:
        """Enqueue the first job."""

    def once(self) -> float:
        """Milliseconds with one worker."""
        self.begin()
        link = Redis.from_url(os.environ["REDIS_URL"])
        queues = [door(link=link)]
        return work_off(self.kind(queues, connection=link, serializer=JSONSerializer))


class Chain(_Bare):
    """``size`` jobs, one after the other."""

    def begin(self) -> None:
        """Enqueue the first job."""
        door().enqueue(chain_step, self.size)


class FanOut(_Bare):
    """A job, ``size`` jobs side by side, and a join."""

    def begin(self) -> None:
        """Enqueue the first job."""
        door().enqueue(fan_out, self.size)


def main() -> None:
    """A pool that works until it is told to stop."""
    kind, processes = sys.argv[1:]
    pool = WorkerPool(
        [f"{DRAIN}-{kind}"],
        connection=Redis.from_url(os.environ["REDIS_URL"]),
        num_workers=int(processes),
        worker_class={"simple": SimpleWorker, "forking": Worker}[kind],
        serializer=JSONSerializer,
    )
    pool.start(logging_level="ERROR")


if __name__ == "__main__":
    main()
