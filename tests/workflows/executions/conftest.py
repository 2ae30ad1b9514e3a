"""Runs on the real queue."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engine import Drive
from workflows import queue
from workspaces.models import User, Workspace


@pytest.fixture
def real(redis_queue: None, workspace: Workspace, editor: User) -> Iterator[Drive]:
    """Launches on the real queue; nothing takes the messages."""
    queue.epoch_is_new()
    yield Drive([], workspace, editor)
