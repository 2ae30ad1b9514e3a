"""Deciding on the page: what is taken, what is refused, who is first."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages

from tests.engine import Drive, outputs, statuses
from tests.scripted_openai import ScriptedOpenAI
from tests.workflows.views.reviewing import (
    illustrated,
    inbox_url,
    page_url,
    reviewed,
    signed_in,
    waiting,
)
from workflows.engine.states import Verdict
from workflows.models import ReviewDecision, ReviewTask, WorkflowExecution
from workflows.reviews.decide import decide
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db


def post(user: User, task: ReviewTask, verdict: str = "approve", **form: Any) -> Any:
    return signed_in(user).post(page_url(task), {"verdict": verdict, **form})


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_approving_hands_on_picks_edits_and_what_was_chosen_of_images(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User
) -> None:
    execution = drive.run(illustrated(pick_copy="one", pick_images="many"), topic="tea")
    response = post(
        reviewer,
        waiting(),
        comment="Good",
        pick_copy="copy-2",
        pick_image=["image-1", "image-2"],
        primary="image-2",
        order=["image-2", "image-1"],
        **{"edit.copy-2": "My tea", "alt.image-2": "A cup"},
    )
    assert response.status_code == 302
    drive.work(execution)
    output = outputs(execution)["review"]
    assert (output["text"], output["comment"]) == ("My tea", "Good")
    assert [image["alt_text"] for image in output["images"]] == ["A cup", "A card"]
    assert output["images"][0]["primary"] is True


def test_the_next_review_follows_with_word_of_the_run(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User, workspace: Workspace
) -> None:
    drive.run(reviewed(), topic="tea")
    first = waiting()
    drive.run(reviewed(), topic="coffee")
    second = ReviewTask.objects.exclude(pk=first.pk).get()
    response = post(reviewer, second)
    assert response.url == page_url(first)
    run = second.node_run.execution_id
    link = f'<a href="/w/{workspace.slug}/runs/{run}">Run #{run}</a>'
    assert said(response) == [f"Approved. {link} goes on."]
    assert post(reviewer, first).url == inbox_url(workspace)


def test_sending_back_runs_the_step_again_with_the_comment(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User
) -> None:
    execution = drive.run(reviewed(quantity=1), topic="tea")
    assert post(reviewer, waiting(), "request_changes", comment="Shorter").status_code == 302
    drive.work(execution)
    assert waiting().round == 2
    assert "Shorter" in providers.calls[-1].prompt


def test_rejecting_needs_no_picks(drive: Drive, providers: ScriptedOpenAI, reviewer: User) -> None:
    execution = drive.run(reviewed(pick_copy=2), topic="tea")
    assert post(reviewer, waiting(), "reject").status_code == 302
    drive.work(execution)
    assert statuses(execution)["good"] == "skipped"


@pytest.mark.parametrize(
    ("verdict", "form", "words"),
    [
        ("approve", {}, "Pick 2 copy variants; 0 picked."),
        ("approve", {"pick_copy": ["copy-1", "copy-9"]}, "Pick 2 copy variants; 1 picked."),
        ("request_changes", {"pick_copy": ["copy-9"], "comment": "x"}, "no item copy-9"),
        ("request_changes", {"comment": "  "}, "Say what should change."),
        ("reject", {"edit.copy-1": " "}, "Write something, or cancel."),
        ("reject", {"comment": "x" * 10_001}, "At most 10,000 characters"),
        ("reject", {"comment": "a\x00b"}, "cannot be stored"),
        ("reject", {"primary": "image-9"}, "no item image-9"),
        ("reject", {"order": ["copy-1"]}, "Only images can be ordered"),
        ("publish", {}, "Approve, request changes or reject."),
        ("", {}, "Approve, request changes or reject."),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_decided(
    drive: Drive,
    providers: ScriptedOpenAI,
    reviewer: User,
    verdict: str,
    form: dict[str, Any],
    words: str,
) -> None:
    drive.run(reviewed(pick_copy=2), topic="tea")
    response = post(reviewer, waiting(), verdict, **form)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert waiting().round == 1
    assert not ReviewDecision.objects.exists()


def test_a_refused_form_keeps_all_that_was_chosen_and_typed(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User
) -> None:
    drive.run(illustrated(pick_copy="one", pick_images=2), topic="tea")
    form = {
        "comment": "Mine & <yours>",
        "pick_copy": "copy-2",
        "pick_image": "image-2",
        "primary": "image-2",
        "order": ["image-2", "image-1"],
        "edit.copy-1": "My <tea>",
        "alt.image-1": "A cup",
    }
    response = post(reviewer, waiting(), **form)
    html = response.content.decode()
    assert response.status_code == 422
    assert "Pick 2 images; 1 picked." in html
    for kept in ("Mine &amp; &lt;yours&gt;", "My &lt;tea&gt;", "A cup"):
        assert kept in html
    board = response.context["board"]
    assert [card.is_picked for card in board.groups[0].cards] == [False, True]
    assert [(card.id, card.is_primary) for card in board.images] == [
        ("image-2", True),
        ("image-1", False),
    ]


def test_without_javascript_a_button_moves_an_image_and_decides_nothing(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User
) -> None:
    drive.run(illustrated(), topic="tea")
    form = {"order": ["image-1", "image-2"], "move": "image-2:-1", "comment": "So far"}
    response = signed_in(reviewer).post(page_url(waiting()), form)
    assert response.status_code == 200
    assert [card.id for card in response.context["board"].images] == ["image-2", "image-1"]
    assert "So far" in response.content.decode()


def test_the_second_is_told_who_was_first_and_keeps_what_they_typed(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User, editor: User
) -> None:
    drive.run(reviewed(pick_copy="one"), topic="tea")
    task = waiting()
    assert post(reviewer, task, pick_copy="copy-1").status_code == 302
    form = {"comment": "My long comment", "edit.copy-2": "My edit"}
    response = post(editor, task, "reject", **form)
    html = response.content.decode()
    assert response.status_code == 409
    assert "Reviewer</b> approved this review" in html
    assert "My long comment" in html
    assert "My edit" in html
    assert 'name="verdict"' not in html
    assert ReviewDecision.objects.get().user == reviewer


def test_the_same_decision_sent_twice_is_taken_once(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User
) -> None:
    drive.run(reviewed(), topic="tea")
    task = waiting()
    assert [post(reviewer, task).status_code for _ in range(2)] == [302, 302]
    assert ReviewDecision.objects.count() == 1
    assert post(reviewer, task, "reject").status_code == 409


def test_a_review_whose_run_has_ended_takes_no_decision(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User
) -> None:
    drive.run(reviewed(), topic="tea")
    WorkflowExecution.objects.update(status="stopped")
    response = post(reviewer, waiting(), comment="Mine")
    assert response.status_code == 409
    assert "Mine" in response.content.decode()


def test_a_paused_run_takes_the_decision_and_says_when_it_goes_on(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User
) -> None:
    drive.run(reviewed(), topic="tea")
    WorkflowExecution.objects.update(status="paused")
    assert "goes on once it is resumed" in said(post(reviewer, waiting()))[0]


def test_nobody_decides_on_an_image_they_have_not_seen(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User
) -> None:
    drive.run(illustrated(), topic="tea")
    response = post(reviewer, waiting(), content="what the page showed before")
    assert response.status_code == 409
    assert "made anew since you opened this page" in response.content.decode()
    assert waiting()


def test_only_those_who_are_asked_decide(
    drive: Drive,
    providers: ScriptedOpenAI,
    reviewer: User,
    editor: User,
    viewer: User,
    stranger: User,
) -> None:
    drive.run(reviewed(assignees=[reviewer.email]), topic="tea")
    task = waiting()
    assert post(viewer, task).status_code == 403
    assert post(stranger, task).status_code == 404
    refused = post(editor, task, comment="Mine")
    assert refused.status_code == 403
    assert "This review is for Reviewer." in refused.content.decode()
    assert waiting()


def test_a_decision_taken_over_the_verb_closes_the_page_too(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User, owner: User
) -> None:
    drive.run(reviewed(), topic="tea")
    task = waiting()
    decide(task.pk, verdict=Verdict.REJECT, user=owner, comment="No")
    html = signed_in(reviewer).get(page_url(task)).content.decode()
    assert "by Owner" in html
    assert 'name="verdict"' not in html
