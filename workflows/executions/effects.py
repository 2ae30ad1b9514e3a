"""Applies what a node asks for when it ends, inside the transaction that ends it."""

from __future__ import annotations

from typing import Any

from django.db.models.functions import Now

from documents.attach import AttachItem, AttachmentError, attach_images
from documents.create import create_document
from documents.edit import edit_document
from documents.models import Document
from workflows.engine.states import Door, NodeStatus
from workflows.executions import lanes
from workflows.executions.moves import open_door
from workflows.executions.origin import origin
from workflows.models import NodeRun, WorkflowExecution
from workflows.nodes.base import NodeError
from workflows.nodes.effects import AskReview, OpenLanes, SaveDocument
from workflows.reviews.request import open_task
from workflows.versions import graph_of


def save_document(
    execution: WorkflowExecution, run: NodeRun, effect: SaveDocument
) -> dict[str, Any]:
    """Create or update the document and attach the images; gives the step's output.

    Effect keys are made of the run, the step, the lane and the place of the image, so that a
    step which runs again attaches nothing twice; in a later round it replaces what it attached.
    Raises ``NodeError`` when the document is gone or cannot take the images.
    """
    document = _document(execution, run, effect)
    try:
        attachments = attach_images(
            document=document,
            images=[AttachItem(image_id, alt_text) for image_id, alt_text in effect.images],
            mode=effect.mode,
            primary=effect.primary,
            effect_key_prefix=f"x{execution.pk}.{run.key}.{run.lane}.",
            replace_effects=run.round > 1,
        )
    except AttachmentError as error:
        raise NodeError("attachments_refused", str(error), hint=error.hint) from error
    return {
        "document_id": document.pk,
        "title": document.title,
        "attachment_ids": [attachment.pk for attachment in attachments],
    }


def _document(execution: WorkflowExecution, run: NodeRun, effect: SaveDocument) -> Document:
    source = origin(execution, run)
    author = execution.launched_by
    document_id = effect.document_id or (run.output or {}).get("document_id")
    if document_id is None:
        return create_document(
            workspace=execution.workspace,
            title=effect.title,
            body=effect.body,
            project=execution.project,
            author=author,
            source=source,
        )
    document = Document.objects.filter(
        pk=document_id, workspace_id=execution.workspace_id, archived_at=None
    ).first()
    if document is None:
        raise NodeError(
            "document_missing",
            f"There is no document {document_id} in this workspace.",
            hint="Choose another document in the step, or let it create a new one.",
        )
    edit_document(
        document=document,
        title=effect.title or document.title,
        body=effect.body or document.body,
        author=author,
        source=source,
    )
    document.refresh_from_db()
    return document


def ask_review(execution: WorkflowExecution, run: NodeRun, effect: AskReview) -> None:
    """Open the review task of this round."""
    open_task(execution, run, effect)


def open_lanes(execution: WorkflowExecution, run: NodeRun, effect: OpenLanes) -> dict[str, Any]:
    """Make the rows of every lane; gives what the container keeps while it waits.

    Rows of an earlier round stay as they are, unless their item is another one now; lanes that
    this round has no more are skipped.
    """
    if effect.items is not None:
        graph = graph_of(execution.version_id)
        rows = lanes.lane_rows(execution.pk, graph, run.key, effect.items)
        keys = {child.key for child in graph.children.get(run.key, ())}
        old = {
            (row.key, row.lane): row
            for row in NodeRun.objects.filter(execution_id=execution.pk, key__in=keys)
        }
        NodeRun.objects.bulk_create(row for row in rows if (row.key, row.lane) not in old)
        for row in rows:
            known = old.pop((row.key, row.lane), None)
            if known is not None and known.item != row.item:
                _renew(known, row.item)
        NodeRun.objects.filter(
            pk__in=[row.pk for row in old.values()], status=NodeStatus.PENDING
        ).update(status=NodeStatus.SKIPPED, finished_at=Now(), handles=[])
    return lanes.opened(effect)


def _renew(run: NodeRun, item: Any) -> None:
    """Give a lane's step another item; one that has not begun this round only takes it."""
    if run.status == NodeStatus.PENDING:
        NodeRun.objects.filter(pk=run.pk).update(item=item)
    else:
        restart(run, round=run.round + 1, item=item)


def restart(run: NodeRun, *, round: int, feedback: str = "", **fields: Any) -> None:
    """Put an ended step back to pending for the next round; the last round goes to history.

    The caller holds the execution's lock. The output stays: a step that made a document finds
    it there and updates it.
    """
    open_door(Door.NEXT_ROUND)
    past = {
        "round": run.round,
        "input": run.input,
        "output": run.output,
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
    }
    NodeRun.objects.filter(pk=run.pk).exclude(
        status__in=[NodeStatus.QUEUED, NodeStatus.RUNNING, NodeStatus.PENDING]
    ).update(
        status=NodeStatus.PENDING,
        round=round,
        feedback=feedback,
        history=[*run.history, past],
        handles=[],
        error=None,
        wait_for="",
        queued_at=Now(),
        **fields,
    )
