"""Real worker and reconcile processes: deaths, lost messages, side by side."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.conftest import Processes, add_providers, wait_until
from tests.engine import Drive
from tests.graphs import brief, copy, graph, node, text
from tests.scripted_openai import ScriptedOpenAI
from workflows import queue
from workflows.models import AgentJob, NodeRun, WorkerBeat, WorkflowExecution
from workspaces.models import User, Workspace

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("redis")]


@pytest.fixture
def run(workspace: Workspace, editor: User) -> Any:
    """Launches a graph on the real queue."""
    return Drive([], workspace, editor).launch


def ended(execution: WorkflowExecution, seconds: float = 60) -> WorkflowExecution:
    def check() -> bool:
        execution.refresh_from_db()
        return execution.status in ("completed", "failed", "stopped")

    wait_until(check, seconds, f"run {execution.pk} still {execution.status}")
    return execution


def test_steps_of_a_container_without_items_overlap_in_time(
    processes: Processes, run: Any, scripted_openai: ScriptedOpenAI
) -> None:
    add_providers(scripted_openai.base_url)
    scripted_openai.latency = 1.0
    processes.start("worker", "--processes", "3")
    made = graph(
        [
            brief("topic"),
            node("side", "parallel"),
            copy("a", "A {{ brief.topic }}", parent="side"),
            copy("b", "B {{ brief.topic }}", parent="side"),
            copy("c", "C {{ brief.topic }}", parent="side"),
            text("join", "{{ nodes.a.text }}{{ nodes.b.text }}{{ nodes.c.text }}"),
        ],
        "brief > side > join",
    )
    execution = ended(run(made, topic="tea"))
    assert execution.status == "completed"
    spans = [
        (one.started_at, one.finished_at)
        for one in execution.node_runs.filter(key__in=["a", "b", "c"])
    ]
    assert max(start for start, _ in spans) < min(end for _, end in spans)
    assert scripted_openai.in_flight_peak == 3


def test_flushall_with_queued_work_is_put_right(processes: Processes, run: Any) -> None:
    """Guard: reconcile asks Redis for what is late and sends it again."""
    execution = run(graph([brief("t"), text("a"), text("b")], "brief > a > b"), t="x")
    assert NodeRun.objects.get(execution=execution, key="brief").dispatched_at is not None
    queue.connection().flushall()
    processes.start("worker", "--processes", "2")
    processes.start("reconcile")
    assert ended(execution).status == "completed"


def test_with_redis_away_a_launch_is_kept_and_goes_on_later(
    processes: Processes, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(runs: object) -> None:
        raise queue.QueueError("away")

    with monkeypatch.context() as patch:
        patch.setattr(queue, "send", refuse)
        execution = run(graph([brief("t"), text("a")], "brief > a"), t="x")
    assert NodeRun.objects.get(execution=execution, key="brief").dispatched_at is None
    processes.start("worker", "--processes", "1")
    processes.start("reconcile")
    assert ended(execution).status == "completed"


@pytest.mark.parametrize(
    ("func", "args"), [("os.system", ["touch {path}"]), ("builtins.open", ["{path}", "w"])]
)
def test_a_message_that_names_another_function_is_refused(
    processes: Processes, run: Any, tmp_path: Any, func: str, args: list[str]
) -> None:
    """Guard: the allow-list in NodeWorker."""
    from rq import Queue
    from rq.serializers import JSONSerializer

    path = tmp_path / "owned"
    door = Queue(queue.QUEUE_NAME, connection=queue.connection(), serializer=JSONSerializer)
    door.enqueue_call(func, args=[one.format(path=path) for one in args], job_id="evil")
    processes.start("worker", "--processes", "1")
    execution = run(graph([brief("t"), text("a")], "brief > a"), t="x")
    assert ended(execution).status == "completed"
    assert not path.exists()


def test_a_pickled_message_is_refused(processes: Processes, run: Any, tmp_path: Any) -> None:
    from rq import Queue

    path = tmp_path / "owned"
    door = Queue(queue.QUEUE_NAME, connection=queue.connection())
    door.enqueue_call("os.system", args=[f"touch {path}"], job_id="pickled")
    processes.start("worker", "--processes", "1")
    execution = run(graph([brief("t"), text("a")], "brief > a"), t="x")
    assert ended(execution).status == "completed"
    assert not path.exists()


def test_a_run_past_its_active_time_is_ended(
    processes: Processes, run: Any, scripted_openai: ScriptedOpenAI, workspace: Workspace
) -> None:
    add_providers(scripted_openai.base_url)
    scripted_openai.latency = 20
    workspace.execution_time_limit = 5
    workspace.save()
    processes.start("worker", "--processes", "1")
    processes.start("reconcile")
    wait_until(lambda: WorkerBeat.objects.count() == 2, 30, "both at work")
    made = graph([brief("t"), copy("copy"), text("below")], "brief > copy > below")
    execution = run(made, t="x")
    wait_until(lambda: scripted_openai.calls, 5, "a call")
    ended(execution, 20)
    assert execution.status == "failed"
    found = {one.key: one.status for one in execution.node_runs.all()}
    assert found == {"brief": "completed", "copy": "failed", "below": "skipped"}
    assert execution.error["code"] == "time_limit"


def test_a_step_that_kills_its_worker_twice_fails(
    processes: Processes, run: Any, scripted_openai: ScriptedOpenAI
) -> None:
    add_providers(scripted_openai.base_url)
    scripted_openai.latency = 60
    pool = processes.start("worker", "--processes", "1")
    processes.start("reconcile")
    execution = run(graph([brief("t"), copy("copy")], "brief > copy"), t="x")
    for calls in (1, 2):
        wait_until(lambda calls=calls: len(scripted_openai.calls) == calls, 30, f"call {calls}")
        os.kill(_children(pool.pid, 1)[0], signal.SIGKILL)
    assert ended(execution).status == "failed"
    error = execution.node_runs.get(key="copy").error
    assert error["code"] == "worker_lost"
    assert "died 2 times" in error["message"]


def _children(pid: int, count: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    found = [int(one) for one in listed.split()]
    return found if len(found) >= count else []


def test_a_lost_database_connection_costs_a_call_and_no_step(
    processes: Processes, run: Any, scripted_openai: ScriptedOpenAI
) -> None:
    """Guard: ``_leave_to_another`` in ``executions/run.py``."""
    add_providers(scripted_openai.base_url)
    scripted_openai.latency = 1.5
    processes.start("worker", "--processes", "2")
    processes.start("reconcile")
    made = graph([brief("t"), copy("copy", quantity=2), text("end")], "brief > copy > end")
    execution = run(made, t="x")
    wait_until(lambda: len(scripted_openai.calls) == 2, 30, "two calls")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert ended(execution).status == "completed"
    assert len(scripted_openai.calls) <= 4
    step = execution.node_runs.get(key="copy")
    assert (step.attempt, step.loss_count) == (2, 0)
    assert not AgentJob.objects.filter(status="running").exists()
