"""Home: what is under way, what waits, what was made, what it cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from tests import factories as make
from workflows.engine.states import ExecutionStatus
from workflows.models import AgentJob, NodeRun, WorkflowExecution
from workflows.views.home.spend import Day, summed
from workflows.views.home.waiting import holds
from workflows.views.home.words import summary
from workspaces.models import User, Workspace

Browse = Callable[[User], Client]
HOME = "/w/alder-pine/"


def run(workspace: Workspace, *statuses: str, **fields: Any) -> WorkflowExecution:
    made = make.ExecutionFactory(workspace=workspace, **fields)
    for status in statuses:
        step(made, status)
    return made


def step(run: WorkflowExecution, status: str) -> NodeRun:
    held = {"token": uuid4()} if status == "running" else {}
    waits = {"wait_for": "people"} if status == "waiting" else {}
    return make.NodeRunFactory(execution=run, status=status, **held, **waits)


def test_a_new_workspace_is_led_to_the_gallery(browse: Browse, editor: User) -> None:
    html = browse(editor).get(HOME).content.decode()
    assert "Nothing is running" in html
    assert "Choose a template" in html
    assert "Set up your studio" in html
    assert "0/4" in html
    assert "no agent has run yet" in html


def test_runs_stand_in_the_order_in_which_they_need_somebody(
    browse: Browse, editor: User, workspace: Workspace
) -> None:
    run(workspace, "completed", "waiting", title="Waits", waiting=1, total=2, completed=1)
    run(workspace, "running", title="Runs", total=1, running=1)
    run(workspace, "failed", "completed", title="Failed", failed=1, total=2, completed=1)
    run(workspace, title="Over", status=ExecutionStatus.COMPLETED)

    page = browse(editor).get(HOME)
    html = page.content.decode()

    assert [row.run.title for row in page.context["active"].rows] == ["Failed", "Runs", "Waits"]
    assert "1 step needs you" in html
    assert "Fix step" in html
    assert "Three runs are under way" in html


def test_a_run_that_failed_long_ago_is_left_to_the_list(
    browse: Browse, editor: User, workspace: Workspace
) -> None:
    long_ago = timezone.now() - timedelta(days=3)
    run(workspace, title="Old", status=ExecutionStatus.FAILED, failed=1, finished_at=long_ago)
    assert "Old</a>" not in browse(editor).get(HOME).content.decode()


def test_a_viewer_is_offered_nothing_that_editors_do(
    browse: Browse, viewer: User, workspace: Workspace
) -> None:
    run(workspace, "failed", title="Failed", failed=1)
    html = browse(viewer).get(HOME).content.decode()
    assert "Fix step" not in html
    assert "New run" not in html
    assert "Viewers are asked nothing" in html


def test_reviews_are_those_the_person_is_asked_for(
    browse: Browse, reviewer: User, editor: User, workspace: Workspace
) -> None:
    mine = run(workspace, title="For me")
    make.ReviewTaskFactory(node_run=step(mine, "waiting"))
    theirs = run(workspace, title="For the editor")
    task = make.ReviewTaskFactory(node_run=step(theirs, "waiting"))
    task.assignees.set([editor])

    page = browse(reviewer).get(HOME)

    assert [row.task.node_run.execution.title for row in page.context["waiting"].rows] == ["For me"]
    assert page.context["waiting"].rows[0].holds == "1 text"


@pytest.mark.parametrize("runs", [1, 5])
def test_home_asks_as_much_for_five_runs_as_for_one(
    browse: Browse,
    editor: User,
    workspace: Workspace,
    django_assert_max_num_queries: Any,
    runs: int,
) -> None:
    for number in range(runs):
        made = run(workspace, "completed", "running", title=f"Run {number}", running=1)
        make.ReviewTaskFactory(node_run=step(made, "waiting"))
        make.DocumentFactory(workspace=workspace)
    client = browse(editor)
    with django_assert_max_num_queries(18):
        client.get(HOME)


def test_the_card_of_runs_is_sent_again_only_when_one_has_changed(
    browse: Browse, editor: User, workspace: Workspace, django_assert_max_num_queries: Any
) -> None:
    made = run(workspace, "running", title="Runs", total=1, running=1)
    client = browse(editor)
    digest = client.get(HOME).context["active"].digest
    poll = {"path": f"{HOME}home/runs", "headers": {"hx-request": "true"}}

    with django_assert_max_num_queries(4):
        assert client.get(**poll, data={"v": digest}).status_code == 204

    WorkflowExecution.objects.filter(pk=made.pk).update(revision=2, completed=1)
    changed = client.get(**poll, data={"v": digest})
    assert changed.status_code == 200
    assert 'hx-trigger="every 3s"' in changed.content.decode()

    WorkflowExecution.objects.update(status="completed", finished_at=timezone.now(), revision=3)
    ended = client.get(**poll, data={"v": digest}).content.decode()
    assert "hx-trigger" not in ended


def test_the_part_of_the_page_is_the_card_as_polled(
    browse: Browse, editor: User, workspace: Workspace
) -> None:
    run(workspace, "running", title="Runs", total=1, running=1)
    client = browse(editor)
    part = client.get(f"{HOME}home/runs", headers={"hx-request": "true"}).content.decode().strip()
    assert part in client.get(HOME).content.decode()
    assert client.get(f"{HOME}home/runs").status_code == 302


def test_first_steps_are_ticked_off_by_what_there_is(
    browse: Browse, editor: User, workspace: Workspace, providers: Any
) -> None:
    done = make.ExecutionFactory(workspace=workspace, status=ExecutionStatus.COMPLETED)
    make.ReviewDecisionFactory(task__node_run__execution=done)
    setup = browse(editor).get(HOME).context["setup"]
    assert [step.is_done for step in setup.steps] == [True, True, True, False]
    assert setup.current.label == "Finish a document"

    make.DocumentFactory(workspace=workspace)
    assert "Set up your studio" not in browse(editor).get(HOME).content.decode()


def test_admins_are_led_to_providers_and_to_invite_somebody(
    browse: Browse, owner: User, workspace: Workspace, providers: Any
) -> None:
    html = browse(owner).get(HOME).content.decode()
    assert "1/5" in html
    setup = browse(owner).get(HOME).context["setup"]
    assert setup.steps[0].href == "/w/alder-pine/settings/providers"
    assert setup.steps[-1].href == "/w/alder-pine/settings/members"
    assert not setup.steps[-1].is_done
    make.InvitationFactory(workspace=workspace)
    assert browse(owner).get(HOME).context["setup"].steps[-1].is_done


def test_a_second_member_is_a_colleague(
    browse: Browse, owner: User, editor: User, stranger: User
) -> None:
    assert browse(owner).get(HOME).context["setup"].steps[-1].is_done
    assert not browse(stranger).get("/w/elsewhere/").context["setup"].steps[-1].is_done


def test_first_steps_stay_hidden_where_somebody_hid_them(browse: Browse, editor: User) -> None:
    client = browse(editor)
    answer = client.post(f"{HOME}home/setup/hide")
    assert answer["Location"] == HOME
    assert "Set up your studio" not in client.get(HOME).content.decode()
    assert "Set up your studio" in browse(editor).get(HOME).content.decode()


def test_the_months_spend_is_told_by_kind_and_owns_up_to_what_it_does_not_know(
    browse: Browse, editor: User, workspace: Workspace
) -> None:
    node = make.NodeRunFactory(execution__workspace=workspace)
    make.AgentJobFactory(node_run=node, cost=Decimal("0.40"))
    make.AgentJobFactory(node_run=node, kind=AgentJob.Kind.IMAGE, cost=Decimal("1.20"))
    make.AgentJobFactory(node_run=node, cost=None)
    make.AgentJobFactory(cost=Decimal("99"))

    spend = browse(editor).get(HOME).context["spend"]

    assert (spend.cost, spend.calls, spend.unpriced) == (Decimal("1.60"), 3, 1)
    assert [(part.label, part.cost, part.percent) for part in spend.parts] == [
        ("Copy", Decimal("0.40"), 25),
        ("Images", Decimal("1.20"), 75),
    ]


def test_a_month_of_unknown_prices_alone_is_unknown_and_not_nothing() -> None:
    month = summed([Day(date(2026, 3, 4), "copy", 2, 2, Decimal(0))], date(2026, 3, 9))
    assert month.cost is None
    assert month.parts[0].cost is None
    assert month.line == ""


def test_the_line_rises_to_the_whole_on_the_last_day() -> None:
    days = [Day(date(2026, 3, number), "copy", 1, 0, Decimal(number)) for number in (1, 5, 9)]
    points = summed(days, date(2026, 3, 9)).line.split()
    heights = [float(point.partition(",")[2]) for point in points]
    assert len(points) == 9
    assert heights == sorted(heights, reverse=True)


@pytest.mark.parametrize(
    ("running", "waiting", "due", "words"),
    [
        (0, 0, "", "Nothing is running and nothing waits for you."),
        (1, 0, "", "One run is under way."),
        (0, 1, "Due in 2 h", "One review waits for you. It is due in 2 h."),
        (2, 3, "Overdue by 3 h",
         "Two runs are under way and three reviews wait for you. The first is overdue by 3 h."),
        (13, 2, "No due date", "13 runs are under way and two reviews wait for you."),
    ],
)  # fmt: skip
def test_the_summary_says_it_in_a_sentence(
    running: int, waiting: int, due: str, words: str
) -> None:
    assert summary(running=running, waiting=waiting, first_due=due) == words


def test_what_a_review_holds_is_counted_by_kind() -> None:
    items = [{"kind": "copy"}, {"kind": "copy"}, {"kind": "image"}]
    assert holds(items) == "2 texts, 1 image"
    assert holds([]) == "Nothing to pick from"


def test_strangers_find_nothing(browse: Browse, stranger: User, workspace: Workspace) -> None:
    for path in (HOME, f"{HOME}home/runs", f"{HOME}home/setup/hide"):
        assert browse(stranger).get(path).status_code in (404, 405)
