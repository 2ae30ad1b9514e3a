"""Webhooks are told once of what is so for good: in the transaction of the decision itself."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from tests import factories as make
from tests.engine import Drive
from tests.graphs import brief, copy, graph, node, text
from tests.receiver import Receiver
from tests.scripted_openai import ScriptedOpenAI
from workflows.engine.states import Verdict
from workflows.executions import finish
from workflows.executions.claim import claim
from workflows.executions.retry import retry
from workflows.models import ReviewTask
from workflows.nodes.base import NodeError, NodeResult
from workflows.reviews.decide import decide
from workspaces.models import Delivery, Membership, Notice, User, Workspace
from workspaces.webhooks import create_webhook, delete_webhook

pytestmark = pytest.mark.django_db
SHORT = graph([brief("topic"), text("teaser")], "brief > teaser")
DOCUMENT = graph(
    [brief("topic"), node("keep", "attach_to_document", title="On {{ brief.topic }}", body="Hi")],
    "brief > keep",
)
REVIEWED = graph(
    [brief("topic"), copy("captions"),
     node("check", "review", show=["nodes.captions.variants"], revise="captions", due_in_hours=2)],
    "brief > captions > check",
)  # fmt: skip


def _told() -> list[tuple[str, str]]:
    return list(Delivery.objects.order_by("pk").values_list("webhook__name", "event"))


def test_a_completed_run_is_told_with_its_documents(
    drive: Drive, workspace: Workspace, settings: Any
) -> None:
    settings.SITE_URL = "https://copy.example.test/"
    make.WebhookFactory(workspace=workspace, name="Site")
    execution = drive.run(DOCUMENT, topic="tea")
    assert _told() == [("Site", "run.completed")]
    data = Delivery.objects.get().data
    (made,) = data["documents"]
    assert data == {
        "workspace": {"slug": "alder-pine", "name": "Alder & Pine"},
        "run": {"id": execution.pk, "title": execution.title, "status": "completed"},
        "workflow": {"id": execution.version.template_id, "name": "Test"},
        "project": None,
        "documents": [made],
        "url": f"https://copy.example.test/w/alder-pine/runs/{execution.pk}",
    }
    assert made["title"] == "On tea"
    assert made["url"] == f"https://copy.example.test/w/alder-pine/documents/{made['id']}"


def test_only_what_was_asked_for_is_told_and_only_in_the_workspace(
    drive: Drive, workspace: Workspace
) -> None:
    make.WebhookFactory(workspace=workspace, name="Failures", events=["run.failed"])
    make.WebhookFactory(workspace=workspace, name="Off", enabled=False)
    make.WebhookFactory(name="Elsewhere")
    drive.run(SHORT, topic="tea")
    assert _told() == []


def test_each_failure_is_told_once_and_the_end_after_it_too(
    drive: Drive, workspace: Workspace, editor: User
) -> None:
    make.WebhookFactory(workspace=workspace, name="Site")
    make.WebhookFactory(workspace=workspace, name="Other", events=["run.failed"])
    execution = drive.launch(SHORT, topic="tea")
    drive.commit()
    drive.step()
    for _ in range(2):
        held = claim(*drive.sent.pop())
        assert held is not None
        finish.fail(held, None, NodeError("auth", "The key is not accepted."))
        retry(execution.pk, user=editor)
        drive.commit()
    assert drive.work(execution).status == "completed"
    failed = [("Site", "run.failed"), ("Other", "run.failed")]
    assert sorted(_told()) == sorted([*failed * 2, ("Site", "run.completed")])
    told = Delivery.objects.filter(event="run.failed")[0].data
    assert told["run"]["status"] == "failed"
    assert told["error"] == {"code": "node_failed", "message": "Failed at Teaser."}


def test_each_round_of_a_review_is_told(
    drive: Drive, providers: ScriptedOpenAI, workspace: Workspace, editor: User
) -> None:
    make.WebhookFactory(workspace=workspace, name="Site", events=["review.requested"])
    execution = drive.run(REVIEWED, topic="tea")
    task = ReviewTask.objects.get()
    decide(task.pk, user=editor, verdict=Verdict.REQUEST_CHANGES, comment="Shorter.")
    drive.work(execution)
    assert _told() == [("Site", "review.requested")] * 2
    first, second = Delivery.objects.order_by("pk")
    assert first.data["review"] == {
        "id": task.pk, "round": 1, "step": "Check", "due_at": task.due_at.isoformat(),
    }  # fmt: skip
    assert first.data["url"].endswith(f"/w/alder-pine/reviews/{task.pk}")
    assert second.data["review"]["round"] == 2


def test_what_is_rolled_back_is_not_told(drive: Drive, workspace: Workspace) -> None:
    make.WebhookFactory(workspace=workspace)
    execution = drive.launch(SHORT, topic="tea")
    drive.commit()
    drive.step()
    held = claim(*drive.sent.pop())
    assert held is not None
    with transaction.atomic():
        finish.complete(held, {}, NodeResult({"text": "x"}))
        assert _told()
        transaction.set_rollback(True)
    assert _told() == []
    execution.refresh_from_db()
    assert execution.status == "running"


def test_a_workspace_without_webhooks_pays_one_small_query(
    drive: Drive, workspace: Workspace, django_assert_max_num_queries: Any
) -> None:
    execution = drive.launch(SHORT, topic="tea")
    drive.commit()
    drive.step()
    held = claim(*drive.sent.pop())
    assert held is not None
    with django_assert_max_num_queries(99) as caught:
        finish.complete(held, {}, NodeResult({"text": "x"}))
    asked = [one["sql"] for one in caught.captured_queries if "webhook" in (one["sql"] or "")]
    assert len(asked) == 1
    execution.refresh_from_db()
    assert execution.status == "completed"


@pytest.mark.django_db(transaction=True)
def test_a_webhook_that_is_deleted_meanwhile_fails_no_run(
    drive: Drive, workspace: Workspace, together: Any
) -> None:
    for _ in range(8):
        webhook = make.WebhookFactory(workspace=workspace)
        execution = drive.launch(SHORT, topic="tea")
        drive.commit()
        drive.step()
        held = claim(*drive.sent.pop())
        assert held is not None
        ended = partial(finish.complete, held, {}, NodeResult({"text": "x"}))
        together([ended, partial(delete_webhook, webhook)])
        execution.refresh_from_db()
        assert execution.status == "completed"
        assert not Delivery.objects.exists()


def test_whoever_launched_a_run_is_told_of_its_end_in_the_bell(
    drive: Drive, workspace: Workspace, editor: User
) -> None:
    execution = drive.run(SHORT, topic="tea")
    notice = Notice.objects.get()
    assert (notice.user, notice.kind, notice.read_at) == (editor, "run_completed", None)
    assert notice.subject == f"Run completed: {execution.title}"
    assert notice.path == f"/w/alder-pine/runs/{execution.pk}"
    assert notice.next_try_at is None  # no e-mail


def test_somebody_who_has_left_is_told_nothing(
    drive: Drive, workspace: Workspace, editor: User
) -> None:
    execution = drive.launch(SHORT, topic="tea")
    Membership.objects.filter(user=editor).delete()
    assert drive.work(execution).status == "completed"
    assert not Notice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_from_the_last_step_to_the_receiver(
    drive: Drive, workspace: Workspace, owner: User, redis_queue: None
) -> None:
    with Receiver() as receiver:
        _, secret = create_webhook(
            workspace=workspace, by=owner, name="Site", url=receiver.url, events=["run.completed"]
        )
        execution = drive.run(SHORT, topic="tea")
        for _ in range(2):
            call_command("reconcile", "--once")
        (call,) = receiver.calls
    said = call.verified(secret)
    assert said["type"] == "run.completed"
    assert said["data"]["run"]["id"] == execution.pk
