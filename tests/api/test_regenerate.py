"""A fresh picture in an open review."""

from __future__ import annotations

from typing import Any

import pytest

from documents.models import Image
from tests.api.conftest import ApiClient, Program, attrs, problem
from tests.api.reviewing import PICKS, decide, path, reviewed, trust_pictures
from tests.engine import Drive, outputs
from tests.scripted_openai import ScriptedOpenAI, status
from workflows.engine.states import Verdict
from workflows.executions import extra
from workflows.models import AgentJob, ModelPrice, Provider, ReviewTask, WorkflowExecution
from workflows.reviews.decide import decide as decide_now
from workflows.reviews.picks import Choices
from workspaces.models import User


@pytest.fixture
def judge(program: Program, reviewer: User) -> ApiClient:
    return program(reviewer)


@pytest.fixture
def waiting(
    drive: Drive, providers: ScriptedOpenAI, monkeypatch: pytest.MonkeyPatch
) -> WorkflowExecution:
    """A run whose cards come from a paid model and wait for people."""
    trust_pictures(monkeypatch)
    row = Provider.objects.get(slug="scripted")
    ModelPrice.objects.create(provider=row, model="scripted-image-1", per_image="0.04")
    Provider.objects.filter(slug="studio").update(default_for_images=False)
    Provider.objects.filter(slug="scripted").update(default_for_images=True)
    return drive.run(reviewed(pick_copy="many", pick_images="one"), topic="mugs")


@pytest.fixture
def review(waiting: WorkflowExecution) -> ReviewTask:
    return ReviewTask.objects.get(node_run__execution=waiting)


def again(client: ApiClient, review: ReviewTask, image: Any = "image-2", **body: Any) -> Any:
    headers = body.pop("headers", None)
    return client.make(
        f"{path(review)}/regenerate-image", {"image_id": image, **body}, headers=headers
    )


def pictures(review: ReviewTask) -> list[int]:
    review.refresh_from_db()
    return [item["image"]["id"] for item in review.items if item["kind"] == "image"]


def test_the_fresh_picture_takes_the_old_ones_place(
    judge: ApiClient, review: ReviewTask, waiting: WorkflowExecution, providers: ScriptedOpenAI
) -> None:
    first, second = pictures(review)
    answer = again(judge, review, note="With a blue mug")
    assert answer.status_code == 200, answer.content
    items = {item["id"]: item for item in answer.json()["items"]}
    fresh = items["image-2"]["image"]["id"]
    assert pictures(review) == [first, fresh] and fresh not in (first, second)
    assert items["image-1"]["image"]["id"] == first
    assert "blue mug" in providers.calls[-1].body["prompt"]
    assert providers.calls[-1].body["prompt"].startswith("Headline: Hi")
    image = Image.objects.get(pk=fresh)
    assert (image.execution_id, image.node_key, image.source) == (waiting.pk, "cards", "generated")
    assert Image.objects.filter(pk=second).exists(), "the old picture stays in the library"


def test_the_call_is_on_the_runs_ledger(
    judge: ApiClient, review: ReviewTask, waiting: WorkflowExecution
) -> None:
    before = judge.read(f"/executions/{waiting.pk}")
    again(judge, review)
    jobs = judge.read(f"/executions/{waiting.pk}/agent-jobs").json()["results"]
    last = jobs[-1]
    assert (last["node_key"], last["index"], last["attempt"], last["status"]) == (
        "cards",
        1,
        2,
        "completed",
    )
    assert last["cost"] == 0.04
    after = judge.read(f"/executions/{waiting.pk}")
    assert after.json()["cost"] == pytest.approx(before.json()["cost"] + 0.04)
    assert after["ETag"] != before["ETag"]
    assert after.json()["status"] == "running"


def test_a_picture_is_named_by_its_own_id_too(judge: ApiClient, review: ReviewTask) -> None:
    first, second = pictures(review)
    assert again(judge, review, first).status_code == 200
    assert pictures(review)[0] != first and pictures(review)[1] == second


def test_a_picture_can_be_made_anew_again_and_again(judge: ApiClient, review: ReviewTask) -> None:
    seen = {pictures(review)[1]}
    for _ in range(3):
        assert again(judge, review).status_code == 200
        seen.add(pictures(review)[1])
    assert len(seen) == 4
    assert AgentJob.objects.filter(kind="image", index=1).count() == 4


def test_what_was_made_anew_is_what_the_run_goes_on_with(
    judge: ApiClient, review: ReviewTask, waiting: WorkflowExecution, drive: Drive
) -> None:
    again(judge, review)
    fresh = pictures(review)[1]
    assert decide(judge, review, **PICKS).status_code == 200
    assert drive.work(waiting).status == "completed"
    assert [image["id"] for image in outputs(waiting)["review"]["images"]] == [fresh]
    assert [image["id"] for image in outputs(waiting)["cards"]["images"]][1] == fresh


def test_the_next_round_shows_the_fresh_picture(
    judge: ApiClient, review: ReviewTask, waiting: WorkflowExecution, drive: Drive
) -> None:
    again(judge, review)
    fresh = pictures(review)
    decide(judge, review, "request_changes", comment="Shorter")
    drive.work(waiting)
    assert pictures(ReviewTask.objects.get(round=2)) == fresh


def test_a_decision_names_what_it_decided_on(
    judge: ApiClient, review: ReviewTask, providers: ScriptedOpenAI
) -> None:
    before = review.content_hash
    again(judge, review)
    review.refresh_from_db()
    assert review.content_hash != before
    decide(judge, review, **PICKS)
    assert review.decision.before_hash == review.content_hash


UNFIT: list[tuple[Any, dict[str, Any], str]] = [
    ("image-9", {}, "image_id"),
    ("copy-1", {}, "image_id"),
    (987654, {}, "image_id"),
    (True, {}, "image_id"),
    (None, {}, "image_id"),
    (["image-1"], {}, "image_id"),
    ("x" * 41, {}, "image_id"),
    ("image-1", {"note": "x" * 2001}, "note"),
    ("image-1", {"prompt": "x"}, "prompt"),
]


def test_a_bad_body_is_named_and_nothing_is_paid(judge: ApiClient, review: ReviewTask) -> None:
    before = AgentJob.objects.count()
    for image, body, attr in UNFIT:
        assert attrs(again(judge, review, image, **body)) == {attr}, (image, body)
    assert AgentJob.objects.count() == before


def test_a_picture_that_somebody_gave_cannot_be_made_anew(
    judge: ApiClient, review: ReviewTask
) -> None:
    Image.objects.filter(pk=pictures(review)[0]).update(agent_job_id=None)
    assert attrs(again(judge, review, "image-1")) == {"image_id"}


def test_a_decided_review_gets_no_fresh_picture(
    judge: ApiClient, review: ReviewTask, providers: ScriptedOpenAI
) -> None:
    decide(judge, review, **PICKS)
    calls = len(providers.calls)
    body = problem(again(judge, review), 409)
    assert body["current"]["state"] == "approved"
    assert len(providers.calls) == calls


def test_who_decides_meanwhile_wins(
    judge: ApiClient,
    review: ReviewTask,
    owner: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = extra.make

    def slow(*args: Any, **options: Any) -> Any:
        made = real(*args, **options)
        decide_now(
            review.pk, verdict=Verdict.APPROVE, user=owner, choices=Choices(PICKS["selected"])
        )
        return made

    monkeypatch.setattr(extra, "make", slow)
    before = pictures(review)
    assert problem(again(judge, review), 409)["current"]["state"] == "approved"
    assert pictures(review) == before
    assert AgentJob.objects.order_by("pk").last().status == "completed", "it was paid for"


def test_the_same_picture_is_made_anew_by_one_at_a_time(
    judge: ApiClient, review: ReviewTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, codes = extra.make, []

    def slow(*args: Any, **options: Any) -> Any:
        codes.append(again(judge, review).status_code)
        return real(*args, **options)

    monkeypatch.setattr(extra, "make", slow)
    assert again(judge, review).status_code == 200
    assert codes == [409]


def test_a_call_that_died_with_its_process_blocks_nobody_for_long(
    judge: ApiClient, review: ReviewTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*args: Any, **options: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(extra, "make", die)
        with pytest.raises(KeyboardInterrupt):
            again(judge, review)
    problem(again(judge, review), 409)
    monkeypatch.setattr("workflows.reviews.regenerate.LONGEST", 0)
    assert again(judge, review).status_code == 200
    assert AgentJob.objects.filter(status="unknown").count() == 1


def test_a_service_that_fails_is_told_and_the_review_stays(
    judge: ApiClient, review: ReviewTask, providers: ScriptedOpenAI
) -> None:
    providers.when(lambda call: True, status(401), times=None)
    before = pictures(review)
    assert problem(again(judge, review), 502)["errors"][0]["code"] == "auth"
    assert pictures(review) == before
    assert AgentJob.objects.order_by("pk").last().status == "failed"


def test_who_may_not_decide_may_not_ask_for_pictures(
    program: Program, review: ReviewTask, viewer: User, reviewer: User, editor: User
) -> None:
    problem(again(program(viewer), review), 403)
    review.assignees.add(editor)
    problem(again(program(reviewer), review), 403)
    problem(again(program(editor, ["run"]), review), 403)
    assert again(program(editor, ["review"]), review).status_code == 200


def test_a_call_sent_again_with_its_key_is_paid_once(
    judge: ApiClient, review: ReviewTask, providers: ScriptedOpenAI
) -> None:
    key, calls = {"Idempotency-Key": "r1"}, len(providers.calls)
    first, second = (again(judge, review, headers=key) for _ in range(2))
    assert first.json() == second.json()
    assert len(providers.calls) == calls + 1
