"""A web process dies in a request that asks for more than one click: it can be sent again."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from tests.api.conftest import key_of
from tests.faults.checks import OPEN
from tests.workflows.executions.crash_clicks import was_done
from tests.workflows.executions.crash_site import FLOW, JUDGED, Site, died
from workflows.graph.parse import to_json
from workflows.models import (
    AgentJob,
    Provider,
    ReviewTask,
    WorkflowExecution,
    WorkflowTemplate,
    WorkflowVersion,
)
from workspaces.models import IdempotencyKey, Membership, Role, User


def someone(site: Site) -> User:
    """Whoever sits before the browser, or wrote the program."""
    user = User.objects.create_user("owner@example.test", "a-long-password", name="Owner")
    Membership.objects.create(workspace=site.drive.workspace, user=user, role=Role.OWNER)
    return user


def goes_on(site: Site) -> None:
    """One run was started, and it comes to its end."""
    site.run = WorkflowExecution.objects.get()
    site.worker()
    site.ended()
    site.well(2, 0)


def presses_launch(site: Site, plan: str, mode: str) -> None:
    """The button of a form, pressed again after the page did not come."""
    someone(site)
    template = site.drive.template(FLOW)
    died(site.call("press", plan, template=template.pk), mode)
    assert site.mark.exists()
    assert WorkflowExecution.objects.count() == was_done(plan)
    assert site.call("press", "", template=template.pk) == 0
    goes_on(site)


def tries_draft(site: Site, plan: str, mode: str) -> None:
    """A test run of a draft leaves no version behind that nobody runs."""
    template = site.drive.template(FLOW)
    WorkflowTemplate.objects.update(draft=to_json(FLOW))
    died(site.call("start_draft", plan, template=template.pk), mode)
    assert site.mark.exists()
    pinned = WorkflowVersion.objects.filter(number=None)
    assert pinned.count() == WorkflowExecution.objects.count() == was_done(plan)
    if not was_done(plan):
        assert site.call("start_draft", "", template=template.pk) == 0
    goes_on(site)


def repeats(site: Site, plan: str, mode: str) -> None:
    """A program launches with an ``Idempotency-Key`` and repeats the call until it is answered."""
    template = site.drive.template(FLOW)
    key = key_of(someone(site), site.drive.workspace)
    died(site.call("launch_by_key", plan, template=template.pk, key=key), mode)
    assert site.mark.exists()
    done = was_done(plan) and "claimed" not in plan
    assert WorkflowExecution.objects.count() == done
    # A process that was killed has not given the key back: it is free again after a while.
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    assert site.call("launch_by_key", "", template=template.pk, key=key) == 0
    goes_on(site)


def shows_picture(site: Site) -> WorkflowExecution:
    """A run whose picture waits for people."""
    someone(site)
    run = site.launch(JUDGED)
    for key in ("brief", "art", "ask"):
        site.work(key)
    return run


def picture(task: ReviewTask) -> int:
    """The picture that a review shows."""
    task.refresh_from_db()
    return int(task.items[0]["image"]["id"])


def draws_anew(site: Site, plan: str, mode: str) -> None:
    """A reviewer asks for another picture; what has died is closed, and they may ask again."""
    _redraw(site, plan, mode)
    site.well(2, 1)


def cannot_draw(site: Site, plan: str, mode: str) -> None:
    """The same while the service is switched off."""
    _redraw(site, plan, mode, enabled=False)
    site.well(2, 0)


def _redraw(site: Site, plan: str, mode: str, *, enabled: bool = True) -> None:
    run = shows_picture(site)
    task = ReviewTask.objects.get()
    before = picture(task)
    Provider.objects.update(enabled=enabled)
    died(site.call("redraw", plan, run=run.pk), mode)
    assert site.mark.exists()
    assert (picture(task) != before) == ("replace" in plan and was_done(plan))
    still_open = AgentJob.objects.filter(status__in=OPEN)
    still_open.update(created_at=timezone.now() - timedelta(minutes=5))
    site.until(lambda: not still_open.exists(), "the agent's end")
    AgentJob.objects.filter(status="unknown").update(created_at=timezone.now())
    Provider.objects.update(enabled=True)
    assert site.call("redraw", "", run=run.pk) == 0
    assert picture(task) != before
    assert site.call("approve", "", run=run.pk) == 0
    site.worker()
    site.ended()
