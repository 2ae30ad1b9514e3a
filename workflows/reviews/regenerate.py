"""Makes one picture of an open review anew, with the reviewer's note."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from documents.models import Image
from workflows.engine.states import AgentStatus, ExecutionStatus, ReviewState
from workflows.executions.advance import advance
from workflows.executions.context import Context
from workflows.executions.decision import one_decision
from workflows.executions.extra import LONGEST, give_up, new_job, run_extra
from workflows.executions.moves import event, lock
from workflows.executions.run import as_node_error, filled_config
from workflows.executions.scope import build_scope
from workflows.models import AgentJob, NodeRun, ReviewTask, WorkflowExecution
from workflows.nodes import registry
from workflows.nodes.base import AgentCall, NodeError
from workflows.nodes.generate_image import Config, GenerateImage
from workflows.providers.base import Deadline, ProviderError
from workflows.reviews.decide import AlreadyDecided
from workflows.reviews.picks import BadDecision
from workflows.reviews.request import items_hash
from workflows.reviews.rights import check_right
from workflows.reviews.swap import holds_image, swapped
from workflows.versions import graph_of
from workspaces.models import User

SECONDS = 120.0
"""What a reviewer waits at most."""


class BeingMade(Exception):
    """The same picture is being made anew already, or has been since it was shown."""


@dataclass(frozen=True, slots=True)
class _Order:
    """What is to be made anew."""

    task: ReviewTask
    execution: WorkflowExecution
    image_id: int
    run: NodeRun
    """The step that made the picture."""
    job: AgentJob
    """The agent's further job, on the ledger before it is asked."""


def regenerate_image(task_id: int, *, image: int | str, note: str, user: User) -> ReviewTask:
    """Ask the agent that made a picture for another one and put it in its place.

    ``image`` is the picture's id or its item's. The step's prompt is asked again with the
    ``note``; call and cost are on the run's ledger. The new picture takes the old one's place
    in the review and in what the run's steps have put out, so that later rounds show it.

    Raises ``AlreadyDecided``, also when somebody decides meanwhile: the picture is kept in the
    workspace then, and the review stays as it was decided. Raises ``NotAllowed``, ``BeingMade``,
    ``BadDecision`` naming the field, and ``NodeError`` when the provider fails.
    """
    order = _order(task_id, image, user)
    try:
        config, call = _call(order, note)
    except NodeError as error:
        give_up(order.job, error.code, error.message)
        raise
    try:
        fresh = run_extra(
            order.execution, order.job, call, config.retry.as_retry(), Deadline(SECONDS)
        )
    except ProviderError as error:
        raise as_node_error(error) from error
    return _replace(order, fresh, note, user)


@one_decision
def _order(task_id: int, image: int | str, user: User) -> _Order:
    """Find what is asked for, and note that it is being made."""
    found = ReviewTask.objects.values_list("node_run__execution_id", flat=True).get(pk=task_id)
    task, execution = _open_task(task_id, found)
    check_right(user, task, execution.workspace_id)
    image_id = _image_id(task, image)
    picture = Image.objects.filter(pk=image_id, execution_id=execution.pk).first()
    made_by = AgentJob.objects.filter(
        pk=(picture and picture.agent_job_id) or 0, node_run__execution=execution
    ).first()
    if made_by is None:
        raise BadDecision(
            "image_id", "This picture was not made in this run, so it cannot be made anew."
        )
    run = NodeRun.objects.get(pk=made_by.node_run_id)
    _check_free(run, made_by.index)
    return _Order(task, execution, image_id, run, new_job(run, made_by.index))


def _open_task(task_id: int, execution_id: int) -> tuple[ReviewTask, WorkflowExecution]:
    """The task under its run's lock. Raises ``AlreadyDecided``."""
    execution = lock(execution_id)
    rows = ReviewTask.objects.select_for_update(of=("self",))
    task = rows.filter(pk=task_id).first()
    if task is None:
        raise ReviewTask.DoesNotExist(f"There is no review {task_id}.")
    going = execution.status in (ExecutionStatus.RUNNING, ExecutionStatus.PAUSED)
    if task.state != ReviewState.WAITING or not going:
        raise AlreadyDecided(task)
    return task, execution


def _image_id(task: ReviewTask, image: int | str) -> int:
    for item in task.items:
        if item["kind"] == "image" and image in (item["id"], item["image"]["id"]):
            return int(item["image"]["id"])
    raise BadDecision("image_id", f"There is no image {image} in this review.")


def _check_free(run: NodeRun, index: int) -> None:
    """Refuse a second call for the same place; one that died with its process is forgotten."""
    under_way = AgentJob.objects.filter(
        node_run=run, round=run.round, index=index, status__in=_OPEN
    )
    lost = timezone.now() - timedelta(seconds=LONGEST)
    under_way.filter(created_at__lt=lost).update(
        status=AgentStatus.UNKNOWN,
        error={"code": "lost", "message": "The answer never came."},
        finished_at=timezone.now(),
    )
    if under_way.exists():
        raise BeingMade("This picture is being made anew already; wait for it.")


def _call(order: _Order, note: str) -> tuple[Config, AgentCall]:
    """What the step asked for this picture, with the note. Raises ``NodeError``."""
    graph = graph_of(order.execution.version_id)
    node = graph.by_key[order.run.key]
    kind = registry.get(node.type)
    assert isinstance(kind, GenerateImage)
    scope = build_scope(order.execution, graph, node, order.run)
    context = Context(
        execution=order.execution,
        key=order.run.key,
        lane=order.run.lane,
        round=order.run.round,
        feedback=order.run.feedback,
        scope=scope,
        agents=lambda calls, retry: [],
    )
    config = filled_config(kind, node.config, scope)
    assert isinstance(config, Config)
    call = kind.call(config, context, order.job.index + 1)
    if note.strip():
        wanted = f"\n\nA reviewer asked for this change. Follow it: {note.strip()}"
        prompt = call.request.prompt + wanted
        call = replace(call, request=replace(call.request, prompt=prompt))
    return config, call


@one_decision
def _replace(order: _Order, fresh: dict[str, Any], note: str, user: User) -> ReviewTask:
    """Put the new picture where the old one was. Raises ``AlreadyDecided``, ``BeingMade``."""
    task, execution = _open_task(order.task.pk, order.execution.pk)
    if not holds_image(task.items, order.image_id):
        raise BeingMade("This picture was made anew by somebody else meanwhile.")
    for run in NodeRun.objects.filter(execution=execution, output__isnull=False).order_by("pk"):
        if holds_image(run.output, order.image_id):
            output = swapped(run.output, order.image_id, fresh)
            NodeRun.objects.filter(pk=run.pk).update(output=output)
    task.items = swapped(task.items, order.image_id, fresh)
    task.content_hash = items_hash(task.items)
    task.save(update_fields=["items", "content_hash"])
    told = event(
        execution.pk,
        "review.image_regenerated",
        node_run_id=task.node_run_id,
        actor_id=user.pk,
        image=order.image_id,
        fresh=fresh["id"],
        note=note,
    )
    advance(execution, told)
    return task


_OPEN = [AgentStatus.PENDING, AgentStatus.RUNNING]
