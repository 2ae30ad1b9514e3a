"""What ``TEST_PATCHES`` breaks in a process of its own; each function is one fault."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import time_machine
from django.db import connection
from django.utils import timezone

from config import crash as crash_points
from workflows import jobs, worker
from workflows.executions import agents, watch
from workflows.nodes import registry

FOLDER = "TEST_FAULT_FOLDER"
"""Where processes leave word for the test."""


def note(name: str) -> bool:
    """Leave word for the test; True for the first process that does."""
    try:
        Path(os.environ[FOLDER], name).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def crash() -> None:
    """Do ``TEST_CRASH`` (``<point> <mode> <times>``) at a named point."""
    point, mode, times = os.environ["TEST_CRASH"].split()
    acts: dict[str, Callable[[], object]] = {
        "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
        "freeze": lambda: os.kill(os.getpid(), signal.SIGSTOP),
        "wait": lambda: time.sleep(4),
    }

    def hook(name: str) -> None:
        if name == point and any(note(f"crash-{number}") for number in range(int(times))):
            note(f"pid-{os.getpid()}")
            acts[mode]()

    crash_points.hook = hook


def orphan() -> None:
    """Workers outlive their pool, as where the kernel has no PR_SET_PDEATHSIG."""
    worker.die_with_parent = lambda: None


def mute() -> None:
    """The watchdog renews nothing and hears nothing."""
    watch.renew = lambda claim: True
    watch.still_held = lambda claim: True


def deaf() -> None:
    """The watchdog renews the lease and does not hear that the run was stopped."""
    renew = watch.renew
    watch.renew = lambda claim: renew(claim) or True
    watch.still_held = lambda claim: True


def dequeue(mode: str) -> None:
    """Do something between a message's leaving the queue and the worker's being busy."""
    execute_job = worker.NodeWorker.execute_job

    @functools.wraps(execute_job)
    def slowly(self: Any, job: Any, queue: Any) -> None:
        if note("dequeued"):
            if mode == "die":
                os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(4)
        execute_job(self, job, queue)

    worker.NodeWorker.execute_job = slowly


def die_at_dequeue() -> None:
    """Die right after the first message was taken off the queue."""
    dequeue("die")


def linger_at_dequeue() -> None:
    """Stay for a while between dequeue and BUSY."""
    dequeue("linger")


def two_queues() -> None:
    """A pool that listens on two queues, for which RQ has no intermediate one."""
    begin = worker.NodePool.__init__

    def doubled(self: Any, *args: Any, **kwargs: Any) -> None:
        begin(self, *args, **kwargs)
        self._queue_names = [*self._queue_names, "spare"]

    worker.NodePool.__init__ = doubled


def clock() -> None:
    """A machine whose clock is off by ``TEST_CLOCK`` seconds."""
    wrong = timezone.now() + timedelta(seconds=float(os.environ["TEST_CLOCK"]))
    time_machine.travel(wrong, tick=True).start()


def poison() -> None:
    """A step whose prompt says poison kills whoever works on it."""
    make = agents.make

    def deadly(request: Any, *args: Any, **kwargs: Any) -> Any:
        if "poison" in request.prompt:
            os.kill(os.getpid(), signal.SIGKILL)
        return make(request, *args, **kwargs)

    agents.make = deadly


def swallow() -> None:
    """A text step whose code swallows every exception and never ends."""

    def run(config: Any, context: Any) -> Any:
        while "hang" in config.template:
            with contextlib.suppress(BaseException):
                time.sleep(0.05)
        return original(config, context)

    kind = registry.get("compose_text")
    original = kind.run
    kind.run = run


def hang() -> None:
    """A text step that hangs in C with the interpreter's lock held, deaf to signals."""

    def run(config: Any, context: Any) -> Any:
        while "hang" in config.template:
            ctypes.PyDLL(None).sleep(600)
        return original(config, context)

    kind = registry.get("compose_text")
    original = kind.run
    kind.run = run


def parent_queries() -> None:
    """A pool whose parent has used the database before it forks."""
    begin = worker.NodePool.__init__

    def querying(self: Any, *args: Any, **kwargs: Any) -> None:
        begin(self, *args, **kwargs)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            note(f"backend-{cursor.fetchone()[0]}-{os.getpid()}")
        connection.close_at = None  # it is to be kept, as the settings of production have it

    worker.NodePool.__init__ = querying


def backends() -> None:
    """Note which process asks which database backend."""
    claim = jobs.claim

    def noting(node_run_id: int, attempt: int) -> Any:
        held = claim(node_run_id, attempt)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            note(f"backend-{cursor.fetchone()[0]}-{os.getpid()}")
        return held

    jobs.claim = noting
