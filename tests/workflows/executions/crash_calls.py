"""What a process does that dies while it does it: reconcile's pass, and the verbs of people."""

from __future__ import annotations

from typing import Any

from workflows.engine.states import Verdict
from workflows.executions import reconcile as passes
from workflows.executions.launch import launch
from workflows.executions.pause import pause
from workflows.executions.resume import resume
from workflows.executions.retry import retry
from workflows.executions.skip import skip
from workflows.executions.stop import stop
from workflows.models import ReviewTask, WorkflowTemplate
from workflows.reviews.decide import decide
from workflows.reviews.remind import expire_due

_VERBS: dict[str, Any] = {
    "pause": pause,
    "resume": resume,
    "stop": stop,
    "retry": retry,
    "skip": lambda pk, user: skip(pk, key="copy", user=user),
}


def reconcile() -> None:
    """One pass, as the command makes it."""
    passes.reconcile()
    expire_due()


def start(template: int) -> None:
    """Somebody launches."""
    found = WorkflowTemplate.objects.select_related("workspace", "current_version").get(pk=template)
    assert found.workspace is not None
    launch(template=found, inputs={"t": "tea"}, workspace=found.workspace, user=None)


def control(verb: str, run: int) -> None:
    """Somebody clicks."""
    _VERBS[verb](run, user=None)


def approve(run: int) -> None:
    """Somebody decides."""
    task = ReviewTask.objects.get(node_run__execution=run, state="waiting")
    decide(task.pk, verdict=Verdict.APPROVE, user=None)
