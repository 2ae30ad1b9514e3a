"""Processes that a benchmark starts, holds back for a moment, and ends."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def child(*argv: str, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program in a session of its own, asked to end with the block."""
    process = subprocess.Popen(
        argv,
        cwd=ROOT,
        env={**os.environ, **env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def held_back(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Stop a program with all its children while work is put before it, then let them all go."""
    os.killpg(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGCONT)


def cpu_seconds(process: subprocess.Popen[bytes]) -> float:
    """Processor time that a program's living processes have taken, in user and system mode."""
    ticks = 0
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == process.pid:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def wait_until(check: Callable[[], bool], seconds: float, step: float = 0.05) -> None:
    """Wait; raises ``TimeoutError``."""
    ends = time.monotonic() + seconds
    while not check():
        if time.monotonic() > ends:
            raise TimeoutError
        time.sleep(step)
