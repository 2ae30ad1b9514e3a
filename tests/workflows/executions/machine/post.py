"""A queue in memory that loses, doubles and refuses as it is told."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from workflows import queue

Message = tuple[int, int]


class Post:
    """Stands in for Redis behind ``workflows.queue``."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.history: list[Message] = []
        """Every message that was ever sent."""
        self.is_down = False
        self._epoch = False

    def put_in(self, patch: pytest.MonkeyPatch) -> None:
        """Answer for the real queue."""
        patch.setattr(queue, "send", self.send)
        patch.setattr(queue, "waiting", self.waiting)
        patch.setattr(queue, "epoch_is_new", self.epoch_is_new)

    def send(self, runs: Iterable[Message]) -> None:
        """As ``queue.send``."""
        self._answer()
        batch = sorted(runs)  # rows that were queued at one instant come in any order
        self.messages += batch
        self.history += batch

    def waiting(self) -> frozenset[str]:
        """As ``queue.waiting``."""
        self._answer()
        return frozenset(queue.job_id(*message) for message in self.messages)

    def epoch_is_new(self) -> bool:
        """As ``queue.epoch_is_new``."""
        self._answer()
        is_new, self._epoch = not self._epoch, True
        return is_new

    def flush(self) -> None:
        """Lose everything."""
        self.messages.clear()
        self._epoch = False

    def _answer(self) -> None:
        if self.is_down:
            raise queue.QueueError("away")
