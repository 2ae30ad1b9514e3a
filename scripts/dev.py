"""The launcher behind ``make run``: starts everything in order, watches it, stops it in reverse."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import NoReturn

from scripts import local_env
from scripts.console import Console, start_new_logs
from scripts.network import http_status, port_is_free
from scripts.processes import Child, StackError, die_with_parent, end_leftovers, wait_until
from scripts.services import ROOT, LocalModel, Server
from scripts.stack import Plan, open_local

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop(BaseException):
    """Somebody asked the launcher to end."""


class Launcher:
    """One run of the stack, from the first server to the last process gone."""

    def __init__(self, plan: Plan, console: Console) -> None:
        self.plan = plan
        self.console = console
        self.started: list[Server | Child] = []
        self.app: list[Child] = plan.app()

    def run(self) -> int:
        """Start, announce and watch until a signal or a death; returns the exit status."""
        began = time.monotonic()
        try:
            self._clear()
            self._start()
            self._announce(time.monotonic() - began)
            self._watch()
        except Stop:
            return 0
        except StackError as error:
            self.console.say(str(error))
            return 1
        finally:
            self._stop()

    def _clear(self) -> None:
        places = [server.data for server in self.plan.servers]
        if found := end_leftovers(self.plan.local, places):
            self.console.say(f"Ended {len(found)} processes that a killed launcher left behind.")
        if not port_is_free(port := self.plan.port):
            raise StackError(f"Port {port} is in use; choose another: `make run PORT={port + 1}`.")

    def _start(self) -> None:
        for server in self.plan.servers:
            self.console.say(f"Starting {server.name} …")
            self.started.append(server)
            server.start(timeout=60)
            if not server.data.is_relative_to(self.plan.local) and server.data.exists():
                self.console.say(f"{server.name} keeps its data in {server.data}")
        self.plan.write_env()
        for arguments in (["migrate", "--noinput"], ["seed_templates"], ["seed_demo"]):
            self.console.say(f"Running manage.py {' '.join(arguments)} …")
            self._finish(self.plan.manage(*arguments), arguments[0])
        for child in self.app:
            self.console.say(f"Starting {child.name} …")
            self.started.append(child)
            child.start()
        self._wait_for(f"{self.plan.url}healthz", 60, "the web server")
        self._wait_for(f"{self.plan.url}readyz", 60, "the workers")
        self._finish(self.plan.manage("seed_demo", "--launch"), "seed_demo --launch")

    def _finish(self, command: Child, title: str) -> None:
        self.started.append(command)
        command.start()
        self._wait(lambda: not command.running, 600)
        self.started.remove(command)
        if command.exit_code() != 0:
            command.kill()
            raise StackError(_epitaph(f"manage.py {title} failed", command))

    def _wait_for(self, url: str, seconds: float, who: str) -> None:
        if not self._wait(lambda: http_status(url) == 200, seconds):
            raise StackError(f"Waited {seconds:.0f} s for {who}: {url} is not answered with 200.")

    def _wait(self, condition: Callable[[], bool], seconds: float) -> bool:
        def beat() -> bool:
            self._beat()
            return condition()

        return wait_until(beat, seconds, step=0.1)

    def _beat(self) -> None:
        """Show what the app said; raises ``StackError`` when a part of the stack has died."""
        self.console.follow(self.app)
        for part in self.started:
            child = part.child if isinstance(part, Server) else part
            if child.name == "setup" or child.exit_code() is None:
                continue
            if not isinstance(part, LocalModel):
                raise StackError(_epitaph(f"{child.name} died", child))
            self.console.say(_epitaph("The local model died", child))
            self.console.say("Copyloom goes on; steps that write copy fail until the next start.")
            self.started.remove(part)
            return

    def _announce(self, seconds: float) -> None:
        self.console.say(f"Copyloom is ready at {self.plan.url} after {seconds:.1f} s")
        self.console.say(f"demo login: demo@copyloom.local / {self.plan.password}")
        self.console.say("Ctrl+C stops it. Data is kept in .local, logs are in .local/log.")

    def _watch(self) -> NoReturn:
        while True:
            self._beat()
            time.sleep(0.2)

    def _stop(self) -> None:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        for part in reversed(self.started):
            self.console.say(f"Stopping {part.name} …")
            part.stop()
        # What a part started and forgot; nothing may outlive the launcher.
        end_leftovers(self.plan.local, [server.data for server in self.plan.servers], grace=2)
        if self.started:
            self.console.say("Stopped.")


@contextlib.contextmanager
def sole_launcher(file: Path, url: str) -> Iterator[None]:
    """Hold the clone's lock; raises ``StackError`` when another launcher holds it."""
    with file.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise StackError(f"This clone is already running: {lock.read().strip()}.") from error
        lock.truncate(0)
        lock.write(f"{url} (launcher's pid {os.getpid()})")
        lock.flush()
        yield


def launch(local: Path, shell: Mapping[str, str], plan_type: type[Plan] = Plan) -> int:
    """Run one stack with its data in ``local`` until it is asked to end; returns the status."""
    for number in SIGNALS:
        signal.signal(number, _raise_stop)
    try:
        open_local(local)
        plan = plan_type(local, shell)
        with sole_launcher(local / "lock", plan.url):
            start_new_logs(local / "log")
            return Launcher(plan, Console(local / "log" / "launcher.log")).run()
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    except Stop:
        return 0


def main() -> int:
    """Run the stack of this clone; returns the exit status."""
    _end_with_make()
    return launch(ROOT / ".local", local_env.with_dotenv(ROOT / ".env", os.environ))


def _raise_stop(number: int, frame: FrameType | None) -> None:
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise Stop


def _end_with_make() -> None:
    parent = Path(f"/proc/{os.getppid()}/comm")
    if parent.exists() and parent.read_text().strip() in {"make", "gmake"}:
        die_with_parent(signal.SIGTERM, os.getppid())()


def _epitaph(title: str, child: Child) -> str:
    code = child.exit_code()
    how = f"signal {signal.Signals(-code).name}" if code and code < 0 else f"exit status {code}"
    return "\n".join([f"{title} ({how}); the end of {child.log}:", *child.tail()])


if __name__ == "__main__":
    sys.exit(main())
