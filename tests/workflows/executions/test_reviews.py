"""Reviews: waiting, picks, edits, rounds, the first decision."""

from datetime import timedelta

import pytest
from django.utils import timezone

from documents.models import Document
from tests.engine import Drive, outputs, statuses
from tests.graphs import brief, copy, graph, node, text
from tests.scripted_openai import ScriptedOpenAI
from workflows.engine.states import Verdict
from workflows.models import ReviewTask
from workflows.reviews.decide import AlreadyDecided, decide
from workflows.reviews.picks import BadDecision, Choices, default_choices
from workflows.reviews.remind import expire_due
from workflows.reviews.rights import NotAllowed
from workspaces.models import User

pytestmark = pytest.mark.django_db


def review(**config: object) -> dict[str, object]:
    base = {"show": ["nodes.copy.variants"], "revise": "copy", "due_in_hours": 24}
    return node("review", "review", **{**base, **config})


def reviewed(
    *, quantity: int = 3, prompt: str = "On {{ brief.topic }}", **config: object
) -> object:
    return graph(
        [
            brief("topic"),
            copy("copy", prompt, quantity=quantity),
            review(**config),
            text("good", "{{ nodes.review.text }}"),
            text("bad", "{{ nodes.review.comment }}"),
        ],
        "brief > copy > review.approved > good",
        "review.rejected > bad",
    )


def waiting() -> ReviewTask:
    return ReviewTask.objects.get(state="waiting")


def test_a_review_waits_without_holding_a_worker(drive: Drive, providers: ScriptedOpenAI) -> None:
    execution = drive.run(reviewed(), topic="tea")
    assert execution.status == "running"
    assert statuses(execution)["review"] == "waiting"
    assert execution.waiting == 1
    assert execution.deadline_at is None  # waiting for people is not active time
    task = waiting()
    assert [item["id"] for item in task.items] == ["copy-1", "copy-2", "copy-3"]
    assert task.due_at is not None


def test_approval_hands_on_what_was_picked_and_edited(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User
) -> None:
    execution = drive.run(reviewed(pick_copy="many"), topic="tea")
    decide(
        waiting().pk,
        verdict=Verdict.APPROVE,
        user=reviewer,
        comment="Lovely",
        choices=Choices(selected=["copy-2", "copy-3"], edits={"copy-2": "Edited"}),
    )
    drive.work(execution)
    output = outputs(execution)["review"]
    assert execution.status == "completed"
    assert output["decision"] == "approved"
    assert output["comment"] == "Lovely"
    assert output["reviewer"] == "Reviewer"
    assert output["variants"][0]["text"] == "Edited"
    assert len(output["variants"]) == 2
    assert outputs(execution)["good"]["text"] == "Edited"
    assert statuses(execution)["bad"] == "skipped"


def test_rejection_takes_the_other_way(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User
) -> None:
    execution = drive.run(reviewed(), topic="tea")
    decide(waiting().pk, verdict=Verdict.REJECT, user=reviewer, comment="No")
    drive.work(execution)
    assert execution.status == "completed"
    assert statuses(execution)["good"] == "skipped"
    assert outputs(execution)["bad"]["text"] == "No"


def test_two_rounds_of_changes_reach_the_next_prompt_each_time(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User
) -> None:
    execution = drive.run(reviewed(quantity=1), topic="tea")
    first = outputs(execution)["copy"]["text"]
    for comment in ("Make it shorter", "Name the price"):
        decide(waiting().pk, verdict=Verdict.REQUEST_CHANGES, user=reviewer, comment=comment)
        drive.work(execution)
        assert comment in providers.calls[-1].prompt
        assert statuses(execution)["review"] == "waiting"
    assert ReviewTask.objects.count() == 3
    assert waiting().round == 3
    run = execution.node_runs.get(key="copy")
    assert run.round == 3
    assert run.history[0]["output"]["text"] == first
    assert run.attempt == 3
    decide(waiting().pk, verdict=Verdict.APPROVE, user=reviewer)
    assert drive.work(execution).status == "completed"


def test_a_prompt_may_place_the_feedback_itself(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User
) -> None:
    prompt = "On {{ brief.topic }}{% if feedback != blank %} NOTE {{ feedback }}{% endif %}"
    execution = drive.run(reviewed(quantity=1, prompt=prompt), topic="tea")
    assert providers.calls[-1].prompt == "On tea"
    decide(waiting().pk, verdict=Verdict.REQUEST_CHANGES, user=reviewer, comment="Shorter")
    drive.work(execution)
    assert providers.calls[-1].prompt == "On tea NOTE Shorter"


def test_a_prompt_that_only_speaks_of_feedback_gets_the_comment_too(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User
) -> None:
    prompt = "Ask readers for feedback on {{ brief.topic }}"
    execution = drive.run(reviewed(quantity=1, prompt=prompt), topic="tea")
    decide(waiting().pk, verdict=Verdict.REQUEST_CHANGES, user=reviewer, comment="Shorter")
    drive.work(execution)
    assert "Shorter" in providers.calls[-1].prompt


def test_only_the_step_and_what_lies_between_run_again(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User
) -> None:
    made = graph(
        [
            brief("topic"),
            copy("copy", "On {{ brief.topic }}"),
            text("between", "{{ nodes.copy.text }}"),
            text("side", "{{ nodes.copy.text }}"),
            review(show=["nodes.between.text"]),
            text("end"),
        ],
        "brief > copy > between > review.approved > end",
        "copy > side",
    )
    execution = drive.run(made, topic="tea")
    drive.order.clear()
    decide(waiting().pk, verdict=Verdict.REQUEST_CHANGES, user=reviewer, comment="Again")
    drive.work(execution)
    assert drive.order == ["copy", "between", "review"]


def test_request_changes_needs_a_comment_a_step_and_a_round_left(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User
) -> None:
    drive.run(reviewed(max_rounds=1), topic="tea")
    with pytest.raises(BadDecision) as refused:
        decide(waiting().pk, verdict=Verdict.REQUEST_CHANGES, user=reviewer, comment="x")
    assert "last" in refused.value.message
    ReviewTask.objects.update(rules={"revise": "copy", "max_rounds": 3})
    with pytest.raises(BadDecision) as refused:
        decide(waiting().pk, verdict=Verdict.REQUEST_CHANGES, user=reviewer, comment=" ")
    assert refused.value.attr == "comment"
    ReviewTask.objects.update(rules={"revise": "", "max_rounds": 3})
    with pytest.raises(BadDecision):
        decide(waiting().pk, verdict=Verdict.REQUEST_CHANGES, user=reviewer, comment="x")
    assert waiting().state == "waiting"


def test_the_second_decision_is_told_who_was_first(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User, editor: User
) -> None:
    drive.run(reviewed(), topic="tea")
    task = waiting()
    decide(task.pk, verdict=Verdict.APPROVE, user=reviewer)
    with pytest.raises(AlreadyDecided) as late:
        decide(task.pk, verdict=Verdict.REJECT, user=editor)
    assert late.value.task.state == "approved"
    assert late.value.task.decision.user == reviewer


def test_only_those_who_are_asked_may_decide(
    drive: Drive,
    providers: ScriptedOpenAI,
    owner: User,
    editor: User,
    reviewer: User,
    viewer: User,
    stranger: User,
) -> None:
    drive.run(reviewed(assignees=["Reviewer@example.test", "nobody@example.test"]), topic="tea")
    assert list(waiting().assignees.all()) == [reviewer]
    for person in (viewer, stranger, editor):
        with pytest.raises(NotAllowed):
            decide(waiting().pk, verdict=Verdict.APPROVE, user=person)
    assert decide(waiting().pk, verdict=Verdict.APPROVE, user=reviewer).state == "approved"
    drive.run(reviewed(role="editor"), topic="tea")
    with pytest.raises(NotAllowed, match="Editor"):
        decide(waiting().pk, verdict=Verdict.APPROVE, user=reviewer)
    assert decide(waiting().pk, verdict=Verdict.APPROVE, user=editor).state == "approved"
    drive.run(reviewed(assignees=["reviewer@example.test"]), topic="tea")
    assert decide(waiting().pk, verdict=Verdict.APPROVE, user=owner).state == "approved"


@pytest.mark.parametrize(
    ("pick", "selected", "fits"),
    [
        ("one", ["copy-1"], True),
        ("one", [], False),
        ("one", ["copy-1", "copy-2"], False),
        ("many", ["copy-1"], True),
        ("many", [], False),
        (2, ["copy-1", "copy-2"], True),
        (2, ["copy-1"], False),
        ("none", [], True),
        ("one", ["copy-99"], False),
    ],
)
def test_approval_needs_the_picks_that_the_step_asks_for(
    drive: Drive,
    providers: ScriptedOpenAI,
    reviewer: User,
    pick: object,
    selected: list[str],
    fits: bool,
) -> None:
    drive.run(reviewed(pick_copy=pick), topic="tea")
    choices = Choices(selected=selected)
    if fits:
        decide(waiting().pk, verdict=Verdict.APPROVE, user=reviewer, choices=choices)
    else:
        with pytest.raises(BadDecision) as refused:
            decide(waiting().pk, verdict=Verdict.APPROVE, user=reviewer, choices=choices)
        assert refused.value.attr == "selected"
        assert waiting().state == "waiting"


def test_images_are_picked_ordered_described_and_made_primary(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User
) -> None:
    made = graph(
        [
            brief("topic"),
            node("art", "generate_image", prompt="Headline: x", size="64x64", quantity=4),
            review(show=["nodes.art.images"], pick_images="many", revise="art"),
            node(
                "doc",
                "attach_to_document",
                title="T",
                body="B",
                images=["nodes.review.images"],
            ),
        ],
        "brief > art > review.approved > doc",
    )
    execution = drive.run(made, topic="x")
    ids = [one["id"] for one in outputs(execution)["art"]["images"]]
    decide(
        waiting().pk,
        verdict=Verdict.APPROVE,
        user=reviewer,
        choices=Choices(
            selected=["image-1", "image-3", "image-4"],
            order=["image-4", "image-1"],
            primary="image-1",
            alt_text={"image-4": "A red card"},
        ),
    )
    drive.work(execution)
    rows = Document.objects.get().attachments.order_by("attachment_order")
    assert [row.image_id for row in rows] == [ids[3], ids[0], ids[2]]
    assert [row.is_primary for row in rows] == [False, True, False]
    assert rows[0].alt_text == "A red card"


def test_an_attach_that_runs_again_replaces_what_it_attached(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User
) -> None:
    made = graph(
        [
            brief("topic"),
            node("art", "generate_image", prompt="Headline: x", size="64x64", quantity=2),
            node("doc", "attach_to_document", title="T", body="B", images=["nodes.art.images"]),
            review(show=["nodes.art.images"], revise="art"),
        ],
        "brief > art > doc > review",
    )
    execution = drive.run(made, topic="x")
    decide(waiting().pk, verdict=Verdict.REQUEST_CHANGES, user=reviewer, comment="Bluer")
    drive.work(execution)
    document = Document.objects.get()
    now = [one["id"] for one in outputs(execution)["art"]["images"]]
    assert (
        list(document.attachments.order_by("attachment_order").values_list("image_id", flat=True))
        == now
    )


@pytest.mark.parametrize(
    ("policy", "status"),
    [("approve", "completed"), ("reject", "completed"), ("fail", "failed"), ("wait", "running")],
)
def test_when_the_time_runs_out_the_step_says_what_happens(
    drive: Drive, providers: ScriptedOpenAI, policy: str, status: str
) -> None:
    execution = drive.run(reviewed(on_timeout=policy, pick_copy="one"), topic="tea")
    ReviewTask.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert expire_due() == (0 if policy == "wait" else 1)
    assert drive.work(execution).status == status


def test_default_picks_are_as_many_as_asked_for() -> None:
    items = [{"id": f"copy-{n}", "kind": "copy"} for n in range(1, 5)]
    assert default_choices(items, {"pick_copy": 3}).selected == ["copy-1", "copy-2", "copy-3"]
    assert default_choices(items, {"pick_copy": "one"}).selected == ["copy-1"]
    assert len(default_choices(items, {"pick_copy": "many"}).selected) == 4


def test_a_review_inside_a_lane_sends_back_its_own_lane(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User
) -> None:
    made = graph(
        [
            brief(names="list"),
            node("lanes", "parallel", items="brief.names"),
            copy("copy", "On {{ item }}", parent="lanes"),
            {**review(), "parent": "lanes"},
            text("join", "{{ nodes.review.text | size }}"),
        ],
        "brief > lanes > join",
        "copy > review",
    )
    execution = drive.run(made, names=["a", "b"])
    first, _ = ReviewTask.objects.filter(state="waiting")
    drive.order.clear()
    decide(first.pk, verdict=Verdict.REQUEST_CHANGES, user=reviewer, comment="Again")
    drive.work(execution)
    assert drive.order == ["copy[0]", "review[0]"]
    for task in ReviewTask.objects.filter(state="waiting"):
        decide(task.pk, verdict=Verdict.APPROVE, user=reviewer)
    assert drive.work(execution).status == "completed"


def test_a_step_inside_a_container_is_sent_back_from_outside(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User
) -> None:
    made = graph(
        [
            brief(names="list"),
            node("lanes", "parallel", items="brief.names"),
            text("before", "{{ item }}", parent="lanes"),
            copy("copy", "On {{ nodes.before.text }}", parent="lanes"),
            review(),
        ],
        "brief > lanes > review",
        "before > copy",
    )
    execution = drive.run(made, names=["a", "b"])
    drive.order.clear()
    decide(waiting().pk, verdict=Verdict.REQUEST_CHANGES, user=reviewer, comment="Again")
    drive.work(execution)
    assert sorted(drive.order) == sorted(["lanes", "copy[0]", "copy[1]", "review"])
    assert all("Again" in call.prompt for call in providers.calls[-2:])
