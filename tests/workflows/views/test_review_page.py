"""The page of one review: what it shows to whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories as make
from tests.engine import Drive
from tests.scripted_openai import ScriptedOpenAI, answer
from tests.workflows.views.reviewing import (
    illustrated,
    page_url,
    picture,
    reviewed,
    signed_in,
    variant,
    waiting,
)
from workflows.engine.states import Verdict
from workflows.models import ReviewTask
from workflows.reviews.decide import decide
from workflows.reviews.picks import Choices
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def task_with(workspace: Workspace, *items: dict[str, Any], **rules: Any) -> ReviewTask:
    execution = make.ExecutionFactory(workspace=workspace, inputs={"topic": "Tea & <cake>"})
    run = make.NodeRunFactory(
        execution=execution, type="review", status="waiting", wait_for="people", label="Check"
    )
    task: ReviewTask = make.ReviewTaskFactory(node_run=run, items=list(items), rules=rules)
    return task


def html_of(user: User, task: ReviewTask) -> str:
    response = signed_in(user).get(page_url(task))
    assert response.status_code == 200
    return response.content.decode()


def test_it_shows_the_pieces_the_instructions_the_brief_and_the_buttons(
    workspace: Workspace, reviewer: User
) -> None:
    task = task_with(workspace, variant(1, "Hot tea"), picture(1), pick_copy="one", revise="teaser")
    ReviewTask.objects.update(instructions="Is it true?")
    html = html_of(reviewer, task)
    shown = ("Hot tea", "Is it true?", "Tea &amp; &lt;cake&gt;", "/api/images/1/file", "A card")
    for words in shown:
        assert words in html
    for button in ("approve", "request_changes", "reject"):
        assert f'name="verdict" value="{button}"' in html
    assert '<label class="label" for="comment">Comment</label>' in html
    assert "runs Teaser again" in html


def test_what_people_and_models_wrote_is_text_never_markup(
    workspace: Workspace, reviewer: User
) -> None:
    evil = "<script>alert(1)</script><b onclick=x>"
    items = [variant(1, f"## {evil}"), variant(2, evil, title=evil), picture(1, alt_text=evil)]
    task = task_with(workspace, *items)
    task.node_run.lane, task.node_run.item = "0", evil
    task.node_run.save()
    ReviewTask.objects.update(instructions=evil)
    html = html_of(reviewer, task)
    assert "<script>alert" not in html
    assert "<b onclick" not in html


@pytest.mark.parametrize(
    ("rules", "control"),
    [
        ({"pick_copy": "one"}, 'type="radio" name="pick_copy"'),
        ({"pick_copy": "many"}, 'type="checkbox" name="pick_copy"'),
        ({"pick_copy": 2}, 'type="checkbox" name="pick_copy"'),
        ({"pick_images": "one"}, 'type="radio" name="pick_image"'),
        ({"pick_images": "many"}, 'type="checkbox" name="pick_image"'),
    ],
)
def test_picking_one_is_a_choice_and_picking_more_is_ticking(
    workspace: Workspace, reviewer: User, rules: dict[str, Any], control: str
) -> None:
    items = [variant(1, "x"), variant(2, "y"), picture(1), picture(2)]
    html = html_of(reviewer, task_with(workspace, *items, **rules))
    assert html.count(control) == 2
    assert html.count("data-pick") == 2  # nothing to pick of the other kind


def test_changes_are_offered_only_with_a_step_to_run_again_and_a_round_left(
    workspace: Workspace, reviewer: User
) -> None:
    nothing = task_with(workspace, variant(1, "x"))
    last = task_with(workspace, variant(1, "x"), revise="teaser", max_rounds=1)
    gone = task_with(workspace, variant(1, "x"), revise="nodes.gone")
    for task in (nothing, last, gone):
        assert "request_changes" not in html_of(reviewer, task)
    assert "Round 1 of 1: the last" in html_of(reviewer, last)


def test_who_may_not_decide_reads_everything_and_is_told_who_may(
    workspace: Workspace, viewer: User, editor: User, reviewer: User, owner: User
) -> None:
    task = task_with(workspace, variant(1, "Hot tea"), picture(1), pick_copy="one")
    task.assignees.set([reviewer])
    for person, reason in [
        (viewer, "Only reviewers of this workspace decide"),
        (editor, "This review is for Reviewer."),
    ]:
        html = html_of(person, task)
        assert reason in html
        assert "Hot tea" in html
        controls = ('name="verdict"', "data-edit", "data-pick", "data-primary", "data-again")
        for control in controls:
            assert control not in html
    for person in (reviewer, owner):
        assert 'name="verdict"' in html_of(person, task)


def test_the_next_round_shows_the_difference_and_the_comment(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User
) -> None:
    providers.next(answer("Hot tea. Buy now!"), answer("Hot tea. Try a cup."))
    execution = drive.run(reviewed(quantity=1), topic="tea")
    first = waiting()
    decide(first.pk, verdict=Verdict.REQUEST_CHANGES, user=reviewer, comment="Do not shout")
    drive.work(execution)
    html = html_of(reviewer, waiting())
    assert "<del>Buy now!</del><ins>Try a cup.</ins>" in html
    assert "Show changes from round 1" in html
    assert "Do not shout" in html
    assert "Round 1 is over" in html_of(reviewer, first)


def test_a_decided_review_tells_who_what_and_why(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User, viewer: User
) -> None:
    providers.next(answer("Hot tea"), answer("Cold tea"))
    drive.run(reviewed(quantity=2, pick_copy="one"), topic="tea")
    task = waiting()
    text = next(item["id"] for item in task.items if item["text"] == "Hot tea")
    decide(
        task.pk,
        verdict=Verdict.APPROVE,
        user=reviewer,
        comment="Lovely <3",
        choices=Choices(selected=[text], edits={text: "Hot soup"}),
    )
    html = html_of(viewer, task)
    assert "by Reviewer" in html
    assert "Lovely &lt;3" in html
    assert "<del>tea</del><ins>soup</ins>" in html
    assert html.count('<span class="visually-hidden">Picked</span>') == 1
    assert 'name="verdict"' not in html


def test_a_review_that_ran_out_of_time_says_so(workspace: Workspace, reviewer: User) -> None:
    task = task_with(workspace, variant(1, "x"))
    ReviewTask.objects.update(state="expired", decided_at=timezone.now())
    html = html_of(reviewer, task)
    assert "Expired" in html
    assert 'name="verdict"' not in html


def test_what_was_chosen_last_round_of_unchanged_images_is_chosen_still(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User
) -> None:
    execution = drive.run(illustrated(pick_images="one"), topic="tea")
    decide(
        waiting().pk,
        verdict=Verdict.REQUEST_CHANGES,
        user=reviewer,
        comment="Shorter",
        choices=Choices(selected=["image-2"], primary="image-2", alt_text={"image-2": "A cup"}),
    )
    drive.work(execution)
    draft = signed_in(reviewer).get(page_url(waiting())).context["draft"]
    assert (draft.selected, draft.primary) == (("image-2",), "image-2")
    assert draft.alt_text == {"image-2": "A cup"}


def test_an_open_page_hears_of_a_decision_only_once_there_is_one(
    workspace: Workspace, reviewer: User, editor: User
) -> None:
    task = task_with(workspace, variant(1, "x"))
    client, url = signed_in(reviewer), f"{page_url(task)}/live"
    query = {"content": task.content_hash}
    assert client.get(url, query, headers=HTMX).status_code == 204
    page = client.get(page_url(task)).content.decode()
    assert f"{url}?content={task.content_hash}" in page
    assert 'hx-trigger="every 20s"' in page

    ReviewTask.objects.update(state="approved", decided_at=timezone.now())
    make.ReviewDecisionFactory(task=task, user=editor)
    told = client.get(url, query, headers=HTMX).content.decode()
    assert "Editor</b> approved this review" in told
    assert "hx-get" not in told  # it stops asking
    assert client.get(url, query).status_code == 302


def test_an_open_page_hears_of_an_image_made_anew_and_still_says_what_it_shows(
    workspace: Workspace, reviewer: User
) -> None:
    task = task_with(workspace, variant(1, "x"))
    response = signed_in(reviewer).get(f"{page_url(task)}/live", {"content": "old"}, headers=HTMX)
    told = response.content.decode()
    assert "made anew" in told
    assert 'name="content" value="old"' in told  # so that a decision on it is refused
    assert "hx-get" not in told


def test_the_page_asks_as_often_for_many_items_and_rounds_as_for_few(
    workspace: Workspace, reviewer: User
) -> None:
    client, counts = signed_in(reviewer), []
    for size in (1, 20):
        items = [variant(n + 1, f"text {n}") for n in range(size)]
        items += [picture(n + 1) for n in range(size)]
        task = task_with(workspace, *items, pick_copy="many")
        for number in range(size):
            past = make.ReviewTaskFactory(
                node_run=task.node_run,
                round=number + 2,
                items=items,
                state="changes_requested",
                decided_at=timezone.now() - timedelta(hours=1),
            )
            make.ReviewDecisionFactory(task=past, verdict="request_changes", data={})
        ReviewTask.objects.filter(pk=task.pk).update(round=99)
        client.get(page_url(task))
        with CaptureQueriesContext(connection) as asked:
            client.get(page_url(task))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 17
