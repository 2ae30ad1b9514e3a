"""Which provider calls a process has under way, told by the ports of its sockets."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

from tests.scripted_openai import Call, ScriptedOpenAI

_PAID = ("/chat/completions", "/images/generations")


def family(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    with contextlib.suppress(FileNotFoundError):
        for child in children(pid):
            found += family(child)
    return found


def children(pid: int) -> list[int]:
    """Child processes."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def under_way(server: ScriptedOpenAI, pids: list[int] | None = None) -> list[Call]:
    """Paid calls without an answer yet: of some processes, or of all."""
    calls = [call for call in list(server.calls) if call.finished is None and is_paid(call)]
    if pids is None:
        return calls
    ports = set().union(*(_ports(pid) for pid in pids))
    return [call for call in calls if call.client in ports]


def is_paid(call: Call) -> bool:
    """Whether it costs money."""
    return call.method == "POST" and call.path.endswith(_PAID)


def _ports(pid: int) -> set[int]:
    """Local TCP ports of a process."""
    sockets: set[str] = set()
    with contextlib.suppress(OSError):
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                sockets.update(re.findall(r"socket:\[(\d+)\]", str(link.readlink())))
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {int(row[1].rpartition(":")[2], 16) for row in rows if row[9] in sockets}
