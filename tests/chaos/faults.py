"""What is done to the processes and servers, and which provider calls it hits."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field

import redis

from scripts.processes import Child
from tests.chaos.ground import Ground
from tests.chaos.hits import children, family, under_way

WORKERS = 3
"""Of each pool."""


@dataclass
class Faults:
    """Pools, reconciles and the API of a ground, to be killed and started again."""

    ground: Ground
    chance: random.Random
    pools: list[Child] = field(default_factory=list)
    reconciles: list[Child] = field(default_factory=list)
    web: Child | None = None
    done: Counter[str] = field(default_factory=Counter)
    hit: dict[int, float] = field(default_factory=dict)
    """Calls under way at a fault, by number, with the moment of the fault."""

    def start(self, pools: int) -> None:
        """Everything up."""
        self.pools = [self.ground.workers(WORKERS) for _ in range(pools)]
        self.reconciles = [self.ground.reconcile() for _ in range(2)]
        self.web = self.ground.web()

    @property
    def kills(self) -> int:
        """Processes killed so far."""
        return sum(times for kind, times in self.done.items() if kind.startswith("kill"))

    @property
    def could_lose(self) -> int:
        """Steps that the killed workers held at most, and those that lost their database."""
        at_once = sum(len(children(pool.pid)) for pool in self.pools)
        return (
            self.done["kill worker"]
            + WORKERS * self.done["kill pool"]
            + at_once * self.done["restart of PostgreSQL"]
        )

    def strike(self) -> None:
        """Kill something at random; workers most of all."""
        roll = self.chance.random()
        if roll < 0.65:
            self.kill_worker()
        elif roll < 0.75:
            self.kill_pool()
        elif roll < 0.9:
            self.kill_reconcile()
        else:
            self.kill_web()

    def kill_worker(self) -> None:
        """One worker of a pool, which starts another."""
        found = [pid for pool in self.pools for pid in children(pool.pid)]
        if not found:
            return
        pid = self.chance.choice(found)
        self._shoot([pid])
        self.done["kill worker"] += 1

    def kill_pool(self) -> None:
        """A pool's parent, whose workers die with it; another pool is started."""
        pool = self.chance.choice(self.pools)
        self.pools.remove(pool)
        self._note(family(pool.pid))
        self.ground.kill(pool)
        self.pools.append(self.ground.workers(WORKERS))
        self.done["kill pool"] += 1

    def kill_reconcile(self) -> None:
        """One of the reconciles."""
        one = self.chance.choice(self.reconciles)
        self.reconciles.remove(one)
        self.ground.kill(one)
        self.reconciles.append(self.ground.reconcile())
        self.done["kill reconcile"] += 1

    def kill_web(self) -> None:
        """The API with its workers."""
        assert self.web is not None
        self.ground.kill(self.web)
        self.web = self.ground.web()
        self.done["kill web"] += 1

    def flush(self) -> None:
        """Redis forgets everything."""
        with redis.Redis.from_url(self.ground.valkey.url) as client:
            client.flushall()
        self.done["flush of Redis"] += 1

    def restart_postgres(self, away: float) -> None:
        """PostgreSQL stops under load and comes back."""
        self._note(None)
        self.ground.postgres.stop()
        time.sleep(away)
        self._note(None)
        self.ground.postgres.start()
        self.done["restart of PostgreSQL"] += 1

    def _shoot(self, pids: list[int]) -> None:
        """Stop them first, so that what they have under way can be read."""
        with contextlib.suppress(ProcessLookupError):
            for pid in pids:
                os.kill(pid, signal.SIGSTOP)
            self._note(pids)
            for pid in pids:
                os.kill(pid, signal.SIGKILL)

    def _note(self, pids: list[int] | None) -> None:
        for call in under_way(self.ground.server, pids):
            self.hit.setdefault(call.number, time.monotonic())
