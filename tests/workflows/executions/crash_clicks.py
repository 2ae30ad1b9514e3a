"""A web process dies while somebody clicks: all of it has happened, or nothing."""

from __future__ import annotations

from tests.workflows.executions.crash_site import FLOW, Site, died
from tests.workflows.executions.crash_stages import Stage, asks
from workflows.executions import finish
from workflows.executions.claim import claim
from workflows.executions.pause import pause
from workflows.executions.resume import resume
from workflows.executions.retry import retry
from workflows.executions.skip import skip
from workflows.executions.stop import stop
from workflows.models import NodeRun, ReviewTask, WorkflowExecution
from workflows.nodes.base import NodeError, NodeResult


def was_done(plan: str) -> bool:
    """Whether the click counts, as the point and the mode have it."""
    point, mode, _ = plan.split(":")
    return point.endswith("after_commit") or mode == "commit"


def starts(site: Site, plan: str, mode: str) -> None:
    template = site.drive.template(FLOW)
    died(site.call("start", plan, template=template.pk), mode)
    assert site.mark.exists()
    assert WorkflowExecution.objects.count() == was_done(plan)
    site.run = WorkflowExecution.objects.first() or site.launch()
    site.worker()
    site.ended()
    site.well(2, 0)


def clicks(verb: str) -> Stage:
    """Somebody controls the run."""
    before = {"resume": pause, "retry": fail_copy, "skip": fail_copy}
    status = {"pause": "paused", "stop": "stopped"}.get(verb, "running")
    again = {"pause": pause, "resume": resume, "stop": stop, "retry": retry}

    def stage(site: Site, plan: str, mode: str) -> None:
        run = site.launch()
        if verb in before:
            before[verb](run.pk, user=None)
        run.refresh_from_db()
        was = run.status
        died(site.call("control", plan, verb=verb, run=run.pk), mode)
        assert site.mark.exists()
        run.refresh_from_db()
        assert run.status == (status if was_done(plan) else was)
        if not was_done(plan):
            again.get(verb, lambda pk, user: skip(pk, key="copy", user=user))(run.pk, user=None)
        if verb == "pause":
            resume(run.pk, user=None)
        site.worker()
        site.ended("stopped" if verb == "stop" else "completed")
        site.well({"stop": 0, "skip": 0}.get(verb, 2), 0)

    stage.__name__ = verb
    return stage


def fail_copy(pk: int, user: None) -> None:
    """Let the copy step of a run fail."""
    for key, error in (("brief", None), ("copy", NodeError("x", "No"))):
        row = NodeRun.objects.get(execution_id=pk, key=key)
        held = claim(row.pk, row.attempt)
        assert held is not None
        if error is None:
            finish.complete(held, {}, NodeResult({"t": "tea"}))
        else:
            finish.fail(held, {}, error)


def decides(site: Site, plan: str, mode: str) -> None:
    run = asks(site)
    died(site.call("approve", plan, run=run.pk), mode)
    assert site.mark.exists()
    task = ReviewTask.objects.get()
    assert task.state == ("approved" if was_done(plan) else "waiting")
    if task.state == "waiting":
        site.call("approve", "", run=run.pk)
    site.worker()
    site.ended()
    site.well(0, 0)
