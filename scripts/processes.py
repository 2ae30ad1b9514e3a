"""Child processes that cannot outlive their parent, and the search for those of a dead one."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

MARKER = "COPYLOOM_STACK"
"""Environment variable that every child and grandchild carries: the directory of its stack."""
SERVER_PROGRAMS = {"postgres", "valkey-server"}
"""Programs that are also known by the directory on their command line."""
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class StackError(Exception):
    """Something the person at the terminal can act on; its text is one clear line."""


@dataclass(slots=True)
class Child:
    """One program in the foreground of its own session, its output in a log file.

    It gets ``death_signal`` from the kernel when the thread that started it ends for whatever
    reason, so start children from a thread that lives as long as they should.
    """

    name: str
    argv: Sequence[str | Path]
    log: Path
    cwd: Path
    marker: Path
    """The stack's directory, by which ``leftovers`` finds this process later."""
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    user: int | None = None
    group: int | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    graces: Sequence[float] = (10,)
    """Seconds to wait after each ``stop_signal``; SIGKILL follows the last."""
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the program; raises ``OSError`` when it cannot be run."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [str(part) for part in self.argv],
                cwd=self.cwd,
                env={**self.env, MARKER: str(self.marker)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self.user,
                group=self.group,
                extra_groups=None if self.user is None else [],
                preexec_fn=die_with_parent(self.death_signal),  # noqa: PLW1509 - no thread runs yet
            )

    @property
    def pid(self) -> int:
        """The process id; raises ``StackError`` before the start."""
        if self.process is None:
            raise StackError(f"{self.name} was not started")
        return self.process.pid

    def exit_code(self) -> int | None:
        """How the program ended, or None while it runs or before it was started."""
        return None if self.process is None else self.process.poll()

    @property
    def running(self) -> bool:
        """Started and not ended."""
        return self.process is not None and self.process.poll() is None

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the program alone; nothing happens when it has ended."""
        if self.process is not None:
            self.process.send_signal(number)

    def stop(self) -> None:
        """Ask the program to end, wait as long as ``graces`` says, then end its whole group."""
        for seconds in self.graces if self.process is not None else ():
            self.send(self.stop_signal)
            if wait_until(lambda: not self.running, seconds):
                break
        self.kill()

    def kill(self) -> None:
        """End the program and what it started with SIGKILL, and collect it."""
        if self.process is None:
            return
        # The group's id stays taken while a member lives, so it cannot be a stranger's.
        if self.process.poll() is None or _group_has_marker(self.process.pid, self.marker):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def tail(self, lines: int = 12) -> list[str]:
        """The last lines of the log."""
        if not self.log.exists():
            return []
        with self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - 16_384))
            return file.read().decode(errors="replace").splitlines()[-lines:]


def die_with_parent(number: signal.Signals, parent: int | None = None) -> Callable[[], None]:
    """What a process calls so that the kernel sends it ``number`` when its parent ends.

    ``parent`` is the caller's own pid unless given: the function is for a child to call.
    """
    expected = os.getpid() if parent is None else parent

    def ask_kernel() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, number.value, 0, 0, 0)
        if os.getppid() != expected:
            os._exit(1)

    return ask_kernel


def leftovers(marker: Path, places: Sequence[Path] = ()) -> list[int]:
    """Pids of live processes that belong to the stack at ``marker``, this one excepted.

    A process is ours when its environment names the stack, or when it is a server program that
    was told to work in one of ``places``. A reused pid or somebody else's server never matches.
    """
    return [pid for pid in _pids() if pid != os.getpid() and _belongs(pid, marker, places)]


def end_leftovers(marker: Path, places: Sequence[Path] = (), grace: float = 8) -> list[int]:
    """End what a killed launcher left behind; returns the pids that were found."""
    found = leftovers(marker, places)
    for number, patience in ((signal.SIGTERM, grace), (signal.SIGKILL, 2.0)):
        for pid in leftovers(marker, places):
            _end(pid, number)
        if wait_until(lambda: not leftovers(marker, places), patience):
            break
    return found


def serves(pid: int, place: Path) -> bool:
    """Whether the process is a server program that was told to work in ``place``."""
    argv = _argv(pid)
    return Path(argv[0]).name in SERVER_PROGRAMS and any(
        Path(part).is_relative_to(place) for part in argv[1:]
    )


def _end(pid: int, number: signal.Signals) -> None:
    # SIGTERM makes PostgreSQL wait for its clients, SIGINT does not.
    if number is signal.SIGTERM and Path(_argv(pid)[0]).name == "postgres":
        number = signal.SIGINT
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def wait_until(condition: Callable[[], bool], seconds: float, step: float = 0.05) -> bool:
    """Whether the condition came true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(step)
    return True


def _pids() -> list[int]:
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]  # noqa: PTH208


def _belongs(pid: int, marker: Path, places: Sequence[Path] = ()) -> bool:
    entry = Path("/proc") / str(pid)
    with contextlib.suppress(OSError):
        if (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return False
        if f"{MARKER}={marker}".encode() in (entry / "environ").read_bytes().split(b"\0"):
            return True
    # The environment of another user's process may be unreadable even to root in a container.
    return any(serves(pid, place) for place in places)


def _group_has_marker(group: int, marker: Path) -> bool:
    return any(_group(pid) == group and _belongs(pid, marker) for pid in _pids())


def _group(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None


def _argv(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").split("\0")
    except OSError:
        return [""]
