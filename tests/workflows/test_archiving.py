"""Archiving a workflow stops what runs of it, and nothing else."""

from __future__ import annotations

import pytest

from tests.engine import Drive
from tests.graphs import brief, graph, text
from workflows.archiving import archive
from workflows.executions.launch import launch
from workflows.executions.pause import pause
from workflows.models import ExecutionEvent, WorkflowExecution
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db
SMALL = graph([brief("t"), text("a")], "brief > a")


def test_runs_under_way_are_stopped_and_ended_ones_stay(
    drive: Drive, workspace: Workspace, editor: User
) -> None:
    other = drive.launch(SMALL, t="x")
    done = drive.run(SMALL, t="x")
    template = done.version.template
    running, held = (
        launch(template=template, inputs={"t": "x"}, workspace=workspace, user=editor)
        for _ in range(2)
    )
    pause(held.pk, user=editor)
    assert archive(template, user=editor) == 2
    template.refresh_from_db()
    assert template.archived_at is not None
    found = {run.pk: run.status for run in WorkflowExecution.objects.all()}
    assert found == {
        other.pk: "completed",
        done.pk: "completed",
        running.pk: "stopped",
        held.pk: "stopped",
    }
    actors = ExecutionEvent.objects.filter(kind="run.stopped").values_list("actor", flat=True)
    assert list(actors) == [editor.pk] * 2
