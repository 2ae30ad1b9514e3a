"""The launcher starts in order, stops in reverse, says what is wrong and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.network import free_ports
from scripts.processes import end_leftovers, leftovers, wait_until
from scripts.services import ROOT

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def port() -> int:
    """A port for the web server."""
    return free_ports(1)[0]


@pytest.fixture
def start(base: Path, port: int) -> Iterator[Start]:
    """Starts a launcher; what is left of it ends with the test."""
    started: list[subprocess.Popen[str]] = []

    def begin(**env: str) -> subprocess.Popen[str]:
        outside = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "OPENAI_API_KEY": "none"}
        shell = {key: value for key, value in os.environ.items() if key != "REDIS_URL"}
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "tests.scripts.small_stack", str(base)],
                cwd=ROOT,
                env={**shell, **outside, "PORT": str(port), "LOCAL_MODEL_URL": "", **env},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
        return started[-1]

    yield begin
    for launcher in started:
        if launcher.poll() is None:
            launcher.kill()
            launcher.communicate()
    end_leftovers(base, [base / "valkey"])


def read_until_ready(launcher: subprocess.Popen[str]) -> list[str]:
    """The lines up to the one that names the demo login."""
    assert launcher.stdout
    lines: list[str] = []
    for line in launcher.stdout:
        lines.append(line.rstrip())
        if line.startswith("demo login:"):
            return lines
    raise AssertionError("\n".join(lines))


def steps(lines: list[str], word: str) -> list[str]:
    return [line.split()[1] for line in lines if line.startswith(word)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_in_the_reverse_order(
    start: Start, base: Path, number: signal.Signals
) -> None:
    launcher = start()
    before = read_until_ready(launcher)
    launcher.send_signal(number)
    after = launcher.communicate(timeout=30)[0].splitlines()
    assert steps(before, "Starting") == ["valkey", "web", "worker", "reconcile"]
    assert steps(after, "Stopping") == ["reconcile", "worker", "web", "valkey"]
    assert launcher.returncode == 0
    assert leftovers(base, [base / "valkey"]) == []


def test_it_seeds_before_the_app_and_prints_the_address_and_the_login(
    start: Start, base: Path, port: int
) -> None:
    lines = read_until_ready(start())
    ran = [line.split()[2] for line in lines if line.startswith("Running manage.py")]
    assert ran == ["migrate", "seed_templates", "seed_demo"]
    assert lines.index("Running manage.py seed_demo …") < lines.index("Starting web …")
    assert any(f"ready at http://127.0.0.1:{port}/ after" in line for line in lines)
    password = (base / "demo_password").read_text()
    login = f"demo login: demo@copyloom.local / {password}"
    assert lines[-1] == login
    assert login in (base / "log" / "launcher.log").read_text().splitlines()
    assert any(line.startswith("worker") and line.endswith("| standing by") for line in lines)


def test_a_killed_launcher_leaves_nothing_that_a_second_start_does_not_end(
    start: Start, base: Path
) -> None:
    launcher = start()
    read_until_ready(launcher)
    launcher.kill()
    launcher.communicate()
    forgotten = wait_until(lambda: len(leftovers(base, [base / "valkey"])) == 1, 10)
    assert forgotten, "only the worker's forgotten child may live on"
    again = start()
    lines = read_until_ready(again)
    assert lines[0] == "Ended 1 processes that a killed launcher left behind."
    again.terminate()
    again.communicate(timeout=30)
    assert leftovers(base, [base / "valkey"]) == []


def test_a_second_launcher_says_in_one_line_that_the_first_runs(start: Start, port: int) -> None:
    first = start()
    read_until_ready(first)
    said = start().communicate(timeout=30)[0]
    expected = f"http://127.0.0.1:{port}/ (launcher's pid {first.pid})"
    assert said == f"This clone is already running: {expected}.\n"
    assert first.poll() is None


def test_a_port_in_use_is_named_in_one_line(start: Start, port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        launcher = start()
        said = launcher.communicate(timeout=30)[0]
    assert said == f"Port {port} is in use; choose another: `make run PORT={port + 1}`.\n"
    assert launcher.returncode == 1


def test_a_port_that_is_no_number_is_refused_in_one_line(start: Start) -> None:
    said = start(PORT="80a").communicate(timeout=30)[0]
    assert said == "PORT must be a number from 1 to 65535, not '80a'.\n"


def test_a_part_that_dies_is_named_with_its_last_lines_and_ends_the_rest(
    start: Start, base: Path
) -> None:
    launcher = start()
    read_until_ready(launcher)
    worker = next(
        pid
        for pid in leftovers(base)
        if b"standing by" in Path(f"/proc/{pid}/cmdline").read_bytes()
        and Path(f"/proc/{pid}/stat").read_text().split()[3] == str(launcher.pid)
    )
    os.kill(worker, signal.SIGKILL)
    said = launcher.communicate(timeout=30)[0]
    assert f"worker died (signal SIGKILL); the end of {base}/log/worker.log:\nstanding by" in said
    assert launcher.returncode == 1
    assert leftovers(base, [base / "valkey"]) == []


def test_a_command_that_fails_is_named_with_its_last_lines(start: Start, base: Path) -> None:
    launcher = start(SETUP_STATUS="3")
    said = launcher.communicate(timeout=30)[0]
    assert "manage.py migrate failed (exit status 3)" in said
    assert "about to end" in said
    assert launcher.returncode == 1
    assert leftovers(base, [base / "valkey"]) == []
