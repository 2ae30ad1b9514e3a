"""Closes one round of a review; the first decision wins."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db.models.functions import Now

from documents.images import record_reviewer
from workflows.engine.states import ExecutionStatus, ReviewState, Verdict
from workflows.executions import finish
from workflows.executions.decision import one_decision
from workflows.executions.moves import event, lock, write_events
from workflows.graph.draft import step_key
from workflows.models import NodeRun, ReviewDecision, ReviewTask, WorkflowExecution
from workflows.nodes.base import NodeError
from workflows.reviews.picks import (
    BadDecision,
    Choices,
    check,
    check_counts,
    default_choices,
    outcome,
)
from workflows.reviews.request import items_hash
from workflows.reviews.revise import revise
from workflows.reviews.rights import check_right
from workspaces.models import User

_STATES = {
    Verdict.APPROVE: ReviewState.APPROVED,
    Verdict.REQUEST_CHANGES: ReviewState.CHANGES_REQUESTED,
    Verdict.REJECT: ReviewState.REJECTED,
}


class AlreadyDecided(Exception):
    """Somebody was faster, the time ran out, or the run has ended. ``task`` says how it stands."""

    def __init__(self, task: ReviewTask) -> None:
        decision = ReviewDecision.objects.filter(task=task).select_related("user").first()
        by = f" by {decision.user}" if decision and decision.user else ""
        super().__init__(f"The review is already {task.state.replace('_', ' ')}{by}.")
        self.task = task


@one_decision
def decide(
    task_id: int,
    *,
    verdict: Verdict,
    user: User | None,
    comment: str = "",
    choices: Choices | None = None,
) -> ReviewTask:
    """Decide a waiting review and let its run go on.

    Raises ``AlreadyDecided``, ``NotAllowed``, or ``BadDecision`` naming the field that does not
    fit; nothing is changed then. ``user`` is None when the time ran out.
    """
    choices = choices or Choices()
    execution = lock(_execution_of(task_id))
    task = ReviewTask.objects.select_for_update(of=("self",)).get(pk=task_id)
    run = NodeRun.objects.get(pk=task.node_run_id)
    if task.state != ReviewState.WAITING or execution.status not in (
        ExecutionStatus.RUNNING,
        ExecutionStatus.PAUSED,
    ):
        raise AlreadyDecided(task)
    if user is not None:
        check_right(user, task, execution.workspace_id)
    _check(task, verdict, comment, choices)
    result = outcome(task.items, task.rules, choices)
    _write(task, verdict, user, comment, choices, items_hash([result]))
    if verdict == Verdict.REQUEST_CHANGES:
        revise(execution, run, step_key(task.rules["revise"]), comment, user)
    else:
        _close(execution, run, task, result, comment, user)
    return task


def expire_task(task_id: int) -> bool:
    """Do what the step says happens when the time is over; False when it was decided meanwhile."""
    task = ReviewTask.objects.get(pk=task_id)
    policy = task.rules.get("on_timeout", "wait")
    if policy == "wait" or task.state != ReviewState.WAITING:
        return False
    try:
        if policy == "fail":
            return _fail(task_id)
        from_rules = Verdict.APPROVE if policy == "approve" else Verdict.REJECT
        decide(
            task_id, verdict=from_rules, user=None, choices=default_choices(task.items, task.rules)
        )
    except AlreadyDecided:
        return False
    return True


def _execution_of(task_id: int) -> int:
    return ReviewTask.objects.values_list("node_run__execution_id", flat=True).get(pk=task_id)


def _check(task: ReviewTask, verdict: Verdict, comment: str, choices: Choices) -> None:
    check(task.items, choices)
    if verdict == Verdict.APPROVE:
        check_counts(task.items, task.rules, choices)
    if verdict != Verdict.REQUEST_CHANGES:
        return
    if not task.rules.get("revise"):
        raise BadDecision("verdict", "This review names no step to run again: approve or reject.")
    if task.round >= int(task.rules.get("max_rounds", 3)):
        raise BadDecision("verdict", f"Round {task.round} was the last: approve or reject.")
    if not comment.strip():
        raise BadDecision("comment", "Say what should change.")


def _write(
    task: ReviewTask,
    verdict: Verdict,
    user: User | None,
    comment: str,
    choices: Choices,
    after: str,
) -> None:
    task.state = _STATES[verdict]
    ReviewTask.objects.filter(pk=task.pk).update(state=task.state, decided_at=Now())
    ReviewDecision.objects.create(
        task=task,
        user=user,
        verdict=verdict,
        comment=comment,
        data=asdict(choices),
        before_hash=task.content_hash,
        after_hash=after,
    )


def _close(
    execution: WorkflowExecution,
    run: NodeRun,
    task: ReviewTask,
    result: dict[str, Any],
    comment: str,
    user: User | None,
) -> None:
    decision = str(task.state)
    if user is not None and task.state == ReviewState.APPROVED and result["images"]:
        record_reviewer(
            workspace_id=execution.workspace_id,
            image_ids=[image["id"] for image in result["images"]],
            reviewer=user,
        )
    output = {
        **result,
        "decision": decision,
        "comment": comment,
        "reviewer": str(user) if user else "",
    }
    decided = event(
        execution.pk,
        "review.decided",
        node_run_id=run.pk,
        actor_id=user.pk if user else None,
        decision=decision,
        round=task.round,
    )
    write_events([decided])
    finish.end_waiting(execution, run, output, [decision])


@one_decision
def _fail(task_id: int) -> bool:
    execution = lock(_execution_of(task_id))
    moved = ReviewTask.objects.filter(pk=task_id, state=ReviewState.WAITING).update(
        state=ReviewState.EXPIRED, decided_at=Now()
    )
    if not moved:
        return False
    run = NodeRun.objects.get(review_tasks=task_id)
    error = NodeError(
        "review_overdue",
        "Nobody decided the review in time.",
        hint="Retry the step to ask again, or skip it.",
        retryable=True,
    )
    return finish.fail_waiting(execution, run, error)
