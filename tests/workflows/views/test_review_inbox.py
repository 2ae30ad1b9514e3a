"""The inbox: what waits for whom, in which order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.navigation import reviews_waiting
from tests import factories as make
from tests.workflows.views.reviewing import inbox_url, page_url, picture, signed_in, variant
from workflows.models import ReviewTask
from workflows.views.reviews import lists
from workspaces.access import Access
from workspaces.models import Role, User, Workspace

pytestmark = pytest.mark.django_db


def ask(
    workspace: Workspace, title: str, hours: float | None = None, **fields: object
) -> ReviewTask:
    """A waiting review of a run of that title."""
    execution = make.ExecutionFactory(workspace=workspace, title=title)
    run = make.NodeRunFactory(
        execution=execution,
        key="check",
        label="Check",
        type="review",
        status="waiting",
        wait_for="people",
    )
    due_at = None if hours is None else timezone.now() + timedelta(hours=hours)
    task: ReviewTask = make.ReviewTaskFactory(node_run=run, due_at=due_at, **fields)
    return task


def titles(user: User, workspace: Workspace, query: str = "") -> list[str]:
    response = signed_in(user).get(inbox_url(workspace) + query)
    assert response.status_code == 200
    return [row.task.node_run.execution.title for row in response.context["inbox"].rows]


def test_the_overdue_come_first_then_those_due_then_the_oldest(
    workspace: Workspace, reviewer: User
) -> None:
    for title, hours in [("old", None), ("late", -2), ("new", None), ("soon", 1), ("later", 30)]:
        ask(workspace, title, hours)
    assert titles(reviewer, workspace) == ["late", "soon", "later", "old", "new"]


def test_it_lists_what_waits_for_me_and_on_request_for_everyone(
    workspace: Workspace, owner: User, editor: User, reviewer: User, viewer: User
) -> None:
    ask(workspace, "anyone")
    ask(workspace, "reviewers", role=Role.REVIEWER)
    ask(workspace, "editors", role=Role.EDITOR)
    named = ask(workspace, "named")
    named.assignees.set([reviewer, owner])
    assert titles(reviewer, workspace) == ["anyone", "reviewers", "named"]
    assert titles(editor, workspace) == ["anyone", "reviewers", "editors"]
    assert titles(owner, workspace) == ["anyone", "reviewers", "editors", "named"]
    assert len(titles(reviewer, workspace, "?for=all")) == 4
    assert len(titles(viewer, workspace)) == 4  # asked nothing, sees everything


def test_the_navigation_counts_what_the_inbox_lists(
    workspace: Workspace, reviewer: User, viewer: User
) -> None:
    ask(workspace, "mine", role=Role.REVIEWER)
    ask(workspace, "not mine", role=Role.EDITOR)
    assert reviews_waiting(Access(workspace, Role.REVIEWER), reviewer) == 1
    assert reviews_waiting(Access(workspace, Role.VIEWER), viewer) == 0


def test_sent_back_holds_what_is_being_made_anew_until_its_next_round_is_there(
    workspace: Workspace, reviewer: User
) -> None:
    first = ask(workspace, "captions", state="changes_requested", decided_at=timezone.now())
    assert titles(reviewer, workspace, "?tab=sent_back") == ["captions"]
    make.ReviewTaskFactory(node_run=first.node_run, round=2)
    assert titles(reviewer, workspace, "?tab=sent_back") == []
    assert titles(reviewer, workspace) == ["captions"]
    assert titles(reviewer, workspace, "?tab=done") == []


def test_done_holds_every_last_decision_the_latest_first(
    workspace: Workspace, reviewer: User
) -> None:
    now = timezone.now()
    for place, state in enumerate(["approved", "rejected", "expired"]):
        ask(workspace, state, state=state, decided_at=now + timedelta(minutes=place))
    ask(workspace, "waiting")
    assert titles(reviewer, workspace, "?tab=done") == ["expired", "rejected", "approved"]


@pytest.mark.parametrize("tab", ["waiting", "sent_back", "done"])
def test_show_more_goes_on_where_the_page_ended(
    workspace: Workspace, reviewer: User, monkeypatch: pytest.MonkeyPatch, tab: str
) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    state = {"waiting": "waiting", "sent_back": "changes_requested", "done": "approved"}[tab]
    now = timezone.now()
    for place, hours in enumerate([5, None, 1, None, 1]):
        decided_at = None if tab == "waiting" else now - timedelta(hours=hours or 9)
        ask(workspace, f"run {place}", hours, state=state, decided_at=decided_at)
    expected = {"waiting": "2 4 0 1 3"}.get(tab, "4 2 0 3 1").split()

    client, found = signed_in(reviewer), []
    url = f"{inbox_url(workspace)}?tab={tab}"
    while url:
        inbox = client.get(url, headers={"HX-Request": "true"}).context["inbox"]
        found += [row.task.node_run.execution.title.removeprefix("run ") for row in inbox.rows]
        url = inbox.more
    assert found == expected


@pytest.mark.parametrize(
    "place", ["x", "~", "2026-01-01~3", "nonsense~1", f"~{10**30}", "2026-01-01T00:00:00+00:00~x"]
)
def test_a_place_that_cannot_be_read_is_no_error(
    workspace: Workspace, reviewer: User, place: str
) -> None:
    ask(workspace, "one")
    for tab in ("waiting", "done", "nothing"):
        response = signed_in(reviewer).get(inbox_url(workspace), {"tab": tab, "after": place})
        assert response.status_code == 200


def test_rows_for_show_more_are_those_of_the_page(workspace: Workspace, reviewer: User) -> None:
    ask(workspace, "one", 2)
    client = signed_in(reviewer)
    page = client.get(inbox_url(workspace))
    rows = client.get(inbox_url(workspace), headers={"HX-Request": "true"}).content.decode().strip()
    assert "HX-Request" in page.headers["Vary"]
    assert rows in page.content.decode()
    assert "<html" not in rows


def test_a_row_tells_run_step_kinds_round_and_lane(workspace: Workspace, reviewer: User) -> None:
    task = ask(workspace, "Tea <guide>", 2, items=[variant(1, "x"), picture(1)], round=2)
    task.node_run.lane, task.node_run.item = "1", "Oak desk"
    task.node_run.save()
    html = signed_in(reviewer).get(inbox_url(workspace)).content.decode()
    for words in ("Tea &lt;guide&gt;", "Check, run #", "Item 2: Oak desk", "Round 2", "Due in 2 h"):
        assert words in html
    for kind in ("Copy", "Images"):
        assert f'<span class="visually-hidden">{kind}</span>' in html


def test_reviews_of_another_workspace_are_not_listed_nor_found(
    workspace: Workspace, reviewer: User, stranger: User
) -> None:
    task = ask(workspace, "ours")
    elsewhere = stranger.memberships.get().workspace
    theirs = ask(elsewhere, "theirs")
    assert titles(reviewer, workspace) == ["ours"]
    assert signed_in(stranger).get(inbox_url(workspace)).status_code == 404
    assert signed_in(stranger).get(page_url(task)).status_code == 404
    assert signed_in(reviewer).get(f"{inbox_url(workspace)}/{theirs.pk}").status_code == 404
    assert signed_in(reviewer).get(f"{inbox_url(workspace)}/{10**30}").status_code == 404


def test_an_empty_inbox_says_what_will_come_or_who_has_it(
    workspace: Workspace, reviewer: User
) -> None:
    html = signed_in(reviewer).get(inbox_url(workspace)).content.decode()
    assert "All decided" in html
    ask(workspace, "theirs", role=Role.OWNER)
    html = signed_in(reviewer).get(inbox_url(workspace)).content.decode()
    assert "Nothing waits for you" in html
    assert "Show everyone" in html


def test_the_list_asks_as_often_for_twenty_as_for_one(workspace: Workspace, reviewer: User) -> None:
    client = signed_in(reviewer)
    counts = []
    for more in (1, 19):
        for _ in range(more):
            ask(workspace, "run", 3, items=[variant(1, "x"), picture(1)])
        with CaptureQueriesContext(connection) as asked:
            client.get(inbox_url(workspace))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12
