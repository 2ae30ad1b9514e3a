"""Our side: real launches, real messages, real NodeWorkers."""

from __future__ import annotations

import uuid
from itertools import pairwise
from typing import Any

from rq import Queue
from rq.serializers import JSONSerializer

from benchmarks.clock import Stopwatch, work_off
from workflows import queue
from workflows.executions.launch import launch
from workflows.graph.parse import parse
from workflows.models import WorkflowExecution, WorkflowTemplate
from workflows.versions import save_version
from workflows.worker import NodeWorker
from workspaces.models import Membership, Role, User, Workspace


class _Worker(Stopwatch, NodeWorker):
    """The worker of production, and when its last job ended."""


class Flow:
    """A saved workflow of a workspace of its own, that can be launched and worked off."""

    def __init__(self, nodes: list[dict[str, Any]], edges: list[tuple[str, str]]) -> None:
        name = uuid.uuid4().hex[:8]
        self.size = len(nodes)
        self.workspace = Workspace.objects.create(name=name, slug=name)
        self.user = self.member()
        self.template = WorkflowTemplate.objects.create(
            workspace=self.workspace, name=name, slug=name
        )
        drawn = [{"source": source, "target": target} for source, target in edges]
        save_version(self.template, parse({"nodes": nodes, "edges": drawn}))
        self.template.refresh_from_db()

    def member(self) -> User:
        """A new editor of the workspace."""
        user = User.objects.create_user(f"{uuid.uuid4().hex[:8]}@example.test")
        Membership.objects.create(workspace=self.workspace, user=user, role=Role.EDITOR)
        return user

    def launch(self) -> WorkflowExecution:
        """A run, launched and not worked off."""
        return launch(template=self.template, inputs={}, workspace=self.workspace, user=self.user)

    def once(self) -> float:
        """Milliseconds from the first message to the end of the run, one worker."""
        execution = self.launch()
        took = self.work()
        execution.refresh_from_db()
        assert execution.status == "completed", execution.status
        assert execution.completed == execution.total == self.size
        return took

    def work(self) -> float:
        """One worker in this process, until the queue is empty; milliseconds."""
        connection = queue.worker_connection()
        door = _queue(connection)
        return work_off(_Worker([door.name], connection=connection, serializer=JSONSerializer))

    def clear(self) -> None:
        """Forget all runs, and every message."""
        WorkflowExecution.objects.filter(workspace=self.workspace).delete()
        _queue(queue.connection()).empty()  # type: ignore[no-untyped-call]  # RQ has no types there


def _queue(connection: Any) -> Queue:
    return Queue(queue.QUEUE_NAME, connection=connection, serializer=JSONSerializer)


def _step(key: str) -> dict[str, Any]:
    return {"key": key, "type": "compose_text", "config": {"template": "x"}}


BRIEF = {"key": "brief", "type": "brief", "config": {"fields": []}}


class Chain(Flow):
    """A brief and ``size - 1`` steps, one after the other."""

    def __init__(self, size: int) -> None:
        keys = ["brief", *(f"s{number}" for number in range(1, size))]
        steps = [_step(key) for key in keys[1:]]
        super().__init__([BRIEF, *steps], list(pairwise(keys)))


class FanOut(Flow):
    """A brief, ``width`` steps side by side, and a join."""

    def __init__(self, width: int) -> None:
        keys = [f"s{number}" for number in range(width)]
        steps = [_step(key) for key in [*keys, "join"]]
        edges = [("brief", key) for key in keys] + [(key, "join") for key in keys]
        super().__init__([BRIEF, *steps], edges)
