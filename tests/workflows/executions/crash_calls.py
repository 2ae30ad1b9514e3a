"""What a process does that dies while it does it: reconcile's pass, and what people ask for."""

from __future__ import annotations

from typing import Any

from tests.api.conftest import ApiClient
from workflows.engine.states import Verdict
from workflows.executions import reconcile as passes
from workflows.executions.launch import launch, launch_draft
from workflows.executions.launch_once import launch_once
from workflows.executions.pause import pause
from workflows.executions.resume import resume
from workflows.executions.retry import retry
from workflows.executions.skip import skip
from workflows.executions.stop import stop
from workflows.models import ReviewTask, WorkflowTemplate
from workflows.reviews.decide import decide
from workflows.reviews.regenerate import regenerate_image
from workflows.reviews.remind import expire_due
from workspaces.models import User, Workspace

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
    launch(**_start(template), user=None)


def start_draft(template: int) -> None:
    """Somebody tries what they draw."""
    launch_draft(**_start(template), user=None)


def press(template: int) -> None:
    """Somebody presses the button of the same form as before."""
    what, user = _start(template), User.objects.get()
    workspace: Workspace = what["workspace"]
    launch_once("form", workspace=workspace, user=user, start=lambda: launch(**what, user=user))


def launch_by_key(template: int, key: str) -> None:
    """A program launches with the same ``Idempotency-Key`` as before."""
    client = ApiClient(headers={"Authorization": f"Token {key}", "Idempotency-Key": "once"})
    body = {"template_id": template, "inputs": {"t": "tea"}}
    answer = client.make("/executions/launch", body)
    assert answer.status_code == 202, answer.content


def _start(template: int) -> dict[str, Any]:
    found = WorkflowTemplate.objects.select_related("workspace", "current_version").get(pk=template)
    return {"template": found, "inputs": {"t": "tea"}, "workspace": found.workspace}


def control(verb: str, run: int) -> None:
    """Somebody clicks."""
    _VERBS[verb](run, user=None)


def approve(run: int) -> None:
    """Somebody decides."""
    task = ReviewTask.objects.get(node_run__execution=run, state="waiting")
    decide(task.pk, verdict=Verdict.APPROVE, user=None)


def redraw(run: int) -> None:
    """Somebody asks for another picture."""
    task = ReviewTask.objects.get(node_run__execution=run, state="waiting")
    regenerate_image(task.pk, image="image-1", note="", user=User.objects.get())
