"""Takes a workflow away: out of every list, and with it the runs that are under way."""

from __future__ import annotations

from contextlib import suppress

from workflows.engine.states import LEGAL, Control
from workflows.executions.moves import NotNow
from workflows.executions.stop import stop
from workflows.models import WorkflowExecution, WorkflowTemplate
from workflows.templates import Guard, archive_template
from workspaces.models import User


def archive(template: WorkflowTemplate, *, user: User | None, guard: Guard | None = None) -> int:
    """Archive a workflow and stop its runs; how many were stopped.

    Archived first, so that no run starts meanwhile. Ended runs and their documents stay.
    """
    archive_template(template, guard=guard)
    under_way = WorkflowExecution.objects.filter(
        version__template=template, status__in=LEGAL[Control.STOP]
    )
    stopped = 0
    for execution_id in under_way.values_list("pk", flat=True):
        with suppress(NotNow):
            stop(execution_id, user=user)
            stopped += 1
    return stopped
