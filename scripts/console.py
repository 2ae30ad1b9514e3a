"""What the launcher says: to the terminal and to its own log, with the app's lines in between."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from scripts.processes import Child

NOISE = ("request_started", "request_finished", "started with PID")
"""Log events that stay in the files: polling pages and starting workers repeat them."""


@dataclass(slots=True)
class Console:
    """Prints lines at once, keeps them in ``log`` and follows the logs of children."""

    log: Path
    seen: dict[Path, int] = field(default_factory=dict)
    """How many bytes of each followed log were shown."""

    def say(self, line: str) -> None:
        """Keep one line and print it."""
        with self.log.open("a") as file:
            file.write(f"{line}\n")
        self._print(line)

    def follow(self, children: Iterable[Child]) -> None:
        """Print what the children wrote since the last call, each line behind a name."""
        for child in children:
            for line in self._new_lines(child.log):
                if line.strip() and not any(word in line for word in NOISE):
                    self._print(f"{child.name:<9} | {line}")

    def _new_lines(self, log: Path) -> list[str]:
        if not log.exists():
            return []
        with log.open("rb") as file:
            file.seek(self.seen.get(log, 0))
            whole, newline, _ = file.read().rpartition(b"\n")
        self.seen[log] = self.seen.get(log, 0) + len(whole) + len(newline)
        return whole.decode(errors="replace").splitlines()

    @staticmethod
    def _print(line: str) -> None:
        # The terminal may be gone; the stack is stopped in order all the same.
        with contextlib.suppress(OSError):
            print(line, flush=True)


def start_new_logs(directory: Path) -> None:
    """Keep the logs of the last start as ``*.log.1`` and begin fresh ones."""
    directory.mkdir(mode=0o700, exist_ok=True)
    for log in directory.glob("*.log"):
        log.replace(log.with_name(f"{log.name}.1"))
