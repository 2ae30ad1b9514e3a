"""A process that has imported everything and forks at a word: a worker in 20 ms, not in a second.

Orders come as JSON lines on its input: ``{"do": "worker"}`` forks a worker on the real queue,
``{"do": "call", "function": …, "values": {…}}`` a process that calls one function and ends;
``crash`` and ``mark`` are the plan of ``tests.crashing``. ``{"do": "wait", "pid": …}`` waits for
the end of one. It holds no connection, so that none is shared over a fork.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import django
from django.conf import settings

CRASHED = 3
"""Exit status of a call that the crash point's exception ended."""


class Zygote:
    """Its side in the test."""

    def __init__(self, env: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.zygote"],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._pids: list[int] = []
        self._ended: dict[int, int] = {}

    def fork(self, do: str, **order: Any) -> int:
        """Fork a process; its pid."""
        pid = int(self._ask({"do": do, **order}))
        self._pids.append(pid)
        return pid

    def wait(self, pid: int, seconds: float) -> int | None:
        """The exit status, negative for a signal; None when it still runs."""
        if pid not in self._ended:
            status = self._ask({"do": "wait", "pid": pid, "seconds": seconds})
            if status is None:
                return None
            self._pids.remove(pid)
            self._ended[pid] = status
        return self._ended[pid]

    def end_all(self) -> None:
        """Kill what is left of the forked processes."""
        for pid in list(self._pids):
            os.kill(pid, signal.SIGKILL)
            self.wait(pid, 10)

    def close(self) -> None:
        """End it with all that it forked."""
        self.end_all()
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)

    def _ask(self, order: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the zygote has gone"
        return json.loads(answer)


def main() -> None:
    """Serve orders until the input ends."""
    from tests.command import prepare

    prepare()
    django.setup()
    import tests.workflows.executions.crash_calls  # noqa: F401
    from workflows import worker  # noqa: F401

    answers = sys.stdout
    sys.stdout = sys.stderr
    for line in sys.stdin:
        order = json.loads(line)
        answer = _wait(order) if order["do"] == "wait" else _fork(order)
        print(json.dumps(answer), file=answers, flush=True)


def _wait(order: dict[str, Any]) -> int | None:
    ends = time.monotonic() + order["seconds"]
    while True:
        pid, status = os.waitpid(order["pid"], os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > ends:
            return None
        time.sleep(0.01)


def _fork(order: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        _child(order)
        os._exit(0)
    except BaseException as error:  # noqa: BLE001 - the child must not go on in the zygote's loop
        crashed = type(error).__name__ == "Crash"
        if not crashed:
            traceback.print_exc()
        os._exit(CRASHED if crashed else 1)


def _child(order: dict[str, Any]) -> None:
    from django.utils.module_loading import import_string

    from tests.crashing import install

    settings.MEDIA_ROOT = order["media"]
    if order.get("crash"):
        install(order["crash"], Path(order["mark"]))
    if order["do"] == "call":
        import_string(order["function"])(**order["values"])
    else:
        _work()


def _work() -> None:
    from rq.serializers import JSONSerializer

    from workflows import queue
    from workflows.worker import NodeWorker

    worker = NodeWorker(
        [queue.QUEUE_NAME], connection=queue.worker_connection(), serializer=JSONSerializer
    )
    worker.work(logging_level="WARNING")


if __name__ == "__main__":
    main()
