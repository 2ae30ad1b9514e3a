"""Starts a run at most once for one form, however often its button is pressed."""

from __future__ import annotations

from collections.abc import Callable

from workflows.executions.decision import one_decision
from workflows.models import WorkflowExecution
from workspaces.models import IdempotencyKey, User, Workspace


@one_decision
def launch_once(
    token: str, *, workspace: Workspace, user: User, start: Callable[[], WorkflowExecution]
) -> int:
    """The id of the run that the token started, now or before.

    Two calls at once wait for each other. What ``start`` raises leaves no trace, so that a
    corrected form may come again with the same token.
    """
    key, is_new = IdempotencyKey.objects.get_or_create(
        workspace=workspace, user=user, key=f"page:{token}", defaults={"request_hash": token[:64]}
    )
    if not is_new and isinstance(key.body, dict) and "execution" in key.body:
        return int(key.body["execution"])
    run = start()
    IdempotencyKey.objects.filter(pk=key.pk).update(status=302, body={"execution": run.pk})
    return run.pk
