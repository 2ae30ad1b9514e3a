"""Worker processes: RQ's pool and a worker that runs one step at a time, without a fork a job.

RQ only carries messages here. A message may name the functions of ``workflows.jobs`` and no
other; what it names runs in this process, with no alarm, no callback and no stored result:
PostgreSQL knows all that matters, and a job that is lost is sent again by ``reconcile``.
"""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections, connections
from redis import Redis
from rq import Queue, SimpleWorker
from rq.exceptions import DeserializationError
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.worker import WorkerStatus
from rq.worker_pool import WorkerPool

from workflows import jobs, queue
from workflows.executions.watch import watchdog
from workflows.messages import NodeJob, NodeQueue

log = structlog.get_logger(__name__)
ALLOWED: dict[str, Callable[[int, int], None]] = {queue.RUN_NODE: jobs.run_node}
CHECK_AFTER = 5.0
"""Seconds of rest after which the database connection is checked before it is used."""
BEAT_EVERY = 5.0
"""Seconds between signs of life to RQ's own registry."""
AWAY_SECONDS = 1.0
"""How long a worker leaves a database alone that refused it, so that others get through."""
_PR_SET_PDEATHSIG = 1
_LEAVE = (signal.SIGINT, signal.SIGTERM)


class NodeWorker(SimpleWorker):
    """Runs ``workflows.jobs`` and nothing else."""

    max_connection_wait_time = 5.0
    """RQ's own 60 s would leave a backlog standing long after Redis is back."""
    _used = 0.0
    _beat = 0.0
    _asked = 0.0
    job_class = NodeJob
    queue_class = NodeQueue

    def work(self, *args: Any, **kwargs: Any) -> bool:
        """RQ's loop, without its scheduler, in a process that dies with its parent."""
        kwargs["with_scheduler"] = False
        for number in _LEAVE:
            signal.signal(number, signal.SIG_DFL)  # not the pool's: this process holds nothing yet
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _LEAVE)
        die_with_parent()
        connections.close_all()
        watchdog.start(guarded=True)
        return bool(super().work(*args, **kwargs))

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Run one message, of which nothing is left in Redis by now."""
        self._state = WorkerStatus.BUSY
        try:
            self._call(job)
        finally:
            self._state = WorkerStatus.IDLE

    def set_state(self, state: str, pipeline: Any = None) -> None:
        """Tell Redis only of a change: each message would else cost it two, for a list to read."""
        if pipeline is not None or state != self._state:
            super().set_state(state, pipeline)

    def check_for_suspension(self, burst: bool) -> None:
        """Look for ``rq suspend`` every few seconds instead of before each message."""
        now = time.monotonic()
        if now - self._asked >= BEAT_EVERY:
            self._asked = now
            super().check_for_suspension(burst)

    def _call(self, job: Job) -> None:
        try:
            function = ALLOWED.get(job.func_name or "")
            arguments = job.args
        except DeserializationError:
            function, arguments = None, ()
        if function is None or not _are_ids(arguments):
            log.error("message refused", job=job.id)
            return
        if time.monotonic() - self._used > CHECK_AFTER:
            close_old_connections()
        try:
            function(*arguments)
        except (OperationalError, InterfaceError) as error:
            # The step stays queued: reconcile sends its message again.
            log.warning("database refused", job=job.id, error=type(error).__name__)
            connections.close_all()
            time.sleep(AWAY_SECONDS * random.uniform(1, 2))  # noqa: S311 - jitter, no secret
        except Exception:
            log.exception("message failed", job=job.id)
            connections.close_all()
        self._used = time.monotonic()

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """RQ asks for three a job; one every few seconds keeps the registration alive."""
        now = time.monotonic()
        if pipeline is None and now - self._beat < BEAT_EVERY:
            return
        self._beat = now
        super().heartbeat(timeout, pipeline=pipeline)


def _are_ids(arguments: Any) -> bool:
    return len(arguments) == 2 and all(type(one) is int for one in arguments)


def die_with_parent() -> None:
    """Let the kernel end this process when its parent dies (Linux; else nothing happens)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    parent = multiprocessing.parent_process()
    # In a container the pool itself may be process 1.
    if parent is not None and os.getppid() != parent.pid:
        raise SystemExit("The worker pool has gone.")


class NodePool(WorkerPool):
    """A pool of node workers over one connection setting; its parent queries nothing."""

    def __init__(self, connection: Redis, processes: int) -> None:
        super().__init__(
            [queue.QUEUE_NAME],
            connection=connection,
            num_workers=processes,
            worker_class=NodeWorker,
            job_class=NodeJob,
            queue_class=NodeQueue,
            serializer=JSONSerializer,
        )

    def start_workers(self, *args: Any, **kwargs: Any) -> None:
        """Listen to SIGTERM from the first fork on: RQ would die of it, and its workers with it."""
        self._install_signal_handlers()  # type: ignore[no-untyped-call]  # RQ's
        super().start_workers(*args, **kwargs)
        if self.status == self.Status.STOPPED:
            self.stop_workers()  # type: ignore[no-untyped-call]  # RQ's

    def start_worker(self, *args: Any, **kwargs: Any) -> None:
        """Close this process's connections before each fork, so that none is shared.

        A signal waits until the new worker is known, and can be told to go too.
        """
        connections.close_all()
        signal.pthread_sigmask(signal.SIG_BLOCK, _LEAVE)
        try:
            super().start_worker(*args, **kwargs)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _LEAVE)
