"""Operating runs from their list in the admin."""

from __future__ import annotations

from typing import Any

import pytest
import zeal
from django.contrib.auth.models import Permission
from django.test import Client

from tests import factories as make
from tests.admin.conftest import page
from tests.engine import Drive
from tests.graphs import brief, copy, graph, text
from tests.scripted_openai import ScriptedOpenAI, status
from workflows.models import ExecutionEvent, WorkflowExecution
from workspaces.admin_tools import NOTHING
from workspaces.models import User

SMALL = graph([brief(), text("a")], "brief > a")


def act(client: Client, action: str, *runs: WorkflowExecution) -> Any:
    """Send the list's form."""
    data = {"action": action, "_selected_action": [run.pk for run in runs]}
    with zeal.zeal_ignore():  # each run is moved in a transaction of its own
        return client.post(page(WorkflowExecution, "changelist"), data, follow=True)


def said(answer: Any) -> list[str]:
    """The messages above the list."""
    return [str(message) for message in answer.context["messages"]]


def stand(*runs: WorkflowExecution) -> list[str]:
    """The statuses as they are now."""
    return [WorkflowExecution.objects.get(pk=run.pk).status for run in runs]


def test_selected_runs_are_paused_resumed_and_stopped_and_who_did_it_is_kept(
    drive: Drive, root: Client, superuser: User
) -> None:
    runs = [drive.launch(SMALL) for _ in range(2)]
    assert said(act(root, "pause_runs", *runs)) == ["2 runs paused."]
    assert stand(*runs) == ["paused", "paused"]
    assert said(act(root, "resume_runs", *runs)) == ["2 runs resumed."]
    assert said(act(root, "stop_runs", runs[0])) == ["1 run stopped."]
    assert stand(*runs) == ["stopped", "running"]
    assert ExecutionEvent.objects.get(kind="run.stopped").actor == superuser


def test_what_could_not_be_done_is_told_run_by_run_and_the_rest_is_done(
    drive: Drive, root: Client
) -> None:
    going, over = drive.launch(SMALL), make.ExecutionFactory(status="completed")
    messages = said(act(root, "stop_runs", going, over))
    assert "1 run stopped." in messages
    refused = next(one for one in messages if one.startswith(f"Run {over.pk}: "))
    assert "completed" in refused
    assert stand(going, over) == ["stopped", "completed"]


def test_failed_steps_are_retried(drive: Drive, root: Client, providers: ScriptedOpenAI) -> None:
    providers.when(lambda call: True, status(401))
    broken = drive.run(graph([brief(), copy("a")], "brief > a"))
    assert said(act(root, "retry_runs", broken)) == ["1 run retried."]
    assert drive.work(broken).status == "completed"


def test_whoever_may_only_look_has_no_actions(drive: Drive, clerk: Client, client_of: Any) -> None:
    run = drive.launch(SMALL)
    names = ("view_workflowexecution", "change_workflowexecution")
    may_look, may_change = (Permission.objects.get(codename=name) for name in names)
    watcher, operator = (make.UserFactory(is_staff=True) for _ in range(2))
    watcher.user_permissions.add(may_look)
    operator.user_permissions.add(may_look, may_change)

    listed = client_of(watcher).get(page(WorkflowExecution, "changelist")).content.decode()
    assert "pause_runs" not in listed
    act(client_of(watcher), "pause_runs", run)
    assert stand(run) == ["running"]
    assert act(clerk, "pause_runs", run).status_code == 403
    assert said(act(client_of(operator), "pause_runs", run)) == ["1 run paused."]


@pytest.mark.django_db
def test_the_list_shows_who_stands_where_in_line(root: Client) -> None:
    first = make.ExecutionFactory(status="pending")
    make.ExecutionFactory(status="pending", workspace=first.workspace)
    make.ExecutionFactory(status="running", workspace=first.workspace)
    rows = root.get(page(WorkflowExecution, "changelist")).content.decode()
    cells = [row.split("</td>")[0].strip('">') for row in rows.split('class="field-line')[1:]]
    assert cells == [NOTHING, "2", "1"]


def test_a_runs_page_offers_what_may_be_done_asks_first_and_does_it(
    drive: Drive, root: Client, superuser: User
) -> None:
    run = drive.launch(SMALL)
    shown = root.get(page(WorkflowExecution, "change", run.pk)).content.decode()
    assert "Pause</a>" in shown
    assert "Stop for good</a>" in shown
    assert "Resume</a>" not in shown
    assert "Retry failed steps</a>" not in shown

    stop = page(WorkflowExecution, "operate", run.pk, "stop")
    assert "cannot go on" in root.get(stop).content.decode()
    assert stand(run) == ["running"]
    answer = root.post(stop, follow=True)
    assert said(answer) == ["1 run stopped."]
    assert ExecutionEvent.objects.get(kind="run.stopped").actor == superuser
    assert "Stop for good</a>" not in answer.content.decode()
    refused = said(root.post(stop, follow=True))
    assert refused[0].startswith(f"Run {run.pk}: ")


def test_whoever_may_only_look_is_offered_and_allowed_nothing(
    drive: Drive, root: Client, client_of: Any
) -> None:
    run = drive.launch(SMALL)
    reader = make.UserFactory(is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename="view_workflowexecution"))
    browser = client_of(reader)
    shown = browser.get(page(WorkflowExecution, "change", run.pk))
    assert "Pause</a>" not in shown.content.decode()
    pause = page(WorkflowExecution, "operate", run.pk, "pause")
    assert browser.post(pause).status_code == 403
    assert root.get(page(WorkflowExecution, "operate", run.pk, "skip")).status_code == 404
    assert root.get(page(WorkflowExecution, "operate", 10**6, "pause")).status_code == 404
    assert stand(run) == ["running"]
