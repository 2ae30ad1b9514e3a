"""Parts of a run's page are drawn anew when what they show has changed, and only then."""

from __future__ import annotations

from django.db.models import F
from django.utils import timezone

from tests.workflows.views.test_monitor import Visit, big_run
from workflows.models import NodeRun, WorkflowExecution
from workflows.templatetags import drawn
from workspaces.models import User, Workspace


def test_a_step_that_has_changed_is_drawn_anew_and_the_others_are_not(
    workspace: Workspace, editor: User, visit: Visit
) -> None:
    run, visitor = big_run(workspace, editor), visit(editor)
    first = visitor.live(run, 0).content.decode()
    assert "Queued" in _row(first)
    kept = drawn._drawn.cache_info()

    lost = {"code": "timeout", "message": "The service was away."}
    step = NodeRun.objects.filter(execution=run, key="in0", lane="0")
    step.update(status="failed", error=lost, finished_at=timezone.now())
    WorkflowExecution.objects.filter(pk=run.pk).update(revision=F("revision") + 1)
    second = visitor.live(run, 0).content.decode()

    assert "Failed" in _row(second)
    drawn_anew = drawn._drawn.cache_info().misses - kept.misses
    assert 1 <= drawn_anew <= 5


def _row(page: str) -> str:
    """The first lane's line in the list of steps."""
    return page.split('id="row-in0-0"')[1].split("</a>")[0]


def test_two_runs_of_one_workflow_do_not_share_what_is_drawn(
    workspace: Workspace, editor: User, visit: Visit
) -> None:
    one, other = big_run(workspace, editor), big_run(workspace, editor)
    visitor = visit(editor)
    for run in (one, other):
        page = visitor.live(run, 0).content.decode()
        assert f"/runs/{run.pk}/steps/s3" in page.split('id="row-s3"')[1].split(">")[0]
