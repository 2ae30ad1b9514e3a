"""E-mails about reviews and failed runs: to the right people, once, and never before the commit."""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from tests import factories as make
from tests.conftest import Processes, wait_until
from tests.engine import Drive
from tests.graphs import brief, graph, node
from workflows.announcing import announce, tell_launchers, tell_reviewers
from workflows.engine.states import ExecutionStatus, NodeStatus, Verdict
from workflows.executions.retry import retry
from workflows.models import ReviewTask, WorkflowExecution
from workflows.reviews.decide import decide
from workspaces.models import Membership, Notice, Role, User, Workspace
from workspaces.notices import deliver

REVIEWED = graph([brief("topic"), node("check", "review", show=["brief.topic"])], "brief > check")


@pytest.fixture
def team(owner: User, editor: User, reviewer: User, viewer: User) -> dict[str, User]:
    return {"owner": owner, "editor": editor, "reviewer": reviewer, "viewer": viewer}


def _task(workspace: Workspace, **fields: Any) -> ReviewTask:
    run = make.ExecutionFactory(workspace=workspace, title="Spring letter")
    step = make.NodeRunFactory(
        execution=run, key="check", type="review", label="Editor's check",
        status=NodeStatus.WAITING, wait_for="people",
    )  # fmt: skip
    task: ReviewTask = make.ReviewTaskFactory(node_run=step, **fields)
    return task


def _failed(workspace: Workspace, user: User, **fields: Any) -> WorkflowExecution:
    run: WorkflowExecution = make.ExecutionFactory(
        workspace=workspace, launched_by=user, title="Spring letter",
        status=ExecutionStatus.FAILED, finished_at=timezone.now(), **fields,
    )  # fmt: skip
    make.NodeRunFactory(
        execution=run, label="Write captions", status=NodeStatus.FAILED,
        error={"code": "auth", "message": "The service does not accept the key.", "hint": "",
               "retryable": False},
    )  # fmt: skip
    return run


def _told() -> list[str]:
    return sorted(Notice.objects.values_list("user__name", flat=True))


def test_those_who_may_decide_are_written_to_once(
    workspace: Workspace, team: dict[str, User], stranger: User
) -> None:
    task = _task(workspace)
    assert announce() == 3
    assert _told() == ["Editor", "Owner", "Reviewer"]
    assert announce() == 0
    deliver()
    letter = next(one for one in mail.outbox if one.to == ["reviewer@example.test"])
    assert letter.subject == "Waiting for your review: Spring letter"
    assert "“Spring letter” in Alder & Pine waits for a review at the step “Editor's check”." in (
        letter.body
    )
    assert f"/w/alder-pine/reviews/{task.pk}\n" in letter.body


def test_a_role_is_written_to_with_those_above_it(
    workspace: Workspace, team: dict[str, User]
) -> None:
    _task(workspace, role=Role.EDITOR)
    tell_reviewers()
    assert _told() == ["Editor", "Owner"]


def test_named_reviewers_alone_are_written_to(
    workspace: Workspace, team: dict[str, User], stranger: User
) -> None:
    _task(workspace).assignees.set([team["reviewer"], team["viewer"], stranger])
    tell_reviewers()
    assert _told() == ["Reviewer"]


def test_whoever_is_gone_is_told_nothing(workspace: Workspace, team: dict[str, User]) -> None:
    User.objects.filter(pk=team["reviewer"].pk).update(is_active=False)
    Membership.objects.filter(user=team["editor"]).delete()
    _task(workspace)
    tell_reviewers()
    assert _told() == ["Owner"]


def test_whoever_switched_e_mail_off_is_told_in_the_bell_alone(
    workspace: Workspace, team: dict[str, User]
) -> None:
    User.objects.exclude(pk=team["owner"].pk).update(wants_email=False)
    _task(workspace)
    _failed(workspace, team["editor"])
    announce()
    assert _told() == ["Editor", "Editor", "Owner", "Reviewer"]
    deliver()
    assert [letter.to for letter in mail.outbox] == [["owner@example.test"]]
    assert Notice.objects.exclude(user=team["owner"]).filter(next_try_at=None).count() == 3


def test_the_due_date_and_the_round_are_told(workspace: Workspace, reviewer: User) -> None:
    _task(workspace, round=2, due_at=timezone.now() + timedelta(hours=5))
    tell_reviewers()
    body = Notice.objects.get().body
    assert "This is round 2." in body
    assert "It is due by" in body


def test_a_review_that_was_decided_before_is_not_told_of(
    workspace: Workspace, reviewer: User
) -> None:
    _task(workspace, state="approved")
    assert tell_reviewers() == 0


def test_opening_the_link_decides_nothing(
    workspace: Workspace, reviewer: User, drive: Drive, browse: Callable[[User], Client]
) -> None:
    drive.run(REVIEWED, topic="Spring")
    tell_reviewers()
    path = Notice.objects.filter(user=reviewer).get().path
    assert browse(reviewer).get(path).status_code == 200
    assert Client().get(path).status_code == 302
    assert ReviewTask.objects.get().state == "waiting"


def test_each_round_of_a_run_is_told_once(drive: Drive, reviewer: User) -> None:
    flow = graph(
        [brief("topic"), node("text", "compose_text", template="{{ brief.topic }}"),
         node("check", "review", show=["nodes.text.text"], revise="text")],
        "brief > text", "text > check",
    )  # fmt: skip
    run = drive.run(flow, topic="Spring")
    assert tell_reviewers() == 2
    first = ReviewTask.objects.get()
    decide(first.pk, verdict=Verdict.REQUEST_CHANGES, user=reviewer, comment="Shorter.")
    drive.work(run)
    assert tell_reviewers() == 2
    assert tell_reviewers() == 0
    assert Notice.objects.filter(body__contains="This is round 2.").count() == 2


def test_whoever_launched_hears_that_the_run_failed_and_why(
    workspace: Workspace, team: dict[str, User]
) -> None:
    run = _failed(workspace, team["editor"])
    assert announce() == 1
    assert announce() == 0
    deliver()
    (letter,) = mail.outbox
    assert letter.to == ["editor@example.test"]
    assert letter.subject == "Run failed: Spring letter"
    assert "has failed at the step “Write captions”." in letter.body
    assert "The service does not accept the key." in letter.body
    assert f"/w/alder-pine/runs/{run.pk}\n" in letter.body


def test_the_time_limit_is_told_as_the_reason(workspace: Workspace, editor: User) -> None:
    _failed(workspace, editor, error={"code": "time_limit", "message": "It took too long."})
    tell_launchers()
    body = Notice.objects.get().body
    assert "has failed.\n\nIt took too long." in body


@pytest.mark.parametrize("status", ["running", "completed", "stopped", "paused"])
def test_other_ends_are_not_written_about(workspace: Workspace, editor: User, status: str) -> None:
    make.ExecutionFactory(workspace=workspace, launched_by=editor, status=status)
    assert announce() == 0


def test_a_run_without_a_launcher_or_of_one_who_left_is_marked_and_told_to_nobody(
    workspace: Workspace, stranger: User
) -> None:
    runs = [_failed(workspace, stranger), _failed(workspace, stranger)]
    WorkflowExecution.objects.filter(pk=runs[0].pk).update(launched_by=None)
    assert tell_launchers() == 0
    assert not WorkflowExecution.objects.filter(told_at=None).exists()


def test_a_run_that_fails_again_after_a_retry_is_told_again(
    drive: Drive, editor: User, providers: Any
) -> None:
    flow = graph(
        [brief("topic"), node("copy", "generate_copy", prompt="{{ brief.topic }}", quantity=1,
                              provider="gone")],
        "brief > copy",
    )  # fmt: skip
    make.ProviderFactory(slug="gone", copy_model="x", base_url="http://127.0.0.1:9/v1")
    flow.by_key["copy"].config["retry"] = {"max_attempts": 1, "backoff_seconds": 0}
    run = drive.run(flow, topic="Spring")
    assert run.status == ExecutionStatus.FAILED
    assert tell_launchers() == 1
    retry(run.pk, key="copy", user=editor)
    assert tell_launchers() == 0
    drive.work(run)
    assert tell_launchers() == 1


@pytest.mark.django_db(transaction=True)
def test_several_reconciles_tell_each_once(
    workspace: Workspace, reviewer: User, editor: User, together: Any
) -> None:
    for _ in range(4):
        _task(workspace)
        _failed(workspace, editor)
    assert sum(together([announce] * 6)) == 4 * 2 + 4
    assert Notice.objects.count() == 12


@pytest.mark.django_db(transaction=True)
def test_a_pass_of_reconcile_writes_and_sends(
    workspace: Workspace, reviewer: User, redis_queue: None
) -> None:
    _task(workspace)
    call_command("reconcile", "--once")
    assert [letter.to for letter in mail.outbox] == [["reviewer@example.test"]]


@pytest.mark.parametrize(
    ("due", "known", "count"),
    [(3, 5, 1), (5, 5, 0), (3, 1, 0), (-1, 24, 0)],
    ids=["due soon", "due later", "heard of it just now", "overdue"],
)
def test_a_review_that_is_due_soon_is_written_about_once_more(
    workspace: Workspace, reviewer: User, due: int, known: int, count: int
) -> None:
    now = timezone.now()
    _task(
        workspace,
        due_at=now + timedelta(hours=due),
        told_at=now - timedelta(hours=known),
    )
    assert announce() == count
    assert announce() == 0
    if count:
        assert Notice.objects.get().subject == "Due soon, your review: Spring letter"


def test_a_quiet_pass_costs_three_queries(
    workspace: Workspace, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(3 + 6):  # and the savepoints of three transactions
        announce()


def test_the_process_sends_by_itself_and_ends_when_told(
    processes: Processes, workspace: Workspace, reviewer: User
) -> None:
    process = processes.start("reconcile", EMAIL_URL="")
    _task(workspace)
    wait_until(lambda: Notice.objects.exclude(sent_at=None).exists(), 60, "the e-mail is sent")
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
