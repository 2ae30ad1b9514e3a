"""Clients that follow runs over HTTP, as a process of their own.

Reads an order from standard input and writes what it measured to standard output, as JSON.
With an ``interval`` the loop is open: a poll is due at its time whether or not the last one was
answered, and its latency counts from then. Without one each client polls as fast as it is
answered.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Client:
    """One follower of one run."""

    port: int
    path: str
    key: str
    conditional: bool
    tag: str = ""
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None
    connections: int = 0
    seen: list[tuple[float, float, int, int]] = field(default_factory=list)
    """When due, milliseconds, status and bytes of each poll."""

    async def follow(self, begin: float, end: float, interval: float | None) -> None:
        """Poll from ``begin`` to ``end`` on the loop's clock."""
        clock = asyncio.get_running_loop().time
        due = begin + (random.random() * interval if interval else 0)
        while due < end:
            await asyncio.sleep(max(0.0, due - clock()))
            status, size = await self.poll()
            self.seen.append((due, (clock() - due) * 1000, status, size))
            due = due + interval if interval else clock()
        if self.writer is not None:
            self.writer.close()

    async def poll(self) -> tuple[int, int]:
        """One poll; a connection that the server has closed meanwhile is opened again."""
        for _ in range(3):
            try:
                return await self._ask()
            except (OSError, asyncio.IncompleteReadError):
                self.writer = None
        return 0, 0

    async def _ask(self) -> tuple[int, int]:
        if self.writer is None or self.reader is None:
            opened = await asyncio.open_connection("127.0.0.1", self.port)
            self.reader, self.writer = opened
            self.connections += 1
        known = f"If-None-Match: {self.tag}\r\n" if self.conditional and self.tag else ""
        self.writer.write(
            f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-Proto: https\r\n"
            f"Authorization: Token {self.key}\r\n{known}\r\n".encode()
        )
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        size = int(fields.get("content-length", 0))
        if size:
            await self.reader.readexactly(size)
        self.tag = fields.get("etag", "")
        if fields.get("connection") == "close":
            self.writer.close()
            self.writer = None
        return int(head[0].split()[1]), size


async def run(order: dict[str, Any]) -> dict[str, Any]:
    """Carry the order out."""
    clients = [Client(order["port"], **one) for one in order["clients"]]
    begin = asyncio.get_running_loop().time() + 0.2
    warm, end = begin + order["warm_up"], begin + order["warm_up"] + order["seconds"]
    cpu = time.process_time()
    await asyncio.gather(*(one.follow(begin, end, order["interval"]) for one in clients))
    polls = [seen for client in clients for seen in client.seen if seen[0] >= warm]
    return {
        "all": sum(len(client.seen) for client in clients),
        "polls": [seen[1:] for seen in polls],
        "cpu": (time.process_time() - cpu) / (end - begin),
        "connections": sum(client.connections for client in clients),
    }


def main() -> None:
    """Read, run, write."""
    json.dump(asyncio.run(run(json.load(sys.stdin))), sys.stdout)


if __name__ == "__main__":
    main()
