"""Reading and deciding reviews over the API."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections

from tests.api.conftest import ApiClient, Program, attrs, key_of, problem
from tests.api.reviewing import PICKS, decide, path, reviewed, trust_pictures
from tests.engine import Drive, outputs
from tests.factories import ExecutionFactory, NodeRunFactory, ReviewTaskFactory
from tests.scripted_openai import ScriptedOpenAI
from workflows.models import ReviewDecision, ReviewTask, WorkflowExecution
from workspaces.models import Role, User, Workspace


@pytest.fixture
def judge(program: Program, reviewer: User) -> ApiClient:
    return program(reviewer)


@pytest.fixture
def waiting(
    drive: Drive, providers: ScriptedOpenAI, monkeypatch: pytest.MonkeyPatch
) -> WorkflowExecution:
    """A run that waits for people."""
    trust_pictures(monkeypatch)
    return drive.run(reviewed(pick_copy="many", pick_images="one"), topic="mugs")


@pytest.fixture
def review(waiting: WorkflowExecution) -> ReviewTask:
    return ReviewTask.objects.get(node_run__execution=waiting)


def test_a_review_is_read_with_all_that_is_judged(
    judge: ApiClient, review: ReviewTask, waiting: WorkflowExecution
) -> None:
    found = judge.read(path(review)).json()
    assert (found["execution_id"], found["node_key"], found["lane"]) == (waiting.pk, "review", "")
    assert (found["round"], found["state"], found["decision"]) == (1, "waiting", None)
    assert [item["id"] for item in found["items"]] == [
        "copy-1", "copy-2", "copy-3", "image-1", "image-2",
    ]  # fmt: skip
    assert found["items"][0]["kind"] == "copy" and found["items"][0]["text"]
    picture = found["items"][3]["image"]
    assert picture["url"] == f"/api/images/{picture['id']}/file"
    assert (found["rules"]["pick_copy"], found["rules"]["revise"]) == ("many", "captions")
    assert "due_at" in found and "instructions" in found


def test_approving_lets_the_run_go_on_with_what_was_chosen(
    judge: ApiClient, review: ReviewTask, waiting: WorkflowExecution, drive: Drive
) -> None:
    answer = decide(
        judge,
        review,
        comment="Good",
        selected=["copy-1", "copy-3", "image-2"],
        edits={"copy-3": "By hand"},
        images={"primary": "image-2", "order": ["image-2"], "alt_text": {"image-2": "A mug"}},
    )
    assert answer.status_code == 200, answer.content
    found = answer.json()
    assert found["state"] == "approved"
    decision = found["decision"]
    assert (decision["verdict"], decision["comment"], decision["user"]) == (
        "approve",
        "Good",
        "Reviewer",
    )
    assert decision["edits"] == {"copy-3": "By hand"}
    assert decision["images"]["alt_text"] == {"image-2": "A mug"}
    assert drive.work(waiting).status == "completed"
    made = outputs(waiting)
    assert [one["text"] for one in made["review"]["variants"]][1] == "By hand"
    assert made["review"]["images"][0]["alt_text"] == "A mug"
    assert made["save"]["document_id"] and len(made["save"]["attachment_ids"]) == 1


def test_requesting_changes_opens_the_next_round(
    judge: ApiClient, review: ReviewTask, waiting: WorkflowExecution, drive: Drive
) -> None:
    assert decide(judge, review, "request_changes", comment="Shorter").status_code == 200
    assert drive.work(waiting).status == "running"
    rows = judge.read(f"/reviews?execution={waiting.pk}").json()["results"]
    assert [(row["round"], row["state"]) for row in rows] == [
        (2, "waiting"),
        (1, "changes_requested"),
    ]
    assert rows[0]["items"][0]["text"] != rows[1]["items"][0]["text"]


def test_rejecting_ends_the_run_without_a_document(
    judge: ApiClient, review: ReviewTask, waiting: WorkflowExecution, drive: Drive
) -> None:
    assert decide(judge, review, "reject").json()["state"] == "rejected"
    assert drive.work(waiting).status == "completed"
    assert outputs(waiting)["save"] is None


def test_the_first_decision_wins_and_the_second_is_told(
    judge: ApiClient, program: Program, owner: User, review: ReviewTask
) -> None:
    assert decide(judge, review, **PICKS).status_code == 200
    body = problem(decide(program(owner), review, "reject"), 409)
    assert body["current"] == {
        "status": "running",
        "node_status": "completed",
        "state": "approved",
        "round": 1,
    }
    assert "Reviewer" in body["detail"]
    assert ReviewDecision.objects.get().verdict == "approve"


UNFIT: list[tuple[dict[str, Any], str]] = [
    ({"verdict": "perhaps"}, "verdict"),
    ({"verdict": None}, "verdict"),
    ({}, "selected"),
    ({"selected": ["copy-1"]}, "selected"),
    ({"selected": ["copy-9", "image-1"]}, "selected"),
    ({"selected": "copy-1"}, "selected"),
    ({"selected": [{"id": 1}]}, "selected.0"),
    ({**PICKS, "edits": {"copy-9": "x"}}, "edits"),
    ({**PICKS, "edits": {"copy-1": " "}}, "edits"),
    ({**PICKS, "edits": {"copy-1": ["x"]}}, "edits"),
    ({**PICKS, "edits": {"image-1": "x"}}, "edits"),
    ({**PICKS, "edits": []}, "edits"),
    ({**PICKS, "images": {"primary": "copy-1"}}, "images.primary"),
    ({**PICKS, "images": {"order": ["image-7"]}}, "images.order"),
    ({**PICKS, "images": {"alt_text": {"image-7": "x"}}}, "images.alt_text"),
    ({**PICKS, "images": {"alt_text": {"image-1": "x" * 501}}}, "images.alt_text.image-1"),
    ({**PICKS, "images": {"size": 1}}, "images.size"),
    ({**PICKS, "images": []}, "images"),
    ({**PICKS, "comment": "x" * 10_001}, "comment"),
    ({**PICKS, "user": 1}, "user"),
    ({**PICKS, "state": "approved"}, "state"),
    ({"verdict": "request_changes"}, "comment"),
    ({"verdict": "request_changes", "comment": " "}, "comment"),
]


def test_a_decision_that_does_not_fit_is_named_and_the_review_still_waits(
    judge: ApiClient, review: ReviewTask
) -> None:
    for body, attr in UNFIT:
        answer = judge.make(f"{path(review)}/decide", {"verdict": "approve", **body})
        assert attrs(answer) == {attr}, body
    review.refresh_from_db()
    assert review.state == "waiting" and not ReviewDecision.objects.exists()


def test_changes_cannot_be_requested_where_no_step_is_named(
    judge: ApiClient, drive: Drive, providers: ScriptedOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust_pictures(monkeypatch)
    drive.run(reviewed(revise=""), topic="x")
    review = ReviewTask.objects.get()
    assert attrs(decide(judge, review, "request_changes", comment="x")) == {"verdict"}


def test_who_may_decide(
    program: Program, review: ReviewTask, viewer: User, editor: User, reviewer: User
) -> None:
    problem(decide(program(viewer), review, **PICKS), 403)
    problem(decide(program(editor, ["read", "run", "edit"]), review, **PICKS), 403)
    review.assignees.add(editor)
    refused = problem(decide(program(reviewer), review, **PICKS), 403)
    assert "Editor" in refused["detail"]
    assert decide(program(editor, ["review"]), review, **PICKS).status_code == 200


def test_strangers_find_no_review(
    program: Program, stranger: User, elsewhere: Workspace, review: ReviewTask
) -> None:
    outside = program(stranger, where=elsewhere)
    problem(outside.read(path(review)), 404)
    problem(decide(outside, review, **PICKS), 404)
    problem(outside.make(f"{path(review)}/regenerate-image", {"image_id": "image-1"}), 404)
    assert outside.read("/reviews").json()["results"] == []


def test_a_decision_sent_again_with_its_key_is_replayed(
    judge: ApiClient, review: ReviewTask
) -> None:
    key = {"Idempotency-Key": "d1"}
    first = decide(judge, review, **PICKS, headers=key)
    again = decide(judge, review, **PICKS, headers=key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json() and again["Idempotency-Replayed"] == "true"


def test_the_list_is_narrowed_by_state_run_and_who_is_asked(
    judge: ApiClient, workspace: Workspace, reviewer: User, editor: User
) -> None:
    def make(**fields: Any) -> ReviewTask:
        run = NodeRunFactory(
            execution=ExecutionFactory(workspace=workspace),
            type="review",
            status="waiting",
            wait_for="people",
        )
        task: ReviewTask = ReviewTaskFactory(node_run=run, **fields)
        return task

    for_all = make(role="")
    for_reviewers = make(role=Role.REVIEWER)
    for_editors = make(role=Role.EDITOR)
    for_editor = make(role=Role.REVIEWER)
    for_editor.assignees.add(editor)
    for_me = make(role=Role.ADMIN)
    for_me.assignees.add(reviewer)
    past = make(role="", state="approved")

    def ids(query: str) -> set[int]:
        return {row["id"] for row in judge.read(f"/reviews?{query}").json()["results"]}

    assert ids("mine=true&state=waiting") == {for_all.pk, for_reviewers.pk, for_me.pk}
    assert for_editors.pk in ids("mine=false") and len(ids("")) == 6
    assert ids("state=approved") == {past.pk}
    assert ids(f"execution={for_me.node_run.execution_id}") == {for_me.pk}
    assert attrs(judge.read("/reviews?state=odd")) == {"state"}


def test_the_number_of_queries_does_not_grow_with_the_list(
    judge: ApiClient, workspace: Workspace, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        run = NodeRunFactory(execution=ExecutionFactory(workspace=workspace), type="review")
        ReviewTaskFactory(node_run=run)
    with django_assert_max_num_queries(5):
        assert len(judge.read("/reviews").json()["results"]) == 5


@pytest.mark.django_db(transaction=True)
def test_of_six_who_decide_at_once_one_wins(
    drive: Drive, review: ReviewTask, reviewer: User, workspace: Workspace
) -> None:
    key = key_of(reviewer, workspace)
    codes: list[int] = []

    def call(number: int) -> None:
        client = ApiClient(headers={"Authorization": f"Token {key}"})
        verdict = ["approve", "reject"][number % 2]
        codes.append(decide(client, review, verdict, **PICKS).status_code)
        connections.close_all()

    threads = [threading.Thread(target=call, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200, 409, 409, 409, 409, 409]
    assert ReviewDecision.objects.count() == 1
