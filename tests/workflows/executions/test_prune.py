"""What is kept no longer goes, whole and alone."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from config.env import RetentionEnv
from documents.models import Document, DocumentVersion, Image
from tests import factories as make
from tests.engine import Drive
from tests.workflows.executions.claims import SMALL
from workflows.executions import prune as pruning
from workflows.executions.launch import launch_draft
from workflows.executions.prune import Due, count_due, prune
from workflows.models import (
    AgentJob,
    ExecutionEvent,
    NodeRun,
    ReviewDecision,
    ReviewTask,
    WorkflowExecution,
    WorkflowVersion,
)
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db


def ago(days: float) -> Any:
    return timezone.now() - timedelta(days=days)


def ended(days: float, status: str = "completed", **fields: Any) -> WorkflowExecution:
    """A run with everything that hangs on one, ended so many days ago."""
    run = make.ExecutionFactory.create(status=status, finished_at=ago(days), **fields)
    step = make.NodeRunFactory.create(execution=run, type="review")
    make.AgentJobFactory.create(node_run=step)
    make.EventFactory.create(node_run=step)
    make.EventFactory.create(execution=run, node_run=None)
    task = make.ReviewTaskFactory.create(node_run=step, state="approved")
    task.assignees.add(run.launched_by)
    make.ReviewDecisionFactory.create(task=task)
    return run


def gone(due: Due, batch: int = 100) -> Counter[str]:
    return sum(prune(due, batch), Counter())


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command("prune_executions", *arguments)
    return capsys.readouterr().out.strip()


def left() -> set[int]:
    return set(WorkflowExecution.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("status", ["completed", "failed", "stopped"])
def test_an_old_run_goes_with_all_that_hangs_on_it_and_a_newer_one_stays(status: str) -> None:
    ended(31, status)
    newer = ended(29, status)
    assert gone(Due(ago(30), None)) == {"runs": 1, "steps": 1, "agents": 1, "events": 2}
    assert left() == {newer.pk}
    for model in (NodeRun, AgentJob, ReviewTask, ReviewDecision):
        assert model.objects.count() == 1, model
    assert ExecutionEvent.objects.count() == 2


@pytest.mark.parametrize("status", ["pending", "running", "paused"])
def test_a_run_that_has_not_ended_stays_however_old(status: str) -> None:
    run = ended(400, status)  # even with the time of an earlier end on it
    WorkflowExecution.objects.update(created_at=ago(500))
    assert gone(Due(ago(30), ago(30))) == {}
    assert left() == {run.pk}
    assert ExecutionEvent.objects.count() == 2


def test_a_second_time_finds_nothing() -> None:
    ended(31)
    assert gone(Due(ago(30), ago(30)))
    assert gone(Due(ago(30), ago(30))) == {}


def test_the_oldest_go_first_in_batches_that_are_kept_one_by_one() -> None:
    runs = [ended(days) for days in (50, 60, 40)]
    steps = prune(Due(ago(30), None), 2)
    assert next(steps)["runs"] == 2
    assert left() == {runs[2].pk}
    assert next(steps)["runs"] == 1


def test_another_workspace_is_left_alone(workspace: Workspace) -> None:
    theirs = ended(31)
    ended(31, workspace=workspace)
    assert gone(Due(ago(30), ago(30), workspace))["runs"] == 1
    assert left() == {theirs.pk}
    assert ExecutionEvent.objects.count() == 2


def test_the_events_of_a_run_may_go_before_the_run() -> None:
    first, second = ended(50), ended(40)
    recent = ended(20)
    assert gone(Due(ago(90), ago(30)), batch=1) == {"events": 4}
    assert left() == {first.pk, second.pk, recent.pk}
    assert set(ExecutionEvent.objects.values_list("execution", flat=True)) == {recent.pk}


def test_documents_pictures_and_where_they_came_from_stay(drive: Drive) -> None:
    run = drive.run(SMALL, t="x")
    snapshot = {"kind": "workflow", "execution": run.pk, "run": run.title, "step": "Teaser"}
    document = make.DocumentFactory.create(workspace=drive.workspace)
    DocumentVersion.objects.create(document=document, number=2, title="Two", source=snapshot)
    image = make.ImageFactory.create(execution_id=run.pk, provenance=snapshot)
    make.AttachmentFactory.create(
        document=document, image=make.ImageFactory.create(workspace=drive.workspace)
    )
    WorkflowExecution.objects.update(finished_at=ago(31))
    assert gone(Due(ago(30), None))["runs"] == 1
    assert Document.objects.get().attachments.count() == 1
    assert document.versions.get(number=2).source == snapshot
    image.refresh_from_db()
    assert (image.execution_id, image.provenance) == (run.pk, snapshot)
    assert Image.objects.count() == 2


def draft_run(drive: Drive, days: float) -> WorkflowVersion:
    """The unnumbered version of a draft that was tried so long ago."""
    template = drive.template(SMALL, f"draft-{days}")
    template.draft = {"nodes": [{"key": "brief", "type": "brief", "config": {}}], "edges": []}
    run = launch_draft(
        template=template, inputs={}, workspace=drive.workspace, user=drive.user, title="Try"
    )
    drive.work(run)
    assert run.version.number is None
    WorkflowExecution.objects.filter(pk=run.pk).update(finished_at=ago(days))
    WorkflowVersion.objects.filter(pk=run.version_id).update(created_at=ago(days))
    return run.version


def test_the_draft_of_a_test_run_goes_with_its_last_run(drive: Drive) -> None:
    unused, used = draft_run(drive, 31), draft_run(drive, 32)
    make.ExecutionFactory.create(version=used, workspace=drive.workspace)
    numbered = WorkflowVersion.objects.filter(number__isnull=False)
    kept = set(numbered.values_list("pk", flat=True))
    assert gone(Due(ago(30), None))["drafts"] == 1
    assert not WorkflowVersion.objects.filter(pk=unused.pk).exists()
    assert WorkflowVersion.objects.filter(pk=used.pk).exists()
    assert set(numbered.values_list("pk", flat=True)) == kept


def test_a_draft_that_a_workflow_was_made_from_stays(drive: Drive) -> None:
    version = draft_run(drive, 31)
    make.TemplateFactory.create(cloned_from=version)
    assert "drafts" not in gone(Due(ago(30), None))
    assert WorkflowVersion.objects.filter(pk=version.pk).exists()


def test_a_dry_run_counts_what_would_go_and_deletes_nothing(
    drive: Drive, capsys: pytest.CaptureFixture[str]
) -> None:
    draft_run(drive, 31)
    ended(31)
    ended(20)
    ended(5)
    due = Due(ago(30), ago(10))
    before = left()
    assert count_due(due) == {"runs": 2, "drafts": 1, "runs' events": 1}
    said = told(capsys, "--days=30", "--events-days=10", "--dry-run")
    assert said == "Would delete 2 runs, 1 drafts, 1 runs' events."
    assert left() == before
    found = gone(due)
    assert (found["runs"], found["drafts"]) == (2, 1)


def test_the_command_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    ended(31)
    ended(20)
    said = told(capsys, "--days", "30", "--events-days", "10")
    assert said == "Deleted 1 runs, 1 steps, 1 agents, 4 events."
    assert told(capsys, "--days", "30", "--events-days", "10") == "Deleted nothing."


def test_the_settings_say_how_long_and_0_keeps_for_ever(
    settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    ended(31)
    settings.RETENTION = RetentionEnv(run_days=0, event_days=0)
    assert "Nothing to do" in told(capsys)
    settings.RETENTION = RetentionEnv(run_days=32, event_days=0)
    assert told(capsys) == "Deleted nothing."
    settings.RETENTION = RetentionEnv(run_days=30, event_days=0)
    assert told(capsys).startswith("Deleted 1 runs")


@pytest.mark.parametrize(
    "argument",
    ["--days=0", "--days=-3", "--events-days=0", "--days=99999", "--batch=0", "--workspace=nobody"],
)
def test_a_bad_argument_is_named_and_nothing_is_deleted(argument: str) -> None:
    ended(4000)
    with pytest.raises(CommandError, match=argument.partition("=")[0]) as refused:
        call_command("prune_executions", argument)
    assert refused.value.returncode == 2
    assert len(left()) == 1


def test_a_database_that_fails_midway_ends_with_status_1_and_what_was_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(due: Due, batch: int) -> Any:
        yield Counter(runs=100)
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr("workflows.management.commands.prune_executions.prune", failing)
    with pytest.raises(CommandError, match=r"Stopped after 100 runs: the server closed") as failed:
        call_command("prune_executions")
    assert failed.value.returncode == 1


@pytest.mark.django_db(transaction=True)
def test_a_run_that_somebody_works_on_is_passed_over_until_the_next_time() -> None:
    held, free = ended(60, "failed"), ended(50)
    is_held, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            WorkflowExecution.objects.select_for_update().get(pk=held.pk)
            is_held.set()
            may_end.wait(30)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    assert is_held.wait(30)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '1s'")
    try:
        assert gone(Due(ago(30), ago(30)))["runs"] == 1
        assert left() == {held.pk}
        assert not WorkflowExecution.objects.filter(pk=free.pk).exists()
    finally:
        may_end.set()
        other.join()
    assert gone(Due(ago(30), ago(30)))["runs"] == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_share_the_work() -> None:
    for days in range(40, 60):
        ended(days)
    found: list[Counter[str]] = []

    def work() -> None:
        found.append(gone(Due(ago(30), None), batch=3))
        connection.close()

    both = [threading.Thread(target=work) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert left() == set()
    assert sum(found, Counter()) == {"runs": 20, "steps": 20, "agents": 20, "events": 40}


def test_every_kind_of_row_that_is_told_of_has_a_word() -> None:
    assert set(pruning._NAMES.values()) == {"runs", "steps", "agents", "events", "drafts"}
