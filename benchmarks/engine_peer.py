"""The peer of ``benchmarks.engine``: bare RQ jobs on SimpleWorker that enqueue each other."""

from __future__ import annotations

from abc import ABC, abstractmethod

from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from benchmarks.clock import Stopwatch, work_off
from workflows import queue

NAME = "bare"


def _queue(connection: Redis) -> Queue:
    return Queue(NAME, connection=connection, serializer=JSONSerializer)


def chain_step(left: int) -> None:
    """A job that enqueues the next one."""
    if left > 1:
        _queue(queue.connection()).enqueue(chain_step, left - 1)


def fan_out(width: int) -> None:
    """A job that enqueues its branches."""
    door = _queue(queue.connection())
    queue.connection().set("bare:left", width)
    door.enqueue_many([Queue.prepare_data(branch) for _ in range(width)])


def branch() -> None:
    """A branch; the last one enqueues the join."""
    if queue.connection().decr("bare:left") == 0:
        _queue(queue.connection()).enqueue(join)


def join() -> None:
    """The join."""


class _Worker(Stopwatch, SimpleWorker):
    """RQ's own worker, and when its last job ended."""


class _Bare(ABC):
    @abstractmethod
    def once(self) -> float:
        """Milliseconds with one worker."""

    def _work(self) -> float:
        connection = queue.worker_connection()
        door = _queue(connection)
        return work_off(_Worker([door], connection=connection, serializer=JSONSerializer))


class Chain(_Bare):
    """``size`` jobs, one after the other."""

    def __init__(self, size: int) -> None:
        self.size = size

    def once(self) -> float:
        """Milliseconds with one worker."""
        _queue(queue.connection()).enqueue(chain_step, self.size)
        return self._work()


class FanOut(_Bare):
    """A job, ``width`` jobs side by side, and a join."""

    def __init__(self, width: int) -> None:
        self.width = width

    def once(self) -> float:
        """Milliseconds with one worker."""
        _queue(queue.connection()).enqueue(fan_out, self.width)
        return self._work()
