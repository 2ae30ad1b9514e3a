"""Opens one round of a review."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from workflows.engine.states import ReviewState
from workflows.executions.moves import locked_at
from workflows.models import NodeRun, ReviewTask, WorkflowExecution
from workflows.nodes.effects import AskReview
from workspaces.models import User


def open_task(execution: WorkflowExecution, run: NodeRun, effect: AskReview) -> ReviewTask:
    """Write the task of the run's present round; the caller holds the execution's lock.

    A step that is retried after its time ran out asks again in the same round. Reviewers who are
    not members of the workspace are left out; with none left the role decides.
    """
    items = [dict(item) for item in effect.items]
    due_at = None
    if effect.due_in_hours is not None:
        due_at = locked_at(execution) + timedelta(hours=effect.due_in_hours)
    again = ReviewTask.objects.filter(node_run=run, round=run.round, state=ReviewState.EXPIRED)
    task = again.first() or ReviewTask(node_run=run, round=run.round)
    task.state = ReviewState.WAITING
    task.decided_at = task.told_at = task.reminded_at = None
    task.instructions = effect.instructions
    task.items, task.content_hash = items, items_hash(items)
    task.rules = dict(effect.rules)
    task.role, task.due_at = effect.role, due_at
    task.save()
    if effect.assignees:
        emails = [address.strip().lower() for address in effect.assignees]
        members = User.objects.filter(memberships__workspace=execution.workspace_id)
        task.assignees.set([user for user in members if user.email.lower() in emails])
    return task


def items_hash(items: Sequence[Any]) -> str:
    """A digest of what is under review, so that a decision says what it decided on."""
    return hashlib.sha256(json.dumps(items, sort_keys=True, default=str).encode()).hexdigest()
